"""What a model said became of work: where its evidence stands, and never what was said there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record, Stamp
from tracemill.records.work.episodes import Outcome

OutcomePolicy = Literal["unknown", "all", "agree"]
"""Whose word stands: `unknown`, the model's where the rules know nothing, and only then it is
asked; `all`, the model's wherever it has one; `agree`, what both say."""

OutcomeFault = Literal["not_in_form", "no_such_evidence"]
"""Why an answer says nothing: it has another form, or evidence that stands nowhere."""


class OutcomeLabel(Record, frozen=True, kw_only=True):
    """What became of one piece of work, and who says so."""

    episode_id: str
    """The work."""
    outcome: Outcome
    """What became of it."""
    confidence: Ratio
    """How sure that is; 0 for `unknown` by rule."""
    trajectory_id: str
    """The session that the model was shown: the last one that a person began."""
    step: Count | None = None
    """Index of the step in which the model's evidence stands; None where it needs none, and for
    the rules, whose evidence is told with the episode."""
    method: Literal["rules", "model"]
    """How it is known."""
    stamp: Stamp
    """The rules or the model, and the version."""


class OutcomeAnswer(Record, frozen=True, kw_only=True):
    """One question to a model about a piece of work, and what it said of it."""

    episode_id: str
    """The work."""
    trajectory_id: str
    """The session that it was shown."""
    question: str
    """Digest of what was asked; another question is asked anew."""
    label: OutcomeLabel | None = None
    """What it said."""
    fault: OutcomeFault | None = None
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
    def key(self) -> tuple[str, str]:
        """The work and the question."""
        return self.episode_id, self.question


class OutcomeReport(Record, frozen=True, kw_only=True):
    """What became of the pieces of work that a model was to judge."""

    subject: str
    """The model, by its door and name."""
    endpoint: str | None = None
    """Where it answers; None for one of this machine."""
    policy: OutcomePolicy
    """Whose word stands."""
    n_episodes: Count
    """Pieces of work in which a person asked for something, and that no person has judged."""
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
    """Answers in a file to no question that is asked."""
    faults: dict[str, int] = msgspec.field(default_factory=dict)
    """Answers that say nothing, by why."""
    outcomes: dict[str, int] = msgspec.field(default_factory=dict)
    """What stands after the policy, by outcome."""
    n_agreed: Count = 0
    """Answers that say what the rules say."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    cost_usd: float | None = None
    """What that cost; None where no price is known."""
    stopped_by: str | None = None
    """What ended it early: a limit, a model that does not answer, or the end of its answers."""
