"""A change of how a team works, on its way from a proposal to everybody's work, or back.

It is tried on a part of the work by a plan that was filed before, decided by a person, rolled out,
or taken back. Nothing is overwritten: what happened to an experiment are events, and where it
stands follows from them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tracemill.records.process.patterns import Unit
from tracemill.records.refs import Count, Ratio, Record

LoopName = Literal[
    "gate_failures",
    "human_overrides",
    "downstream_feedback",
    "quality_regression",
    "token_efficiency",
    "autonomy_calibration",
]
"""Which loop of learning an experiment belongs to."""

ArmName = Literal["control", "treatment"]
"""`control` is what was in use before, `treatment` what is tried."""

UnitKind = Literal["project", "session"]
"""What is given to one arm as a whole; all that happens in it counts as one."""

ExperimentState = Literal[
    "proposed", "running", "decided", "canary", "everywhere", "kept", "stopped", "rolled_back"
]
"""Where an experiment stands: `kept` says that the control stays, `canary` that a quarter of the
work has the treatment, `everywhere` that all of it has."""

ExperimentEventKind = Literal[
    "proposed", "started", "decided", "rolled_out", "stopped", "rolled_back"
]
"""What happened to an experiment."""

ExperimentVerdict = Literal["treatment", "control", "inconclusive", "invalid"]
"""What its figures say; `invalid` says that they can say nothing."""

VerdictReason = Literal[
    "better", "worse", "worse_on_guard", "no_gain", "guard_not_shown", "more_units_needed",
    "horizon_reached", "changed_plan", "uneven_draw", "uneven_silence",
    "crossed_arms",
]  # fmt: skip
"""Why: `no_gain` rules out a gain as large as the plan asks for, `guard_not_shown` leaves a loss
beyond a guard's margin open, `uneven_draw` has arms of sizes that no fair draw gives,
in `uneven_silence` one arm has more units of which the target tells nothing, and in `crossed_arms`
units worked with something else than they were given."""


class PlannedMetric(Record, frozen=True, kw_only=True):
    """A metric that an experiment is about, or must not harm."""

    metric: str
    """Its name; `tracemill metrics list` says what there is."""
    better: Literal["more", "less"]
    """Which way is better."""
    only: dict[str, str] = msgspec.field(default_factory=dict)
    """What its cases must be, for example of which gate."""
    ceiling: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    """For a mean: values above count as this much."""
    margin: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """For a guard: a loss beyond this must be ruled out; None where only no loss may be shown."""


class ExperimentPlan(Record, frozen=True, kw_only=True):
    """What is asked, of what, and when it is answered: filed before the first unit begins."""

    name: str
    """What it is called."""
    says: str
    """What is changed, in one sentence."""
    target: PlannedMetric
    """What the change should make better."""
    guards: tuple[PlannedMetric, ...] = ()
    """What it must not make worse."""
    control: str
    """What was in use before, as reports name it, for example `architect.v2.3`."""
    treatment: str
    """What is tried, as reports name it."""
    arm_fact: str = "prompt_version"
    """The fact of a case by which reports name it."""
    unit: UnitKind = "project"
    """What is given to one arm as a whole."""
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    """How likely a unit has the treatment."""
    window_days: Annotated[float, msgspec.Meta(gt=0, le=36_500)] = 7.0
    """A unit counts this long after it was first told of; what comes later is left aside."""
    horizon: Annotated[int, msgspec.Meta(ge=2)]
    """Units after which it ends."""
    minimum_effect: Annotated[float, msgspec.Meta(gt=0)]
    """The smallest gain that would be worth it, in the unit of the target."""
    alpha: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.05
    """How often a change that does nothing may be called one that does."""
    looks: Literal["any_time", "once"] = "any_time"
    """Whether one may look after every unit and stop, or once, at the horizon."""


class Loop(Record, frozen=True, kw_only=True):
    """One loop of learning: what calls for an experiment, and what the experiment then asks."""

    name: LoopName
    """Its name."""
    trigger: str
    """What calls for it, in one sentence."""
    patterns: tuple[str, ...]
    """Kinds of patterns that call for it."""
    same_reason: Count = 0
    """How often such a pattern's commonest reason must have been given."""
    metric: str | None = None
    """A metric that calls for it, too."""
    by: tuple[str, ...] = ()
    """Facts that make its slices."""
    starts_at: float | None = None
    """A slice at this, or above it, calls for it; one of nothing never does."""
    least_cases: Count = 1
    """Cases that such a slice must have."""
    proposes: str
    """What is changed, in one sentence."""
    target: PlannedMetric
    """What the change should make better."""
    narrow: tuple[str, ...] = ()
    """Facts of what called for it that the target's cases must share."""
    guards: tuple[PlannedMetric, ...] = ()
    """What it must not make worse."""
    minimum_effect: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    """The least gain that is worth it, as a part of what is usual."""


