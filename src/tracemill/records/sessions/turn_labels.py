"""What a model said of people's turns: where it points to, and never what was said there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record, Stamp
from tracemill.records.sessions.reactions import ReactionKind

TurnKind = Literal[
    "acceptance", "continuation", "clarification", "refinement", "rephrase", "correction",
    "switch", "abandonment",
]  # fmt: skip
"""The reactions that are heard in words."""

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
    method: Literal["rules", "model"]
    """How it is known."""
    stamp: Stamp
    """The rules or the model, and the version in which it was asked."""


class TurnAnswer(Record, frozen=True, kw_only=True):
    """One question to a model about a turn, and what it said of it."""

    trajectory_id: str
    """The session."""
    step: Count
    """Index of the step."""
    question: str
    """Digest of what was asked; another question is asked anew."""
    labels: tuple[TurnLabel, ...] = ()
    """What it said."""
    fault: AnswerFault | None = None
    """Why it said nothing."""
    finish: str
    """Why it stopped."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    seconds: float | None = None
    """How long it took; None where nobody measured."""
    at: datetime
    """When it had answered."""

    @property
    def key(self) -> tuple[str, int, str]:
        """The session, the step and the question."""
        return self.trajectory_id, self.step, self.question


class TurnReport(Record, frozen=True, kw_only=True):
    """What became of the turns that a model was to judge."""

    subject: str
    """The model, by its door and name."""
    endpoint: str | None = None
    """Where it answers; None for one of this machine."""
    policy: Literal["unsure", "all", "agree"]
    """Whose word stands."""
    n_turns: Count
    """Turns of people behind something that an agent did."""
    n_wanted: Count
    """Those that the model is asked about."""
    n_characters: Count
    """Characters of the questions that were not asked before, or of those that were written."""
    n_written: Count = 0
    """Questions that were written to a file: equal ones once."""
    n_before: Count = 0
    """Questions that were answered in runs before."""
    n_asked: Count = 0
    """Questions that were answered now."""
    n_failed: Count = 0
    """Questions that the model did not answer; they are asked again by the next run."""
    n_unmatched: Count = 0
    """Answers in a file to questions that nobody asks any more, or in this way."""
    faults: dict[str, int] = msgspec.field(default_factory=dict)
    """Answers that say nothing, by why."""
    n_agreed: Count = 0
    """Answers of which one class is the rules' too."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    cost_usd: float | None = None
    """What that cost; None where no price is known."""
    stopped_by: str | None = None
    """What ended it early: a limit, a model that does not answer, or the end of its answers."""
