"""A report on a stretch of time: what changed, what repeats, and what to do about it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from tracemill.records.process.patterns import Measure, Pattern, Period, Unit
from tracemill.records.process.suggestions import Suggestion
from tracemill.records.process.targets import MeasuredTarget
from tracemill.records.refs import Count, Record

ReportKind = Literal["weekly", "monthly", "learning"]
"""A week, a month, or all that is held up to a day."""

Change = Literal["better", "worse", "same", "unknown"]
"""`same` means that nobody can tell them apart; `unknown` that there is nothing to compare."""


class Compared(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric now and before."""

    metric: str
    """Its name."""
    says: str
    """What it counts."""
    unit: Unit
    """Whether it is a share or a mean."""
    now: Measure
    """In the time of the report."""
    before: Measure | None
    """In the time before it, as long; None where nothing is held of it."""
    q_value: float | None
    """How often chance alone would do as much, counted with all the metrics of the report."""
    change: Change
    """Which way it went, as far as that is more than chance."""
    months: tuple[Period, ...] = ()
    """The metric of all that is held by month, a year of them at most, up to the last case of that
    time."""


class LearningReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a stretch of time has to teach."""

    kind: ReportKind
    """Which stretch."""
    begin: date | None
    """The first day; None for all that is held."""
    end: date
    """The last day."""
    compared: tuple[Compared, ...]
    """Every metric that counts anything in it."""
    patterns: tuple[Pattern, ...]
    """What repeats by more than chance in all that is held."""
    n_watched: Count
    """Slices that lie beyond a limit and may be chance."""
    last_day: date | None
    """The last day of which anything is held."""
    n_projects: Count | None = None
    """How many projects it is about, those that ended or were worked on last; None for all."""
    suggestions: tuple[Suggestion, ...] = ()
    """What should be changed in prompts, the surest first."""
    month: date | None = None
    """For all that is held: the first day of the last month of which anything is held."""
    lately: tuple[Compared, ...] = ()
    """For all that is held: that month beside the one before."""
    targets: tuple[MeasuredTarget, ...] = ()
    """What was hoped for beside what was measured, where that is known."""
