"""Which model is in use, which may follow, and why one was promoted or refused.

A model is known by its bytes and by what it was trained on. Nothing is overwritten: promotions,
approvals and roll-backs are events, and who is in use follows from them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tracemill.records.models.evaluations import Comparison
from tracemill.records.refs import Count, Ratio, Record

ReceiptKind = Literal["lineage", "format", "leaks", "labels", "complete", "approval"]
"""What must be shown besides behaviour: which bytes, one format in training and evaluation, no case
trained on, answers that go with their requests, an answer to every case, a person's yes."""

RuleName = Literal[
    "lineage", "format", "leaks", "labels", "complete", "target", "guards", "approval"
]
"""What is asked of a candidate."""

RefusalReason = Literal[
    "no_receipt", "changed_weights", "wrong_template", "leaked_data", "shuffled_labels",
    "unanswered_cases", "no_evaluation", "not_better", "worse_on_guard", "guard_not_shown",
    "not_approved",
]  # fmt: skip
"""Why a candidate is refused."""


class PolicyPart(Record, frozen=True, kw_only=True):
    """One part of one suite."""

    suite: str
    """Name of the suite."""
    part: str = "all"
    """`all`, `check:` and a check, or a part of the suite's own."""
    margin: Ratio | None = None
    """For a guard: a loss beyond this must be ruled out; None where no loss may be shown."""


class PromotionPolicy(Record, frozen=True, kw_only=True):
    """What a team asks of a model before it takes the place of another."""

    name: str
    """What it is called."""
    target: Annotated[tuple[PolicyPart, ...], msgspec.Meta(min_length=1)]
    """Where it must be better: on one of these at least, and worse on none."""
    guards: tuple[PolicyPart, ...] = ()
    """Where it must not be worse."""
    guards_all: bool = True
    """Whether every other part of these suites is a guard too, on which no loss may be shown."""
    alpha: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.05
    """How often a model that is no better may pass."""
    guard_alpha: Annotated[float, msgspec.Meta(gt=0, lt=0.5)] = 0.1
    """How often a model that lost nothing may be refused for a loss on any guard; a higher value
    finds smaller losses."""
    required: tuple[ReceiptKind, ...] = (
        "lineage", "format", "leaks", "labels", "complete", "approval",
    )  # fmt: skip
    """What must be shown besides."""
    format: str | None = None
    """Fingerprint of the template in use; None where any will do that training and evaluation
    share."""


class LabelReceipt(Record, frozen=True, kw_only=True):
    """Whether the answers of a training set go with their requests."""

    training: str
    """The training set."""
    n_examples: Count
    """Examples looked at."""
    own: Ratio
    """Share of an answer's words that its own request holds, on average."""
    shuffled: Ratio
    """The same, where answers are dealt out to requests by chance."""
    p_value: Ratio
    """How often chance does as well."""


class ModelVersion(Record, frozen=True, kw_only=True):
    """A model that may be promoted."""

    id: str
    """Derived from its bytes, its format and what it was trained on."""
    name: str
    """What it is called in evaluations."""
    base: str | None = None
    """The model that it was made from."""
    parent: str | None = None
    """The run that it goes on from."""
    recipe: str | None = None
    """Name of the recipe that it was trained by."""
    run_id: str | None = None
    """The training run that made it; None where somebody else trained it."""
    weights: str | None = None
    """The file or folder of its weights or adapter."""
    weights_sha256: str | None = None
    """Hash of their bytes."""
    format: str | None = None
    """Fingerprint of the template that it was trained in."""
    datasets: tuple[str, ...] = ()
    """Training sets, its own and those of the runs that it goes on from."""
    example_ids: tuple[str, ...] = ()
    """Ids of the examples among them that were trained on, sorted."""


class RuleResult(Record, frozen=True, kw_only=True):
    """What came of one thing that is asked."""

    rule: RuleName
    """What is asked."""
    reason: RefusalReason | None = None
    """Why the candidate is refused; None where it passed."""
    says: str
    """What was found."""


