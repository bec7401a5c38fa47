"""Records of asking a model to judge where the rules are not sure.

It is the same whatever the model judges: people's turns, or what became of work. What it said of
each is a record of its own, which says where its evidence stands and never what was said there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.refs import Count, Record

Policy = Literal["unsure", "unknown", "all", "agree"]
"""Whose word stands: `unsure` and `unknown`, the model's where the rules are not sure or know
nothing, and only then it is asked; `all`, the model's wherever it has one; `agree`, what both
say."""

Method = Literal["rules", "model"]
"""How a label is known."""


class ModelAnswer(Record, frozen=True, kw_only=True):
    """One question to a model, and what answering it took; what it said is told beside."""

    trajectory_id: str
    """The session that it was shown."""
    question: str
    """Digest of what was asked; another question is asked anew."""
    fault: str | None = None
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


class AskingReport(Record, frozen=True, kw_only=True):
    """What became of the questions to a model, and what stands then."""

    subject: str
    """The model, by its door and name."""
    endpoint: str | None = None
    """Where it answers; None for one of this machine."""
    policy: Policy
    """Whose word stands."""
    n_all: Count
    """What the model may be asked about."""
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
    stands: dict[str, int] = msgspec.field(default_factory=dict)
    """What stands after the policy: how many labels say what."""
    n_agreed: Count = 0
    """Answers of which one label says what the rules say."""
    n_prompt_tokens: Count | None = None
    """Tokens of what it was asked; None where nobody counted."""
    n_answer_tokens: Count | None = None
    """Tokens of what it said; None where nobody counted."""
    cost_usd: float | None = None
    """What that cost; None where no price is known."""
    stopped_by: str | None = None
    """What ended it early: a limit, a model that does not answer, or the end of its answers."""
