"""What a person's next words or deed say of the work so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Final, Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record

ReactionKind = Literal[
    "acceptance", "continuation", "clarification", "refinement", "rephrase", "edit",
    "steering", "interruption", "correction", "rejection", "switch", "abandonment",
]  # fmt: skip
"""`continuation` goes on, `clarification` asks back, `refinement` asks for more of the same,
`rephrase` asks again, `edit` changes what the agent wrote, `steering` speaks while it works,
`switch` turns to other work, `abandonment` gives the work up."""

STRENGTHS: Final[dict[ReactionKind, float]] = {
    "acceptance": 0.8,
    "continuation": 0.4,
    "clarification": 0.0,
    "refinement": -0.2,
    "rephrase": -0.3,
    "edit": -0.3,
    "steering": -0.3,
    "interruption": -0.6,
    "correction": -0.8,
    "rejection": -0.8,
    "switch": -0.9,
    "abandonment": -1.0,
}
"""How good or bad each kind is for the work before it, from -1 to 1."""

SURE_FROM: Final[dict[ReactionKind, float]] = {
    "clarification": 0.75,
    "correction": 0.7,
    "continuation": 0.85,
    "rephrase": 0.9,
    "refinement": 0.95,
}
"""Confidence from which a kind was right in about nine of ten, of people whom no weight had seen;
what is not named here, such as every deed, is always sure."""


MODEL_SURE_FROM: Final = 0.5
"""The same for the word of a model, which says how likely another reader is to say so too."""


def is_sure(kind: ReactionKind, confidence: float, rule: str = "") -> bool:
    """Tell whether what is told so, by that rule or model, is right in about nine of ten."""
    return confidence >= (MODEL_SURE_FROM if _is_model(rule) else SURE_FROM.get(kind, 0))


def _is_model(rule: str) -> bool:
    """Tell a model, called by its door and name, from a rule, which has no colon in its name."""
    return ":" in rule or rule == "model"


class Reaction(Record, frozen=True, kw_only=True):
    """One thing that a person's step, or what they did at an agent's step, says of the work."""

    step: Count
    """Index of the step at which it was said or done."""
    kind: ReactionKind
    """What it says."""
    strength: Annotated[float, msgspec.Meta(ge=-1, le=1)]
    """How good or bad that is for the work before it."""
    confidence: Ratio
    """How sure the rule is."""
    rule: str
    """Name of the rule, `log` where the log itself records it, or `door:name` of a model."""
    start: Count | None = None
    """Where the telling words begin in the step's text, in characters; None for a deed."""
    end: Count | None = None
    """Where they end."""
    waited_s: float | None = None
    """Seconds since the agent's last step; None where a moment is unknown."""

    @property
    def is_sure(self) -> bool:
        """Whether it is right in about nine of ten that are told so."""
        return is_sure(self.kind, self.confidence, self.rule)


def satisfaction(reactions: Iterable[Reaction]) -> float | None:
    """Return which share of what is surely heard, by strength, speaks for the work, 0 to 1.

    None where nothing speaks for it or against it.
    """
    told = [each.strength * each.confidence for each in reactions if each.is_sure]
    praise, blame = sum(w for w in told if w > 0), -sum(w for w in told if w < 0)
    return praise / (praise + blame) if praise + blame else None
