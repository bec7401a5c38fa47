"""Metrics of failures of features, from the team's own failure reports."""

from __future__ import annotations

from collections.abc import Iterator

from tracemill.analyze.cases import Case
from tracemill.analyze.process import Process
from tracemill.records.events.team_features import FailureReport


def failure_retries(process: Process) -> Iterator[Case]:
    """Yield how often each failure was tried again until it was put right."""
    for told in process.of(FailureReport):
        recovery = told.report.recovery
        if recovery is not None and recovery.retry_count is not None:
            reason = _cause(told.report)
            yield Case(told.facts, float(recovery.retry_count), told.ref, told.at, reason)


def failure_minutes(process: Process) -> Iterator[Case]:
    """Yield how many minutes it took to put each failure right."""
    for told in process.of(FailureReport):
        recovery = told.report.recovery
        if recovery is not None and recovery.resolution_time_minutes is not None:
            minutes = float(recovery.resolution_time_minutes)
            yield Case(told.facts, minutes, told.ref, told.at, _cause(told.report))


def _cause(report: FailureReport) -> str | None:
    details, learned = report.error_details, report.learning_value
    said = details.root_cause if details else None
    return said or (learned.pattern if learned else None)
