"""Calibration: how sure agents are beside how often they are right."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.records.process.patterns import Measure
from tracemill.records.refs import Count, Ratio, Record

Lean = Literal["overconfident", "underconfident", "calibrated", "not_enough_data"]
"""`calibrated` is shown: its interval of stated less true lies within 10 points as a whole."""


class Bucket(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Work of which an agent was about equally sure."""

    low: Ratio
    """From this on."""
    high: Ratio
    """Up to this."""
    n: Count
    """Pieces of work."""
    stated: Ratio
    """How sure the agent was, on average."""
    came_true: Ratio
    """Share that passed at once."""
    least: Ratio
    """Lower end of that share's interval at 95 %."""
    most: Ratio
    """Upper end."""


class Calibration(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How sure one role is, beside how often it is right."""

    role: str
    """The role."""
    lean: Lean
    """Which way it errs."""
    says: str
    """The same in one sentence."""
    n: Count
    """Pieces of work of which it said how sure it was."""
    n_projects: Count
    """Projects that they belong to; one counts as one, whatever is in it."""
    gap: float
    """Mean of stated less true."""
    gap_low: float | None
    """Lower end of its interval at 95 %; None of one project."""
    gap_high: float | None
    """Upper end."""
    q_value: Ratio
    """How often chance does as much, counted with all roles that were asked."""
    brier: Ratio
    """Mean square of stated less true; 0 is perfect, 0.25 is what a coin earns."""
    brier_low: float | None
    """Lower end of its interval at 95 %."""
    brier_high: float | None
    """Upper end."""
    ece: Ratio
    """Expected calibration error: mean distance of a bucket's stated from its true share."""
    ece_low: Ratio
    """Lower end of its interval at 95 %, drawing whole projects again."""
    ece_high: Ratio
    """Upper end."""
    ece_by_chance: Ratio
    """What a role that is perfectly calibrated would show of as much work, on average."""
    is_monotone: bool | None
    """Whether surer work comes true more often, bucket by bucket; None of one bucket."""
    buckets: tuple[Bucket, ...]
    """The same by fifths, those that hold anything."""


class CalibrationReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every role that says how sure it is."""

    roles: tuple[Calibration, ...]
    """The one that errs most surely first."""
    left_aside: dict[str, int] = msgspec.field(default_factory=dict)
    """Work that is not counted, by reason."""


class Ranked(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One slice among others, with the places that it may have."""

    measure: Measure
    """What was measured of it."""
    best: Count
    """The best place that chance leaves open: one behind those that are surely better."""
    worst: Count
    """The worst place."""
    verdict: Literal["best", "worst", "between", "not_enough_data"]
    """`best` is surely better than another and no other than it; `between` is both."""


class Ranking(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The slices of a metric in order, as far as it can be told."""

    metric: str
    """The metric."""
    says: str
    """What it counts."""
    ranked: tuple[Ranked, ...]
    """The best one first."""
    n_questions: Count
    """Pairs that were compared; false alarms among those told apart are held to 5 %."""
