"""A report on a stretch of time: what changed, what repeats, and what to do about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from tracemill.records.process.patterns import Measure, Pattern, Period, Unit
from tracemill.records.process.suggestions import Suggestion
from tracemill.records.process.targets import MeasuredTarget
from tracemill.records.refs import Count, Record, Ref
from tracemill.records.work.episodes import Outcome

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


class RecurringFailure(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What failed in a stretch of time, by what was attempted."""

    name: str
    """What was attempted, for example `test: pytest`."""
    n: Count
    """How often it failed."""
    n_overcome: Count
    """How many of these failures were put right."""
    symptom: str | None
    """What one of them said, one that was not put right before others; None where none is told."""
    shown_by: tuple[Ref, ...]
    """Records that show it, three at most."""


class LostWork(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A piece of work that came to nothing."""

    episode: str
    """Its id."""
    outcome: Outcome
    """Whether it failed or was given up."""
    started: datetime | None
    """When it began."""
    goal: str | None = None
    """What was asked for; None where nobody has looked it up."""


class WentWrong(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What went wrong in a stretch of time, as far as its moments are told."""

    n_failures: Count
    """Calls, checks and gates that failed."""
    n_overcome: Count
    """Those of them that were put right."""
    recurring: tuple[RecurringFailure, ...]
    """What failed most often, five at most."""
    n_lost: Count
    """Pieces of work that failed or were given up."""
    lost: tuple[LostWork, ...]
    """The newest of them, five at most."""


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
    wrong: WentWrong | None = None
    """What went wrong in it; None in reports of before that was looked at."""
    targets: tuple[MeasuredTarget, ...] = ()
    """What was hoped for beside what was measured, where that is known."""
