"""Metrics of artifacts equal what is counted by hand from a few attempts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sources.artifacts.attempts import attempt
from tests.sources.reading import jsonl, read
from tracemill.analyze import METRICS
from tracemill.analyze.cases import measures
from tracemill.analyze.process import Process
from tracemill.records.events.event import TeamReport
from tracemill.sources.artifacts import Artifacts

BROKEN_ALONE: dict[str, Any] = {
    "validation_errors": [{"rule": "decorator", "failed": True, "error_message": "lacks it"}]
}


def values(
    metric: str, by: tuple[str, ...], *lines: dict[str, Any]
) -> dict[str, tuple[float, int]]:
    """Return value and cases of each slice."""
    found = read(Artifacts(), jsonl(*lines))
    process = Process(event for event in found.events if isinstance(event, TeamReport))
    one = METRICS[metric]
    return {
        "/".join(each.slice.values()): (each.value or 0.0, each.n)
        for each in measures(metric, one.unit, one.cases(process), by)
    }


def test_a_rule_is_counted_on_every_attempt_that_names_it() -> None:
    lines = [attempt(0, "decorator"), attempt(1, "decorator"), attempt(2)]

    assert values("rule_failure_rate", ("rule",), *lines) == {
        "decorator": (1.0, 2),
        "has_name": (0.0, 3),
    }


def test_where_broken_rules_alone_are_told_the_other_attempts_kept_them() -> None:
    silent: dict[str, Any] = {"validation_errors": []}
    lines = [
        attempt(0, "decorator", **BROKEN_ALONE),
        attempt(1, **silent),
        attempt(0, **silent, artifact_type="service"),
    ]

    assert values("rule_failure_rate", ("artifact", "rule"), *lines) == {"view/decorator": (0.5, 2)}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([attempt(0)], (1.0, 1)),
        ([attempt(0, "a"), attempt(1)], (0.0, 1)),
        ([attempt(2)], (0.0, 1)),
        ([attempt(0, "a"), attempt(1), attempt(0, timestamp="2026-02-23T08:00:00Z")], (0.5, 2)),
    ],
    ids=["at once", "at the second", "only the last is kept", "two artifacts"],
)
def test_an_artifact_counts_once_as_right_at_the_first_attempt_or_not(
    lines: list[dict[str, Any]], expected: tuple[float, int]
) -> None:
    assert values("first_try_rate", ("artifact",), *lines) == {"view": expected}


def test_retries_are_those_of_what_was_let_through_and_time_is_of_every_attempt() -> None:
    lines = [attempt(0, "a"), attempt(1, generation_time_ms=150), attempt(0, "a")]

    assert values("artifact_retries", ("model",), *lines) == {"m-1": (1.0, 1)}
    assert values("generation_ms", ("month",), *lines) == {"2026-02": (350.0, 3)}


def test_weeks_are_counted_by_their_mondays() -> None:
    lines = [attempt(0, "a"), attempt(1), attempt(0, timestamp="2026-02-23T08:00:00Z")]

    assert values("attempts_a_week", ("month",), *lines) == {"2026-02": (1.5, 2)}
    assert values("fixes_a_week", ("month",), *lines) == {"2026-02": (1.0, 1)}
