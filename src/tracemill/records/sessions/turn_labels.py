"""A model's labels of people's turns: they point at the evidence, and never quote it."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.records.asking import AskingReport, Method, ModelAnswer
from tracemill.records.refs import Count, Ratio, Record, Stamp
from tracemill.records.sessions.reactions import ReactionKind

TurnKind = Literal[
    "acceptance", "continuation", "clarification", "refinement", "rephrase", "correction",
    "switch", "abandonment",
]  # fmt: skip
"""The reactions that are heard in words."""

TurnPolicy = Literal["unsure", "all", "agree"]
"""Whose word stands: `unsure`, the model's where the rules are not sure, and only then it is asked;
`all`, the model's wherever it has one; `agree`, what both say."""

AnswerFault = Literal["not_in_form", "no_label", "no_such_evidence"]
"""Why an answer says nothing: it has another form, no label, or evidence that stands nowhere."""


class TurnLabel(Record, frozen=True, kw_only=True):
    """One thing that a person's turn says of the work before it, and who says so."""

    trajectory_id: str
    """The session."""
    step: Count
    """Index of the step."""
    kind: ReactionKind
    """What it says."""
    confidence: Ratio
    """How sure that is."""
    start: Count
    """Where the telling words begin in the step's text, in characters."""
    end: Count
    """Where they end."""
    method: Method
    """How it is known."""
    stamp: Stamp
    """The rules or the model, and the version in which it was asked."""

    @property
    def says(self) -> ReactionKind:
        """What it says, in a word."""
        return self.kind


class TurnAnswer(ModelAnswer, frozen=True, kw_only=True):
    """One question to a model about a turn, and what it said of it."""

    step: Count
    """Index of the step."""
    labels: tuple[TurnLabel, ...] = ()
    """What it said."""
    fault: AnswerFault | None = None
    """Why it said nothing."""

    @property
    def key(self) -> tuple[str, int, str]:
        """The session, the step and the question."""
        return self.trajectory_id, self.step, self.question


class TurnReport(
    AskingReport, frozen=True, kw_only=True, rename={"n_all": "n_turns", "stands": "reactions"}
):
    """What became of the turns that a model was to judge."""

    policy: TurnPolicy
    """Whose word stands."""
    n_all: Count
    """Turns of people behind something that an agent did."""
    stands: dict[str, int] = msgspec.field(default_factory=dict)
    """What stands after the policy, by what it says; a turn may say several things, or nothing."""