class Call(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that calls for a loop now."""

    loop: LoopName
    """The loop."""
    says: str
    """What was seen."""
    pattern: str | None
    """The pattern that it is; None where a slice reached what the loop starts at."""
    is_shown: bool
    """Whether it is more than chance."""
    suggestion_id: str | None = None
    """What is suggested, where something is."""


class ArmFigures(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was seen of one arm."""

    arm: ArmName
    """Which one."""
    uses: str
    """What it works with."""
    n_units: Count
    """Units that count."""
    n_cases: Count
    """Cases in them."""
    value: float | None
    """Mean over units; None of no units."""


class MetricEffect(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the treatment does to one metric."""

    metric: str
    """The metric."""
    better: Literal["more", "less"]
    """Which way is better."""
    arms: tuple[ArmFigures, ...]
    """Control, then treatment."""
    effect: float | None
    """The treatment's value less the control's; None where one has no units."""
    low: float | None
    """Lower end of its interval, which holds at each look that the plan allows; None if unknown."""
    high: float | None
    """Upper end."""
    p_value: Ratio | None = None
    """For a plan with one look: how often chance does as much."""
    is_harmed: bool = False
    """Whether a loss is shown."""
    is_safe: bool = True
    """For a guard with a margin: whether a loss beyond it is ruled out."""


class Answers(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The three questions that every experiment is asked."""

    helps: str
    """Does it do what it was meant for?"""
    harms: str
    """Does it make anything else worse?"""
    worth: str
    """Is it worth it?"""


class ExperimentResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What an experiment says so far."""

    verdict: ExperimentVerdict
    """Which arm it speaks for, if any."""
    reasons: tuple[VerdictReason, ...]
    """Why."""
    design: Literal["drawn", "canary", "before_after"] = "drawn"
    """How units came to their arm; `before_after` is no draw, and never speaks for an arm."""
    n_units: Count
    """Units that count."""
    horizon: Count
    """Units after which it ends."""
    n_more: Count | None
    """Units that are still needed to find the least gain that would be worth it, four times of
    five; None where nobody can tell."""
    power: Ratio | None
    """How likely that gain is found by the horizon."""
    target: MetricEffect
    """What it does to the metric that it is about."""
    guards: tuple[MetricEffect, ...] = ()
    """What it does to the others."""
    left_aside: dict[str, int] = msgspec.field(default_factory=dict)
    """Cases and units that do not count, by reason."""
    answers: Answers
    """The same in words."""


class ExperimentDecision(Record, frozen=True, kw_only=True):
    """Which arm a person chose, on what figures."""

    chosen: ArmName
    """Which one."""
    result: ExperimentResult
    """The figures at that moment."""


class ExperimentEvent(Record, frozen=True, kw_only=True):
    """One thing that happened to an experiment; all together say where it stands."""

    kind: ExperimentEventKind
    """What happened."""
    experiment_id: str
    """The experiment."""
    at: datetime
    """When."""
    by: str
    """Who did it, by a pseudonym."""
    reason: str | None = None
    """Why, in their words, without names and secrets."""
    plan: ExperimentPlan | None = None
    """For `proposed`: the plan."""
    loop: LoopName | None = None
    """For `proposed`: the loop that asks for it."""
    suggestion_id: str | None = None
    """For `proposed`: the suggestion that it tries."""
    pattern: str | None = None
    """For `proposed`: the pattern that was noticed."""
    decision: ExperimentDecision | None = None
    """For `decided`: what was chosen."""
    share: Ratio | None = None
    """For `rolled_out`: how much of the work has the treatment."""
    result: ExperimentResult | None = None
    """For `rolled_out`: the figures that it rests on."""


class Draw(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How units are given to the arms of one experiment."""

    experiment_id: str
    """The experiment; also the salt of its draw."""
    unit: UnitKind
    """What is given to one arm as a whole."""
    control: str
    """What a unit works with whose place is not below the share."""
    treatment: str
    """What the others work with."""
    share: Ratio
    """Share of the units that have the treatment."""


class Draws(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Which prompt which unit works with; a harness reads this file.

    A unit's place is the first 8 bytes of BLAKE2b of the experiment's id, a zero byte and the
    unit's id, as a share of 2**64. It has the treatment where its place lies below the share.
    """

    schema: Literal["tracemill.draws/1"] = "tracemill.draws/1"
    """What this file is."""
    draws: tuple[Draw, ...]
    """Every experiment whose treatment is in use somewhere."""


class BeforeAfter(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a metric did when one version of a prompt followed another: no experiment.

    Nobody drew who worked with which, so whatever else changed at that time may have done it.
    """

    design: Literal["before_after"] = "before_after"
    """That nobody drew."""
    role: str
    """Whose prompt."""
    before: str
    """The version before."""
    after: str
    """The one that followed it."""
    since: datetime
    """When work with it was first seen."""
    metric: str
    """What is looked at."""
    unit: Unit
    """What the metric is."""
    better: Literal["more", "less"]
    """Which way is better."""
    n_before: Count
    """Projects that worked with the one before."""
    n_after: Count
    """Projects that worked with the one that followed; those that met both are left aside."""
    value_before: float | None
    """The metric then, over projects; None of none."""
    value_after: float | None
    """The metric since."""
    effect: float | None
    """What it moved by."""
    low: float | None
    """Lower end of its interval at 95 %, as if projects had been drawn."""
    high: float | None
    """Upper end."""
    q_value: Ratio | None
    """How often chance does as much, counted with all that was asked; None if nobody can tell."""
    beside: float | None
    """What the metric of the other roles moved by at that time; None where there are none."""
    moved: Literal["better", "worse", "not_shown"]
    """Which way it moved, if it is more than chance."""
    also_new: tuple[str, ...] = ()
    """What else came in at that time."""
