"""Who is in use, who may follow, who was: what follows from all events, in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from tracemill.base.errors import AmbiguousNameError, NotFoundError
from tracemill.records.models.promotion import ModelEvent, ModelVersion

Role = Literal["candidate", "incumbent", "archived"]
"""Not yet in use, in use, or no more."""


@dataclass
class Registry:
    """All models, and what became of each."""

    models: dict[str, ModelVersion] = field(default_factory=dict)
    """Every model by id, in the order in which they were registered."""
    line: list[str] = field(default_factory=list)
    """Models that were in use one after the other; the last one is."""
    archived: set[str] = field(default_factory=set)
    """Models that were in use and were taken back, or followed by another."""
    approvals: dict[str, str] = field(default_factory=dict)
    """Who said yes to which model."""
    shares: dict[str, ModelEvent] = field(default_factory=dict)
    """Models that have a part of the work on trial."""

    @classmethod
    def of(cls, events: Iterable[ModelEvent]) -> Registry:
        """Return what events lead to."""
        known = cls()
        for event in events:
            known._apply(event)
        return known

    def _apply(self, event: ModelEvent) -> None:
        match event.kind:
            case "registered":
                assert event.model is not None
                self.models[event.model_id] = event.model
            case "approved":
                self.approvals[event.model_id] = event.by or "somebody"
            case "promoted":
                self.archived |= set(self.line)
                self.archived.discard(event.model_id)
                self.line.append(event.model_id)
                self.shares.clear()
            case "rolled_back":
                taken_back = self.line.pop()
                self.archived.add(taken_back)
                self.archived.discard(event.model_id)
                self.approvals.pop(taken_back, None)
                self.shares.clear()
            case "shared":
                self.shares.pop(event.model_id, None)
                if event.share:
                    self.shares[event.model_id] = event
            case "refused":
                self.shares.pop(event.model_id, None)

    @property
    def incumbent(self) -> ModelVersion | None:
        """The model in use."""
        return self.models[self.line[-1]] if self.line else None

    @property
    def previous(self) -> ModelVersion | None:
        """The model that was in use before."""
        return self.models[self.line[-2]] if len(self.line) > 1 else None

    def role(self, model_id: str) -> Role:
        """Return what a model is."""
        if self.line and self.line[-1] == model_id:
            return "incumbent"
        return "archived" if model_id in self.archived else "candidate"

    def find(self, name: str) -> ModelVersion:
        """Return the model that a name, a recipe or how an id begins means; the latest.

        What is said whole comes first: every id begins with `model`, and so may a name.

        Raises:
            NotFoundError: there is none, or several ids begin so.
        """
        models = self.models.values() if name else ()
        begun = [each for each in models if each.id.startswith(name)]
        called = [each for each in models if name in (each.name, each.run_id, each.id)]
        made_by = [each for each in models if each.recipe == name]
        if len(begun) > 1 and not (called or made_by):
            raise AmbiguousNameError(name, [each.id for each in begun])
        found = called or made_by or begun
        if not found:
            known = ", ".join(sorted({model.name for model in self.models.values()})) or "none yet"
            raise NotFoundError(
                f"no model {name!r} is registered; known: {known}; run: tracemill model register"
            )
        return found[-1]
