"""What fails most is counted over sessions and a team's own reports alike."""

from __future__ import annotations

from typing import Any

import pytest

from tests.analyze.features.made import ORIGIN, failed, minutes
from tests.sources.team_reports.lines import LINES
from tracemill.analyze.conclusions.failure_stats import MOST, UNKNOWN, failure_stats, seen_failures
from tracemill.analyze.process import Process
from tracemill.analyze.work import SessionWork
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_features import FailureReport
from tracemill.records.process.failures import FailureGroup, FailureStats
from tracemill.render.team import read_report


def stats(*recoveries: Any, told: int = 0) -> FailureStats:
    read = read_report(LINES["failure"], FailureReport)
    events = [
        TeamReport(id=f"e{n}", at=minutes(n), origin=ORIGIN, report=read.report)
        for n in range(told)
    ]  # fmt: skip
    process = Process(events)
    process.sessions = [
        SessionWork(id="traj_1", session_id="s", agent="claude-code", recoveries=recoveries)
    ]
    return failure_stats(seen_failures(process))


def named(groups: tuple[FailureGroup, ...]) -> dict[str, FailureGroup]:
    return {group.name: group for group in groups}


def test_types_have_the_mean_and_most_of_tries_and_minutes() -> None:
    found = stats(
        failed(seconds=60.0),
        failed(attempts=(1, 2, 3, 4), seconds=300.0),
        failed(attempts=(9,), resolved_step=None, change=None, seconds=None),
        told=1,
    )
    test = named(found.types)["test_failure"]
    told = named(found.types)["code_error"]

    assert found.n == 4
    assert (test.n, test.n_overcome) == (3, 2)
    assert test.retries is not None
    assert test.retries.mean == pytest.approx(2)
    assert test.retries.highest == 4
    assert test.minutes is not None
    assert (test.minutes.n, test.minutes.mean, test.minutes.highest) == (2, 3.0, 5.0)
    assert told.minutes is not None
    assert (told.n_overcome, told.minutes.mean) == (1, 15.0)
    assert named(found.severities) == {
        UNKNOWN: named(found.severities)[UNKNOWN], "medium": named(found.severities)["medium"],
    }  # fmt: skip
    assert named(found.categories)["environment_setup"].n == 1


def test_what_recurs_most_is_told_ten_times_at_most_and_what_costs_most_is_first() -> None:
    often = [failed(action=f"t{n}", seconds=60.0 * n) for n in range(15) for _ in range(n)]
    found = stats(*often)

    assert len(found.patterns) == len(found.friction) == MOST
    assert (found.patterns[0].name, found.patterns[0].n) == ("test: t14", 14)
    assert found.patterns[0].examples[0].name == "traj_1#3"
    costly = stats(failed(action="slow", seconds=6000.0), *often[:20])
    assert costly.friction[0].name == "test: slow"
    assert costly.patterns[0].name != "test: slow"


def test_where_nobody_tells_tries_or_minutes_they_are_unknown() -> None:
    found = stats(failed(resolved_step=None, change=None, seconds=None))
    (group,) = found.types
    assert group.minutes is None
    assert group.n_overcome == 0
    assert found.friction == ()
