"""What could be changed in a prompt, with the evidence that asks for it.

Names and order are those of the file that teams know: `suggestion_id`, `agent_role` and so on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from tracemill.records.refs import Ratio, Record, Ref

SuggestionType = Literal[
    "constraint_clarity",
    "example_addition",
    "context_enrichment",
    "decision_framework",
    "constraint_removal",
    "role_handoff_improvement",
]
"""What kind of change it is."""

Level = Literal["low", "medium", "high"]
"""How much."""


class ProposedChange(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A change of a prompt's text."""

    prompt_file: str | None
    """The prompt; None where none of the role is held."""
    section: str | None
    """The heading under which the text stands; None where it has none."""
    old_text: str | None
    """What stands there, word for word; None where the new text is to be added."""
    new_text: str
    """What should stand there; empty where it is to be taken away."""
    rationale: str
    """Why, in one sentence."""


class ExpectedImpact(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What it could bring at most: the commonest cause gone, and nothing else changed."""

    gate_success_improvement: float | None
    """Added to the share of judgements that pass."""
    retry_reduction: float | None
    """Taken from the retries of a piece of work."""
    token_efficiency: str
    """What it does to the length of the prompt."""


class Suggestion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One proposal. It changes nothing until a person applies it and a test bears it out."""

    suggestion_id: str
    """`SUG-YYYY-MM-NNN`: the month of the last case, and a number that follows from the pattern."""
    agent_role: str | None
    """Whose prompt; None where the record does not say."""
    suggestion_type: SuggestionType
    """What kind of change it is."""
    confidence: Ratio
    """How sure it is that this is no chance: one less the pattern's q-value, or the level at which
    the interval of a difference lies where it must."""
    evidence: dict[str, float | int | str]
    """The numbers that ask for it."""
    proposed_change: ProposedChange
    """What to change."""
    expected_impact: ExpectedImpact
    """What it could bring."""
    implementation_effort: Level
    """How much work it is."""
    risk: Level
    """What could go wrong."""
    pattern: str | None
    """The pattern that it follows from; None where a version of the prompt asks for it."""
    records: tuple[Ref, ...] = ()
    """Records that show it."""


class Refusal(Record, frozen=True, kw_only=True, omit_defaults=False):
    """That a person said no to a proposal, or let it stand again."""

    suggestion_id: str
    """The proposal."""
    at: datetime
    """When."""
    by: str
    """Who, by a pseudonym."""
    reason: str
    """Why, redacted."""
    is_taken_back: bool = False
    """Whether the proposal stands again."""


class RefusedSuggestion(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A proposal that a person said no to."""

    suggestion: Suggestion
    """The proposal."""
    refusal: Refusal
    """Who said so, and why."""


class SuggestionList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every suggestion."""

    suggestions: tuple[Suggestion, ...]
    """The surest first."""
    left_out: dict[str, int] = msgspec.field(default_factory=dict)
    """Patterns that lead to no change of a prompt, by kind."""
    refused: tuple[RefusedSuggestion, ...] = ()
    """Proposals that a person said no to; they are in no other list."""
