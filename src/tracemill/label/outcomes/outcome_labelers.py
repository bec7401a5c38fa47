"""Who says what became of a piece of work: the rules, or a model, and how the two are put together.

The rules always have an answer, if only `unknown`. A model is asked behind an injected function, in
the words of `asking`, and what it says may count for nothing.
"""

from __future__ import annotations

from typing import Literal, Protocol

from tracemill.label.outcomes.asking import SCHEMA, Said, question, read_answer
from tracemill.label.outcomes.excerpts import Excerpt
from tracemill.label.reactions.labelers import Ask
from tracemill.records.work.episodes import Outcome
from tracemill.records.work.outcome_labels import OutcomeFault, OutcomePolicy

Voice = Literal["rules", "model", "nobody"]
"""Who decides what became of work; where nobody does, it is unknown."""


class OutcomeLabeler(Protocol):
    """Says what became of a session's work."""

    @property
    def name(self) -> str:
        """What it is called in the stamps of its labels."""
        ...

    def label(self, shown: Excerpt) -> Said | OutcomeFault:
        """Return what became of the work, or why nothing can be said."""
        ...


class ModelOutcomeLabeler:
    """Asks a model."""

    def __init__(self, name: str, ask: Ask) -> None:
        self.name = name
        self._ask = ask

    def label(self, shown: Excerpt) -> Said | OutcomeFault:
        """Return what the model says, as far as it shows where the log says so."""
        return read_answer(self._ask(question(shown), SCHEMA), shown)


def is_wanted(policy: OutcomePolicy, ruled: Outcome) -> bool:
    """Tell whether a model is asked about work of which the rules say this."""
    return policy != "unknown" or ruled == "unknown"


def whose_word(policy: OutcomePolicy, ruled: Outcome, said: Outcome | None) -> Voice:
    """Return whose word stands; `said` is None where a model said nothing, or was not asked."""
    if policy == "agree":
        return "rules" if said == ruled else "nobody"
    return "rules" if said is None else "model"
