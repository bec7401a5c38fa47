"""Reports in several forms of one run of the tests are one run, and two runs never are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from tests.link.test_fix_pairs import STATUSES, run
from tracemill.link.gates.one_run import folded, further_reports, same_run_links
from tracemill.link.gates.reported_tests import RunOfTests

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORMS = {"xml": "junit", "json": "pytest", "jsonl": "pytest"}


def report(
    name: str, tests: str = "..F", second: float = 0, *, folder: str = "reports", **said: Any
) -> RunOfTests:
    """Return a report `name.form` of a run with a letter for the outcome of each test."""
    made = run(name, tests, source=FORMS[name.rpartition(".")[2]])
    origin = structs.replace(made.run.origin, uri=f"{folder}/{name}")
    said = {"at": NOON + timedelta(seconds=second), "duration_s": 2.5, **said}
    return made.of(structs.replace(made.run, origin=origin, **said))


def same(reports: Sequence[RunOfTests]) -> dict[str, str]:
    return further_reports(same_run_links(reports))


def test_three_forms_of_one_run_are_one_run_told_by_all() -> None:
    forms = [
        report("a.xml", title="pytest tests"),
        report("a.json", second=0.01, exit_code=1, root="/src"),
        report("a.jsonl", second=1.5, duration_s=None, tool_version="9"),
    ]
    standing = same(forms)
    (one,) = folded([each.run for each in forms], standing)

    assert standing == {"a.xml": "a.json", "a.jsonl": "a.json"}
    assert (one.id, one.exit_code, one.title, one.tool_version) == (
        "a.json",
        1,
        "pytest tests",
        "9",
    )
    assert one.at == NOON + timedelta(seconds=0.01)


@pytest.mark.parametrize(
    "other",
    [
        report("b.xml"),
        report("b.json", folder="elsewhere"),
        report("b.json", ".FF"),
        report("b.json", "..F."),
        report("b.json", second=1.2),
        report("b.json", second=3.6, duration_s=None),
        report("b.json", at=None),
        report("b.json", commit="1e"),
        report("b.json", root="/other"),
        report("b.json", tool_version="8"),
        report("b.json", ""),
    ],
    ids=[
        "same form", "other folder", "other outcome", "a test more", "begun later", "begun after",
        "no moment", "other commit", "other place", "other version", "no test",
    ],
)  # fmt: skip
def test_what_differs_is_another_run(other: RunOfTests) -> None:
    first = report("a.xml", commit="0f", root="/src", tool_version="9")

    assert same([first, other]) == {}


@pytest.mark.parametrize("tests", ["..Fs", "..F"])
def test_what_one_form_leaves_out_or_calls_otherwise_keeps_them_together(tests: str) -> None:
    assert same([report("a.xml"), report("a.json", tests)])


def test_short_runs_one_after_the_other_stay_two() -> None:
    reports = [
        report(f"{name}.{form}", second=second, duration_s=0.1)
        for name, second in (("a", 0), ("b", 0.3))
        for form in ("xml", "json")
    ]
    standing = same(reports)

    assert [{one[0], other[0]} for one, other in standing.items()] == [{"a"}, {"b"}]


@given(st.permutations(range(6)), st.lists(st.sampled_from(sorted(STATUSES)), min_size=1))
def test_order_says_nothing_and_no_run_is_lost(order: list[int], letters: list[str]) -> None:
    tests = "".join(letters[:8])
    reports = [
        report(f"{name}.{form}", tests, second)
        for name, second in (("a", 0), ("b", 5))
        for form in FORMS
    ]
    standing = same([reports[i] for i in order])

    assert standing == same(reports)
    assert len(standing) == 4
    assert {one[0] == other[0] for one, other in standing.items()} == {True}
    assert len(folded([each.run for each in reports], standing)) == 2
