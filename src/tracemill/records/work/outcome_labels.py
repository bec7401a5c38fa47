"""A model's labels of outcomes: they point at the evidence, and never quote it."""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.records.asking import AskingReport, Method, ModelAnswer
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
    method: Method
    """How it is known."""
    stamp: Stamp
    """The rules or the model, and the version."""

    @property
    def says(self) -> Outcome:
        """What it says, in a word."""
        return self.outcome


class OutcomeAnswer(ModelAnswer, frozen=True, kw_only=True):
    """One question to a model about a piece of work, and what it said of it."""

    episode_id: str
    """The work."""
    label: OutcomeLabel | None = None
    """What it said."""
    fault: OutcomeFault | None = None
    """Why it said nothing."""

    @property
    def key(self) -> tuple[str, str]:
        """The work and the question."""
        return self.episode_id, self.question

    @property
    def labels(self) -> tuple[OutcomeLabel, ...]:
        """What it said: one thing, or nothing."""
        return () if self.label is None else (self.label,)


class OutcomeReport(
    AskingReport, frozen=True, kw_only=True, rename={"n_all": "n_episodes", "stands": "outcomes"}
):
    """What became of the pieces of work that a model was to judge."""

    policy: OutcomePolicy
    """Whose word stands."""
    n_all: Count
    """Pieces of work in which a person asked for something, and that no person has judged."""
    stands: dict[str, int] = msgspec.field(default_factory=dict)
    """What stands after the policy, by outcome."""
