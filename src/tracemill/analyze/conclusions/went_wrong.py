"""What went wrong in a stretch of time: what failed most, and the work that came to nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final

from tracemill.analyze.conclusions.failure_stats import SeenFailure, is_overcome, seen_failures
from tracemill.analyze.process import Process
from tracemill.analyze.work import EpisodeWork
from tracemill.records.process.reports import LostWork, RecurringFailure, WentWrong

MOST: Final = 5
"""Things that failed, and pieces of work, that are told; all are counted."""
_EXAMPLES: Final = 3
_LOST: Final = frozenset({"failed", "abandoned"})
_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


def went_wrong(process: Process, begin: date | None, end: date) -> WentWrong:
    """Return what failed, and which work was not achieved, from a day to another.

    What has no moment belongs to no stretch, and is counted in none.

    Args:
        process: what is known of the work.
        begin: the first day; None for all up to the last one.
        end: the last day.
    """

    def is_in(at: datetime | None) -> bool:
        return at is not None and (begin is None or at.date() >= begin) and at.date() <= end

    seen = [each for each in seen_failures(process) if is_in(each.at)]
    lost = [work for work, _ in process.episodes if work.outcome in _LOST and is_in(work.started)]
    lost.sort(key=lambda work: (work.started or _BEFORE_ALL, work.id), reverse=True)
    return WentWrong(
        n_failures=len(seen),
        n_overcome=sum(is_overcome(each.report) for each in seen),
        recurring=tuple(_recurring(seen)[:MOST]),
        n_lost=len(lost),
        lost=tuple(map(_lost_work, lost[:MOST])),
    )


def _recurring(seen: Iterable[SeenFailure]) -> list[RecurringFailure]:
    """Return failures by what was attempted, the commonest first; unknown ones have no group."""
    held: defaultdict[str, list[SeenFailure]] = defaultdict(list)
    for each in seen:
        value = each.report.learning_value
        if value is not None and value.pattern is not None:
            held[value.pattern].append(each)
    groups = [_group(name, those) for name, those in held.items()]
    return sorted(groups, key=lambda group: (-group.n, group.n_overcome, group.name))


def _group(name: str, those: list[SeenFailure]) -> RecurringFailure:
    """Return what failed; what was not put right shows it best."""
    ranked = sorted(those, key=lambda each: is_overcome(each.report))
    symptoms = (each.report.error_details for each in ranked)
    return RecurringFailure(
        name=name,
        n=len(those),
        n_overcome=sum(is_overcome(each.report) for each in those),
        symptom=next((each.symptoms for each in symptoms if each and each.symptoms), None),
        shown_by=tuple(each.ref for each in ranked[:_EXAMPLES]),
    )


def _lost_work(work: EpisodeWork) -> LostWork:
    return LostWork(episode=work.id, outcome=work.outcome, started=work.started)
