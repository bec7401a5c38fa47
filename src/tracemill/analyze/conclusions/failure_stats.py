"""What fails most: failures of sessions and of a team's own reports, counted together.

Both say the same in the same words (`analyze.features.failures`), so a failure type, a category, a
severity or a pattern counts whoever told it. What is unknown is a group of its own, and no share of
any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze.features.failures import failure_report
from tracemill.analyze.process import Process
from tracemill.records.events.team_features import FailureReport
from tracemill.records.process.failures import FailureGroup, FailureStats, Spread
from tracemill.records.refs import Ref

UNKNOWN: Final = "unknown"
MOST: Final = 10
"""Patterns, and points of friction, that are told."""
_EXAMPLES: Final = 3


class SeenFailure(NamedTuple):
    """One failure, whoever told it."""

    report: FailureReport
    """What it was."""
    ref: Ref
    """The record that shows it."""
    at: datetime | None
    """When it happened."""


def seen_failures(process: Process) -> Iterator[SeenFailure]:
    """Yield every failure of sessions, and those that a team wrote down itself."""
    for session in process.sessions:
        for failed in session.recoveries:
            ref = Ref(kind="trajectory", id=session.id, step=failed.attempts[0])
            yield SeenFailure(failure_report(failed, None), ref, failed.at)
    for told in process.of(FailureReport):
        yield SeenFailure(told.report, told.ref, told.at)


def failure_stats(seen: Iterable[SeenFailure]) -> FailureStats:
    """Return what fails, by type, category and severity, with the patterns that recur most."""
    held = list(seen)
    patterns = [each for each in _groups(held, _pattern) if each.name != UNKNOWN]
    slow = [each for each in patterns if each.minutes is not None]
    slow.sort(key=lambda each: (-_total(each.minutes), each.name))
    return FailureStats(
        n=len(held),
        types=tuple(_groups(held, lambda report: report.failure_type)),
        categories=tuple(_groups(held, _category)),
        severities=tuple(_groups(held, _severity)),
        patterns=tuple(patterns[:MOST]),
        friction=tuple(slow[:MOST]),
    )


def _groups(
    seen: Iterable[SeenFailure], by: Callable[[FailureReport], str | None]
) -> list[FailureGroup]:
    """Return failures by what they share, the commonest first."""
    held: defaultdict[str, list[SeenFailure]] = defaultdict(list)
    for each in seen:
        held[by(each.report) or UNKNOWN].append(each)
    groups = [_group(name, those) for name, those in held.items()]
    return sorted(groups, key=lambda group: (-group.n, group.name))


def _group(name: str, those: list[SeenFailure]) -> FailureGroup:
    recoveries = [each.report.recovery for each in those if each.report.recovery is not None]
    tries = [float(r.retry_count) for r in recoveries if r.retry_count is not None]
    minutes = [
        r.resolution_time_minutes for r in recoveries if r.resolution_time_minutes is not None
    ]
    return FailureGroup(
        name=name,
        n=len(those),
        n_overcome=sum(is_overcome(each.report) for each in those),
        retries=_spread(tries),
        minutes=_spread(minutes),
        examples=tuple(each.ref for each in those[:_EXAMPLES]),
    )


def is_overcome(report: FailureReport) -> bool:
    """Tell whether a failure was put right, as far as it is told."""
    told = report.recovery
    if told is None or told.resolution_type == "none":
        return False
    return bool(told.resolution_type or told.resolution)


def _spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    return Spread(n=len(values), mean=sum(values) / len(values), highest=max(values))


def _total(spread: Spread | None) -> float:
    return 0.0 if spread is None else spread.mean * spread.n


def _pattern(report: FailureReport) -> str | None:
    return report.learning_value.pattern if report.learning_value else None


def _category(report: FailureReport) -> str | None:
    return report.learning_value.category if report.learning_value else None


def _severity(report: FailureReport) -> str | None:
    return report.learning_value.severity if report.learning_value else None
