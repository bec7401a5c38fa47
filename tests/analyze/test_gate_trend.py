"""What gates count from commit to commit, and where it got worse."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.trajectories import ORIGIN, START
from tracemill.analyze.gate_trend import SeenCommit, trend
from tracemill.records.events.gates import Coverage, GateRun
from tracemill.records.process.gate_trend import TrendPoint


def run(number: int, passed: int = 10, failed: int = 0, **more: Any) -> GateRun:
    given: dict[str, Any] = {
        "id": f"gate_{number}", "origin": ORIGIN, "at": START + timedelta(hours=number),
        "gate": "test", "tool": "pytest", "status": "failed" if failed else "passed",
        "totals": {"passed": passed, "failed": failed}, "root": "/srv/app", **more,
    }  # fmt: skip
    return GateRun(**given)


def last(*runs: GateRun, tests: Any = None, commits: Any = None) -> TrendPoint:
    return trend(runs, commits or {}, tests or {})[0]


@pytest.mark.parametrize(
    ("before", "after", "worse"),
    [
        (run(0), run(1), ()),
        (run(0), run(1, 9, 1), ("verdict", "failing")),
        (run(0, 8, 2), run(1, 7, 3), ("failing",)),
        (run(0, 8, 2), run(1, 9, 1), ()),
        (run(0, 20), run(1, 19), ("passing",)),
        (run(0, 20), run(1, 12), ()),
        (run(0), run(1, totals={"passed": 9, "skipped": 1}), ("passing", "skipped")),
    ],
    ids=["same", "breaks", "more fails", "less fails", "a test is gone", "some ran", "skipped"],
)
def test_a_run_is_worse_than_the_one_before(
    before: GateRun, after: GateRun, worse: tuple[str, ...]
) -> None:
    found = last(after, before)

    assert (found.before_id, found.worse) == ("gate_0", worse)


def test_coverage_that_falls_is_worse_and_that_wavers_is_not() -> None:
    covered = [
        run(number, gate="coverage", status="unknown", totals={},
            coverage=Coverage(line_rate=rate, branch_rate=0.5))
        for number, rate in enumerate((0.9, 0.8999, 0.88))
    ]  # fmt: skip

    assert [point.worse for point in trend(covered, {}, {})] == [("lines",), (), ()]


def test_runs_of_other_tests_say_nothing_of_each_other() -> None:
    one = {"gate_0": dict.fromkeys("abcd", "passed"), "gate_1": dict.fromkeys("xyz", "failed")}
    found = last(run(0), run(1, 0, 3), tests=one)

    assert (found.not_compared, found.worse) == ("other_tests", ())
    assert last(run(0, 10), run(1, 1)).not_compared == "other_tests"
    assert last(run(0)).not_compared == "first"


def test_a_run_is_compared_with_the_last_of_the_same_tests_and_names_what_broke() -> None:
    tests = {
        "gate_0": {"a": "passed", "b": "passed"}, "gate_1": {"x": "failed"},
        "gate_2": {"a": "passed", "b": "failed"},
    }  # fmt: skip
    found = last(run(0, 2), run(1, 0, 1), run(2, 1, 1), tests=tests)

    assert (found.before_id, found.broken) == ("gate_0", ("b",))


def test_of_several_runs_at_one_commit_the_last_counts() -> None:
    commits = {"gate_1": SeenCommit("c1", 1.0), "gate_2": SeenCommit("c1", 0.5)}
    points = trend([run(0), run(1, 5, 5), run(2)], commits, {})

    assert [(point.id, point.commit, point.confidence) for point in points] == [
        ("gate_2", "c1", 0.5), ("gate_0", None, None),
    ]  # fmt: skip


def test_other_places_and_unknown_moments_make_no_series() -> None:
    elsewhere = structs.replace(run(1, 0, 10), root="/srv/other")
    timeless = structs.replace(run(2, 0, 10), at=None)

    assert [point.worse for point in trend([run(0), elsewhere, timeless], {}, {})] == [(), ()]
