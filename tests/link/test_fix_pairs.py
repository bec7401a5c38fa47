"""Runs of the same tests, and what was fixed from one to the next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.gate_reading import read_gates
from tests.sources.real_files import FORMATS
from tracemill.link.gates.fix_pairs import compare_runs, find_fix_pairs
from tracemill.link.gates.reported_tests import ReportedTest, RunOfTests, key_of_test
from tracemill.records.events.gates import GateRun, ResultStatus
from tracemill.records.refs import Origin, Span
from tracemill.sources import load_source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATUSES: dict[str, ResultStatus] = {".": "passed", "F": "failed", "E": "error", "s": "skipped"}


def run(
    name: str, tests: str, minute: int | None = 0, source: str = "junit", **modules: ResultStatus
) -> RunOfTests:
    """Return a run of tests a, b, c … with a letter for the outcome of each."""
    origin = Origin(source=source, source_version=1, uri="u", input_id=f"input_{name}")
    at = None if minute is None else NOON + timedelta(minutes=minute)
    made = GateRun(
        id=name, at=at, origin=origin, span=Span(start=0, end=1), gate="test",
        status="failed" if set("FE") & set(tests) else "passed",
    )  # fmt: skip
    letters = zip("abcdefgh", tests, strict=False)
    reported = [
        ReportedTest(f"{name}.{test}", "m.T", test, STATUSES[letter])
        for test, letter in letters
        if letter != "-"
    ]
    reported += [
        ReportedTest(f"{name}.{module}", None, module, status) for module, status in modules.items()
    ]
    return RunOfTests(made, reported)


def test_what_failed_and_passes_is_fixed() -> None:
    pair = compare_runs(run("x", "F.E.s"), run("y", "..F.."))

    assert pair is not None
    assert [(t.name, t.before_id, t.after_id) for t in pair.fixed] == [("m.T::a", "x.a", "y.a")]
    assert (pair.n_shared, pair.n_still_failing, pair.n_broken, pair.is_green) == (5, 1, 0, False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("..", ".."),
        (".F", ".F"),
        (".F", "F."[:1] + "s"),
        ("..", "FF"),
        ("F", "-."),
        ("F...", "-..."),
    ],
)
def test_nothing_was_fixed(before: str, after: str) -> None:
    assert compare_runs(run("x", before), run("y", after)) is None


def test_runs_that_share_few_tests_are_not_of_the_same_tests() -> None:
    assert compare_runs(run("x", "F----..."), run("y", "....")) is None
    assert compare_runs(run("x", "F..-"), run("y", ".--....")) is None
    assert compare_runs(run("x", "F..-"), run("y", "..-....")) is not None


def test_a_module_that_could_not_be_collected_is_fixed_when_its_tests_run() -> None:
    pair = compare_runs(run("x", "", m="error"), run("y", ".F"))

    assert pair is not None
    assert [(t.name, t.after_id) for t in pair.collected] == [("m", None)]
    assert (pair.fixed, pair.n_shared, pair.is_green) == ((), 0, False)
    assert compare_runs(run("x", "", other="error"), run("y", ".F")) is None


@pytest.mark.parametrize(
    ("suite", "name", "key"),
    [
        ("tests/test_a.py::TestB", "test_c[x::y/z.py]", "tests.test_a.TestB::test_c[x::y/z.py]"),
        ("tests.test_a.TestB", "test_c[x::y/z.py]", "tests.test_a.TestB::test_c[x::y/z.py]"),
        ("test_a.py", "test_c", "test_a::test_c"),
        (None, "tests/test_a.py", "tests.test_a"),
        (None, "tests.test_a", "tests.test_a"),
        ("src/a.spec.ts", "adds / removes", "src/a.spec.ts::adds / removes"),
        ("com.example.ATest", "t", "com.example.ATest::t"),
    ],
)
def test_a_test_is_known_however_it_is_spelled(suite: str | None, name: str, key: str) -> None:
    assert key_of_test(suite, name) == key


def pairs(*runs: RunOfTests) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (p.before_id, p.after_id, tuple(t.name[-1] for t in p.fixed)) for p in find_fix_pairs(runs)
    ]


def test_each_test_is_paired_with_its_last_failure() -> None:
    found = pairs(run("x", "FF.", 1), run("y", "F..", 2), run("z", "...", 3))

    assert found == [("x", "y", ("b",)), ("y", "z", ("a",))]


def test_a_run_that_skips_a_test_says_nothing_of_it() -> None:
    assert pairs(run("x", "F.", 1), run("y", "s.", 2), run("z", "..", 3)) == [("x", "z", ("a",))]


def test_the_order_is_that_of_time() -> None:
    assert pairs(run("x", "F.", 2), run("y", "..", 1)) == []
    assert pairs(run("y", "..", 2), run("x", "F.", 1)) == [("x", "y", ("a",))]


def test_a_run_whose_time_is_unknown_has_no_order() -> None:
    assert pairs(run("x", "F.", None), run("y", "..", 1)) == []


def test_two_reports_of_one_run_make_one_pair_of_one_source() -> None:
    found = pairs(
        run("x1", "F.", 1), run("x2", "F.", 2, "pytest"), run("y1", "..", 3), run("y2", "..", 4, "pytest")
    )  # fmt: skip

    assert found == [("x1", "y1", ("a",))]


def test_a_module_is_not_fixed_twice() -> None:
    found = find_fix_pairs([run("x", "", 1, m="error"), run("y", "F", 2), run("z", "F", 3)])

    assert [(pair.before_id, pair.after_id) for pair in found] == [("x", "y")]


@given(st.lists(st.text(".FEs-", min_size=1, max_size=5), max_size=6), st.randoms())
def test_order_of_reading_changes_nothing_and_no_fix_is_told_twice(
    runs: list[str], random: object
) -> None:
    made = [run(f"r{i}", tests, i) for i, tests in enumerate(runs)]
    mixed = list(made)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    found = find_fix_pairs(made)

    assert find_fix_pairs(mixed) == found
    told = [(pair.after_id, test.name) for pair in found for test in pair.fixed]
    assert len(set(told)) == len(told)
    by_id = {each.run.id: each for each in made}
    for pair in found:
        for test in pair.fixed:
            assert by_id[pair.before_id].has_failed(test.name)
            assert by_id[pair.after_id].has_passed(test.name)


RUNS = FORMATS / "gates_runs"
KINDS = {"junit": "junit.xml", "pytest": "report.json"}


def real_run(name: str, source: str) -> RunOfTests:
    path = next(RUNS.glob(f"fixpair-*{name}.{KINDS[source]}"), None)
    if path is None:
        pytest.skip(f"no gate runs under {RUNS}; set TRACEMILL_SHARED_DATA")
    found = read_gates(load_source(source), path.read_bytes())
    return RunOfTests(
        found.run, [ReportedTest(r.id, r.suite, r.name or "", r.status) for r in found.results]
    )


def outcomes_by_hand(name: str) -> Mapping[str, str]:
    report = json.loads(next(RUNS.glob(f"fixpair-*{name}.report.json")).read_text())
    return {test["nodeid"]: test["outcome"] for test in report["tests"]}


@pytest.mark.foreign
@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize(
    ("commit", "n_failed", "n_fixed", "is_green"),
    [
        ("0eef50d", 2, 2, True),
        ("ecaa15a", 2, 2, True),
        ("9d4022c", 2, 2, True),
        ("04ac2", 18, 8, False),
    ],
)
def test_real_fixes(
    commit: str, n_failed: int, n_fixed: int, *, is_green: bool, source: str
) -> None:
    before, after = (real_run(f"{commit}.{when}", source) for when in ("before", "after"))
    pair = compare_runs(before, after)
    failed_before = {
        k for k, said in outcomes_by_hand(f"{commit}.before").items() if said == "failed"
    }
    said_after = outcomes_by_hand(f"{commit}.after")
    fixed = {
        key_of_test(*key.rsplit("::", 1))
        for key in failed_before
        if said_after.get(key) == "passed"
    }

    assert pair is not None
    assert len(failed_before) == n_failed == sum(t.has_failed for t in before.tests.values())
    assert {key_of_test(*t.name.rsplit("::", 1)) for t in pair.fixed} == fixed
    assert (len(fixed), pair.is_green) == (n_fixed, is_green)
    assert pair.n_still_failing == sum(said_after.get(key) == "failed" for key in failed_before)


@pytest.mark.foreign
@pytest.mark.parametrize("source", KINDS)
def test_a_real_module_is_collected_again(source: str) -> None:
    pair = compare_runs(real_run("1a178.before", source), real_run("1a178.after", source))

    assert pair is not None
    assert [key_of_test(None, t.name) for t in pair.collected] == [
        "tests.processors.test_processors"
    ]
    assert (pair.fixed, pair.is_green) == ((), False)


@pytest.mark.foreign
def test_real_runs_pair_across_formats() -> None:
    pair = compare_runs(real_run("ecaa15a.before", "junit"), real_run("ecaa15a.after", "pytest"))

    assert pair is not None
    assert len(pair.fixed) == 2
