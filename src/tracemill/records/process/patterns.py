"""What repeats in a team's work: metrics over slices of it, and the patterns that stand out."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from tracemill.records.refs import Count, Record, Ref

Unit = Literal["share", "mean"]
"""Whether a metric is a share of cases or a mean of numbers."""

PatternVerdict = Literal["found", "not_enough_data"]
"""`not_enough_data`: what is seen lies beyond the limit, and chance alone could have done it."""


FEW: Final = 5
"""Cases below which no slice says much by itself: not even all against none tells two apart."""


class Period(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric in one month."""

    month: str
    """The month, for example `2026-03`."""
    n: Count
    """Cases in it."""
    value: float
    """The metric in it."""


class Measure(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric of one slice of the work."""

    metric: str
    """Name of the metric."""
    slice: dict[str, str]
    """What all cases have in common; empty for all of the work."""
    unit: Unit
    """What the value is."""
    n: Count
    """Cases that could be judged; the others are left aside."""
    value: float | None
    """The share or mean; None of no cases."""
    low: float | None
    """Lower end of its interval at 95 %; None where one cannot be had."""
    high: float | None
    """Upper end of its interval at 95 %."""
    periods: tuple[Period, ...] = ()
    """The same by month, as far as moments are known."""


class Reason(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Reasons that say the same in other words."""

    text: str
    """How the commonest of them puts it."""
    n: Count
    """How often it was given."""
    examples: tuple[Ref, ...] = ()
    """Some of the events that give it."""


class Pattern(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that repeats, with how often, and what could be done."""

    id: str
    """Derived from its kind and slice: the same pattern keeps its id."""
    kind: str
    """The rule that found it."""
    says: str
    """What was found, in one sentence."""
    verdict: PatternVerdict
    """Whether it is more than chance."""
    measure: Measure
    """What was measured."""
    beside: float
    """What it was compared with: a limit, or the same metric of the others."""
    p_value: float
    """How often chance alone would do as much."""
    q_value: float
    """The same, counted with all the questions that were asked in one run."""
    reasons: tuple[Reason, ...] = ()
    """Why, as the events say, commonest first."""
    actions: tuple[str, ...] = ()
    """What could be done."""
    evidence: tuple[Ref, ...] = ()
    """Some of the records that show it."""


class PatternReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every pattern of one look."""

    patterns: tuple[Pattern, ...]
    """What lies beyond its limit, those that are more than chance first."""
    n_questions: Count
    """Slices that were looked at; the false alarms among those found are held to 5 %."""
    skipped: dict[str, str] = msgspec.field(default_factory=dict)
    """Rules that could not be asked, with why."""
    n_cut: Count = 0
    """Patterns that are left out because so many of their kind stand before them."""
