"""Tests that say both of the same code, and that none is called flaky for less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.link.test_fix_pairs import STATUSES, run
from tracemill.link.gates.fix_pairs import find_fix_pairs
from tracemill.link.gates.flaky_tests import find_flaky_tests
from tracemill.link.gates.reported_tests import ReportedTest, RunOfTests

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def of(commit: str | None, name: str, tests: str, minute: int = 0, **said: Any) -> RunOfTests:
    """Return a run of a commit with a letter for the outcome of each of its tests."""
    made = run(name, tests, minute)
    return RunOfTests(msgspec.structs.replace(made.run, commit=commit, **said), made.tests.values())


def test_one_commit_with_both_verdicts_is_flaky() -> None:
    (found,) = find_flaky_tests([of("0f", "one", "F..", 1), of("0f", "two", "...", 2)])

    assert (found.name, found.proof, found.commit) == ("m.T::a", "same_commit", "0f")
    assert found.run_ids == ("one", "two")
    assert (found.failed_ids, found.passed_ids) == (("one.a",), ("two.a",))
    assert found.last_at == NOON + timedelta(minutes=2)


@pytest.mark.parametrize(
    "runs",
    [
        [of("0f", "one", "F"), of("1e", "two", ".")],
        [of(None, "one", "F"), of(None, "two", ".")],
        [of("0f", "one", "F"), of("0f", "two", "s")],
        [of("0f", "one", "F"), of("0f", "two", "F")],
        [of("0f", "one", "F", title="linux"), of("0f", "two", ".", title="macos")],
        [of("0f", "one", "F", tool_version="8"), of("0f", "two", ".", tool_version="9")],
        [of("0f", "one", "F", root="/a"), of("0f", "two", ".", root="/b")],
    ],
    ids=["commits", "unknown commits", "skipped", "failed", "titles", "versions", "folders"],
)
def test_less_than_that_proves_nothing(runs: list[RunOfTests]) -> None:
    assert find_flaky_tests(runs) == []


def test_what_its_runner_ran_again_until_it_passed_is_flaky() -> None:
    made = run("one", "").run
    tests = [
        ReportedTest("one.a", "m.T", "a", "passed", 3),
        ReportedTest("one.b", "m.T", "b", "passed", 1),
        ReportedTest("one.c", "m.T", "c", "failed", 3),
    ]
    (found,) = find_flaky_tests([RunOfTests(made, tests)])

    assert (found.name, found.proof, found.attempts) == ("m.T::a", "repeated", 3)
    assert (found.commit, found.failed_ids, found.passed_ids) == (None, (), ("one.a",))


def test_a_flaky_test_that_passes_is_not_fixed() -> None:
    runs = [of("0f", "one", "FF", 1), of("0f", "two", ".F", 2), of("1e", "three", "..", 3)]
    flaky = {found.name for found in find_flaky_tests(runs)}
    (pair,) = find_fix_pairs(runs, flaky)

    assert flaky == {"m.T::a"}
    assert [test.name for test in pair.fixed] == ["m.T::b"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["0f", "1e", None]), st.text("".join(STATUSES), max_size=4)),
        max_size=6,
    ),
    st.randoms(),
)
def test_the_order_of_runs_changes_nothing(
    commits: list[tuple[str | None, str]], random: Any
) -> None:
    runs = [of(commit, f"r{n}", tests, n) for n, (commit, tests) in enumerate(commits)]
    before = find_flaky_tests(runs)
    random.shuffle(runs)

    assert find_flaky_tests(runs) == before
    for found in before:
        assert found.failed_ids
        assert found.passed_ids
