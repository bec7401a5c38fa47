"""Whether recorded work makes models and work better: what is held for that, and what is wrong."""

from __future__ import annotations

from typing import Literal

from tracemill.records.process.patterns import Measure
from tracemill.records.refs import Count, Record

HeldName = Literal[
    "real_calls", "success_signals", "full_traces", "one_format", "checked_examples",
    "behaviour_measured", "integration_results", "cross_tool_success", "field_use",
    "satisfaction",
]  # fmt: skip
"""What a loop of data must hold: calls of real work; what people did about it; calls with results,
fields and decisions; one format in training and evaluation; examples that were checked; models
judged by what they do; checks that ran for real; success of work over several tools; fields that
code reads; whether goals were reached."""

FaultName = Literal[
    "volume_without_quality", "mocks_for_reality", "text_without_execution",
    "intent_without_calls", "single_tool_only", "mixed_formats", "vanity_metrics",
    "infrastructure_only",
]  # fmt: skip
"""How such a loop goes wrong: many examples that repeat one another; results that never happened;
models judged by what they say; requests for several tools with one call; no work over several
tools; one format in training and another in evaluation; promotions that rest on no behaviour;
models in use that nobody evaluated."""


class HeldItem(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One thing that must be held."""

    name: HeldName
    """Its name."""
    asks: str
    """What it asks for."""
    verdict: Literal["held", "missing"]
    """Whether it is there."""
    evidence: str
    """What was found, in numbers; where it is missing, what would bring it."""


class LoopFault(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One way to go wrong."""

    name: FaultName
    """Its name."""
    asks: str
    """What is looked for."""
    verdict: Literal["pass", "fail", "unknown"]
    """`fail` where it was found; `unknown` where nothing that is held tells."""
    evidence: str
    """What was found, in numbers."""


LoopState = Literal["works", "fails", "not_shown", "unknown"]
"""`works`: the model in use is better than the one before and work succeeds more often since, both
by more than chance. `fails`: one of both is worse by more than chance. `not_shown`: neither.
`unknown`: no model followed another, or they were not compared."""


ExampleOrigin = Literal["real", "made_up", "mixed", "unknown"]
"""Where what a model learned from comes from: work as it was recorded, made up, some of both; or
nobody knows, since a dataset is not there any more."""


class LearningGain(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What one model gained over the one that it goes on from, on one suite."""

    model: str
    """The model's training run."""
    before: str
    """What the model before it is called."""
    suite: str
    """The suite on which both were evaluated."""
    n_cases: Count
    """Its cases."""
    origin: ExampleOrigin
    """Where the examples come from that only the later one learned from."""
    n_examples: Count
    """How many they are."""
    points: float
    """Cases that pass, in percentage points more than before; below 0 where it got worse."""
    low: float
    """Lower end of its interval, in points, at 95 %: as if other cases had been asked before."""
    high: float
    """Upper end."""
    points_per_100: float | None
    """The same for a hundred of the examples; None where there are none."""


class OriginGain(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What examples of one origin brought, over all models that learned from no other."""

    origin: ExampleOrigin
    """Where they come from."""
    n_models: Count
    """Models that learned from them alone and were evaluated beside the one before."""
    n_examples: Count
    """What these learned from."""
    points: float | None
    """Percentage points that they gained together, of several suites the mean; None without any."""
    points_per_100: float | None
    """The same for a hundred examples."""
    low: float | None
    """Lower end of the interval of that at 95 %, as if no two models were asked the same; None
    without any."""
    high: float | None
    """Upper end."""


class FlywheelReport(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How far recorded work makes models and work better."""

    held: tuple[HeldItem, ...]
    """Ten things that must be held."""
    faults: tuple[LoopFault, ...]
    """Eight ways to go wrong."""
    behaviour: tuple[Measure, ...]
    """What models do: right tools, fields, tools behind another one's result, whole cases."""
    satisfaction: tuple[Measure, ...]
    """What work brings people: goals reached, turns taken badly, work given up, turns taken
    well."""
    health: tuple[Measure, ...]
    """How tools fare: calls that succeed, the tool that fails most, seconds of a turn, empty
    fields."""
    gains: tuple[LearningGain, ...]
    """What each model gained over the one before it."""
    by_origin: tuple[OriginGain, ...]
    """What real examples and made-up ones brought."""
    state: LoopState
    """Whether the loop is shown to work."""
    because: str
    """Why."""
    n_missing: Count
    """Things that are missing."""
    n_faults: Count
    """Ways in which it goes wrong."""
