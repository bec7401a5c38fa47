"""What commands show of experiments."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.process.experiments import (
    BeforeAfter,
    Call,
    ExperimentEvent,
    ExperimentPlan,
    ExperimentResult,
    ExperimentState,
    ExperimentVerdict,
    Loop,
    LoopName,
)
from tracemill.records.process.feedback_messages import FeedbackMessage
from tracemill.records.refs import Count, Ratio, Record


class ExperimentRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One experiment in a list."""

    id: str
    """Its id."""
    name: str
    """What it is called."""
    state: ExperimentState
    """Where it stands."""
    since: datetime
    """Since when."""
    loop: LoopName | None
    """The loop that asked for it."""
    control: str
    """What was in use before."""
    treatment: str
    """What is tried."""
    target: str
    """The metric that it is about."""
    verdict: ExperimentVerdict | None
    """What its figures say; None where none were drawn."""
    n_units: Count
    """Units that count."""
    horizon: Count
    """Units after which it ends."""
    n_more: Count | None
    """Units that are still needed."""
    share: Ratio
    """Share of the work that has the treatment now."""


class ExperimentList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every experiment."""

    experiments: tuple[ExperimentRow, ...]
    """The latest first."""


class Before(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was usual when an experiment was planned, and what the plan can find."""

    n_units: Count
    """Units that had cases of the target before."""
    value: float | None
    """The target then; None of no units."""
    n_needed: Count | None
    """Units that find the least gain that is worth it, four times of five; None: too many."""
    power: Ratio
    """How likely the planned ones find it."""


class ShownExperiment(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One experiment with everything about it."""

    id: str
    """Its id."""
    state: ExperimentState
    """Where it stands."""
    loop: LoopName | None
    """The loop that asked for it."""
    suggestion_id: str | None
    """The suggestion that it tries."""
    plan: ExperimentPlan
    """What was filed."""
    before: Before
    """What was usual before."""
    result: ExperimentResult | None
    """What the drawn half says; None before it started."""
    canary: ExperimentResult | None
    """What the quarter says that was given to it first."""
    share: Ratio
    """Share of the work that has the treatment now."""
    events: tuple[ExperimentEvent, ...]
    """What happened, who did it, when and why."""


class GivenArm(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one unit works with in one experiment."""

    experiment_id: str
    """The experiment."""
    unit: str
    """The unit."""
    uses: str
    """What it works with."""
    is_treatment: bool
    """Whether that is the treatment."""


class GivenArms(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What units work with."""

    given: tuple[GivenArm, ...]
    """By experiment, then unit."""


class BeforeAfterList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What metrics did when prompts changed."""

    compared: tuple[BeforeAfter, ...]
    """The surest first."""
    n_questions: Count
    """Changes that were looked at, in each metric."""


class ShownLoop(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One loop, and how it stands."""

    loop: Loop
    """What it is."""
    calls: tuple[Call, ...]
    """What calls for it now."""
    experiments: dict[str, str]
    """Its experiments, with where each stands."""
    messages: tuple[FeedbackMessage, ...] = ()
    """For `downstream_feedback`: what roles have to tell each other."""


class LoopList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every loop."""

    loops: tuple[ShownLoop, ...]
    """The loops, in the order in which they were designed."""
