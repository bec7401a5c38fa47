"""What fails most, in a stretch of time. Read-only."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Literal

import msgspec

from tracemill.analyze.conclusions.failure_stats import failure_stats, seen_failures
from tracemill.base.errors import NotFoundError
from tracemill.flows.analysis.period import month_of, week_of
from tracemill.flows.analysis.process import read_process
from tracemill.records.process.failures import FailureStats
from tracemill.store.workspace import Workspace

Range = Literal["week", "month", "all"]
"""A week from Monday on, a month from its first day on, or all that is held."""


def read_failure_stats(workspace: Workspace, asked: Range, day: date) -> FailureStats:
    """Return what fails most in the week or month of a day, or in all that is held.

    Raises:
        NotFoundError: nothing failed in it.
    """
    process = read_process(workspace)
    seen = list(seen_failures(process))
    last = max((each.at.date() for each in seen if each.at is not None), default=None)
    if asked != "all":
        begin, end = week_of(day) if asked == "week" else month_of(day)
        seen = [each for each in seen if each.at is not None and begin <= each.at.date() <= end]
        where = f"from {begin} to {end}"
        where += f"; the last day of which a failure is held is {last}" if last else ""
    else:
        where = "in all that is held"
    if not seen:
        raise NotFoundError(f"nothing failed {where}; name another day with --date, or --range all")
    ignored: Counter[str] = Counter()
    for session in process.sessions if asked == "all" else ():
        ignored.update(session.ignored_failures)
    return msgspec.structs.replace(failure_stats(seen), ignored=dict(sorted(ignored.items())))
