"""Which model does which session: a fair draw that anybody can repeat, from ids alone.

The same session always meets the same model, and raising a share moves sessions only towards it.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracemill.base.errors import UsageError
from tracemill.base.ids import digest
from tracemill.base.ids import place_of as draw_place
from tracemill.promote.registry import Registry
from tracemill.records.promotion import Arm, Assignments


def make_assignments(registry: Registry) -> Assignments:
    """Return how the work is shared out.

    Raises:
        UsageError: no model is in use, or more than everything was given away.
    """
    incumbent = registry.incumbent
    if incumbent is None:
        raise UsageError("no model is in use yet; promote one first: tracemill model promote")
    arms = tuple(
        Arm(
            model_id=model_id,
            model=registry.models[model_id].name,
            share=event.share or 0.0,
            is_shadow=event.is_shadow,
        )
        for model_id, event in sorted(registry.shares.items())
    )
    given = sum(arm.share for arm in arms if not arm.is_shadow)
    if given > 1:
        raise UsageError(f"expected shares of at most 1 together, found {given:g}")
    return Assignments(
        salt=digest(incumbent.id),
        incumbent_id=incumbent.id,
        incumbent=incumbent.name,
        arms=arms,
    )


def place_of(assignments: Assignments, unit: str) -> float:
    """Return where a unit stands between 0 and 1."""
    return draw_place(assignments.salt, unit)


def model_for(assignments: Assignments, unit: str) -> str:
    """Return the id of the model that does a unit."""
    place, reach = place_of(assignments, unit), 0.0
    for arm in assignments.arms:
        if not arm.is_shadow:
            reach += arm.share
            if place < reach:
                return arm.model_id
    return assignments.incumbent_id


def shadows_of(assignments: Assignments, unit: str) -> Iterator[str]:
    """Yield the ids of models that answer beside, and nobody acts on."""
    place = place_of(assignments, unit)
    yield from (arm.model_id for arm in assignments.arms if arm.is_shadow and place < arm.share)
