"""Who says what a person's turn means: the rules, or a model, and how the two are put together.

A labeler is handed one turn, with what went on before and after it. The rules always have an
answer, if only that nothing is heard. A model is asked behind an injected function, in the words of
`asking`, and what it says may count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from tracemill.label.reactions.asking import SCHEMA, Turn, question, read_answer
from tracemill.label.reactions.speech import Heard, hear
from tracemill.records.datasets.examples import Message
from tracemill.records.sessions.reactions import is_sure
from tracemill.records.sessions.turn_labels import AnswerFault

Policy = Literal["unsure", "all", "agree"]
"""Whose word stands: `unsure`, the model's where the rules are not sure, and only then it is asked;
`all`, the model's wherever it has one; `agree`, what both say."""

Ask = Callable[[Sequence[Message], Mapping[str, Any]], str]
"""Asks a model with the schema of its answer, and returns what it said."""


class Labeler(Protocol):
    """Says what a turn means."""

    @property
    def name(self) -> str:
        """What it is called in the stamps of its labels."""
        ...

    def label(self, turn: Turn) -> tuple[Heard, ...] | AnswerFault:
        """Return what the turn says, or why nothing can be said."""
        ...


class RuleLabeler:
    """Hears by rule."""

    name = "rules"

    def label(self, turn: Turn) -> tuple[Heard, ...]:
        """Return what the rules hear."""
        return hear(turn.text, turn.before, turn.reply)


class ModelLabeler:
    """Asks a model."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.name = name
        self._ask = ask

    def label(self, turn: Turn) -> tuple[Heard, ...] | AnswerFault:
        """Return what the model says, as far as it shows where the turn says so."""
        return read_answer(self._ask(question(turn), SCHEMA), turn.text)


def is_wanted(policy: Policy, ruled: Sequence[Heard]) -> bool:
    """Tell whether a model is asked about a turn of which the rules say this."""
    is_doubtful = not ruled or not all(is_sure(each.kind, each.confidence) for each in ruled)
    return policy != "unsure" or is_doubtful


def combined(
    policy: Policy, ruled: tuple[Heard, ...], said: tuple[Heard, ...] | AnswerFault | None
) -> tuple[Heard, ...]:
    """Return what stands of what the rules and a model say; None where it was not asked."""
    if not isinstance(said, tuple):
        return () if policy == "agree" else ruled
    if policy == "agree":
        kinds = {each.kind for each in ruled}
        return tuple(each for each in said if each.kind in kinds)
    return said
