"""Which model does which session: a fair draw that anybody can repeat, from ids alone.

The same session always meets the same model, and raising a share moves sessions only towards it.
"""

from __future__ import annotations

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.ids import digest
from tracemill.base.ids import place_of as draw_place
from tracemill.promote.registry import Registry
from tracemill.records.models.promotion import Arm, Assigned, Assignments


def make_assignments(registry: Registry) -> Assignments:
    """Return how the work is shared out.

    Raises:
        NotFoundError: no model is in use.
        UsageError: more than everything was given away.
    """
    incumbent = registry.incumbent
    if incumbent is None:
        raise NotFoundError("no model is in use yet; promote one first: tracemill model promote")
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


def assigned(assignments: Assignments, unit: str) -> Assigned:
    """Return which model does a unit, and which answer beside it."""
    place, reach = place_of(assignments, unit), 0.0
    model_id, model = assignments.incumbent_id, assignments.incumbent
    for arm in assignments.arms:
        if not arm.is_shadow and reach <= place < reach + arm.share:
            model_id, model = arm.model_id, arm.model
        reach += 0 if arm.is_shadow else arm.share
    shadows = tuple(arm for arm in assignments.arms if arm.is_shadow and place < arm.share)
    return Assigned(session=unit, model_id=model_id, model=model, shadows=shadows)