class PromotionDecision(Record, frozen=True, kw_only=True):
    """Whether a candidate takes the place of the incumbent, and why."""

    id: str
    """Derived from everything that it rests on."""
    at: datetime
    """When it was taken."""
    candidate_id: str
    """The candidate."""
    candidate: str
    """What it is called."""
    incumbent: str
    """What it was compared with."""
    policy: str
    """Name of the policy."""
    policy_hash: str
    """Hash of what the policy says."""
    is_promoted: bool
    """Whether every rule passed."""
    rules: tuple[RuleResult, ...]
    """Every rule, also behind the first that failed."""
    comparisons: tuple[Comparison, ...] = ()
    """What the two differ by, suite by suite."""

    @property
    def reasons(self) -> tuple[RefusalReason, ...]:
        """Why it is refused, each reason once."""
        return tuple(dict.fromkeys(rule.reason for rule in self.rules if rule.reason is not None))


ModelEventKind = Literal["registered", "approved", "refused", "promoted", "rolled_back", "shared"]
"""What happened to a model: `shared` is a part of the work that is given to it on trial."""


class ModelEvent(Record, frozen=True, kw_only=True):
    """One thing that happened to a model; all of them together say who is in use."""

    kind: ModelEventKind
    """What happened."""
    model_id: str
    """The model."""
    at: datetime
    """When."""
    by: str | None = None
    """Who did it, by a pseudonym."""
    reason: str | None = None
    """Why, in their words, redacted."""
    model: ModelVersion | None = None
    """For `registered`: the model."""
    decision: PromotionDecision | None = None
    """For `promoted` and `refused`: what it rests on."""
    share: Ratio | None = None
    """For `shared`: its share of the work."""
    is_shadow: bool = False
    """For `shared`: whether it only answers beside, and nobody acts on it."""


class Arm(Record, frozen=True, kw_only=True):
    """One model's part of the work."""

    model_id: str
    """The model."""
    model: str
    """What it is called."""
    share: Ratio
    """Share of the units."""
    is_shadow: bool = False
    """Whether it only answers beside, and nobody acts on it."""


class Assignments(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Which model does which part of the work; a gateway or harness reads this file.

    A unit's place is the first 8 bytes of BLAKE2b of salt, a zero byte and the unit's id, as a
    share of 2**64. The arms that are no shadows follow each other from 0; the incumbent has the
    rest. A shadow sees units whose place lies below its share.
    """

    schema: Literal["tracemill.assignments/1"] = "tracemill.assignments/1"
    """What this file is."""
    unit: Literal["session"] = "session"
    """What is given to one model as a whole."""
    salt: str
    """What keeps this draw apart from others."""
    incumbent_id: str
    """The model in use."""
    incumbent: str
    """What it is called."""
    arms: tuple[Arm, ...] = ()
    """Models on trial."""


class Assigned(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Which model does one session, by the shares of the moment."""

    session: str
    """The session that was asked for."""
    model_id: str
    """The model whose answers count."""
    model: str
    """What it is called."""
    shadows: tuple[Arm, ...] = ()
    """Models that answer beside, and nobody acts on."""


class Alarm(Record, frozen=True, kw_only=True):
    """Whether a model in use does worse than it should."""

    model: str
    """What it is called."""
    n: Count
    """Sessions of which it is known how they ended."""
    n_good: Count
    """Those that ended well."""
    usual_n: Count
    """The same, of the model that it is compared with."""
    usual_good: Count
    """Those that ended well."""
    null: Ratio
    """The share that it must not fall below."""
    e_value: float
    """Evidence that it does; holds however often one looks."""
    alarm_at: float
    """The evidence that is enough."""
    is_raised: bool
    """Whether that is reached."""
    says: str
    """The same in words."""
