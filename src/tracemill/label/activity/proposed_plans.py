"""Plans that an agent proposed: another session may carry them out, and begins with their text."""

from __future__ import annotations

from typing import Final

from tracemill.base.text import beginning
from tracemill.records.sessions.activity import ProposedPlan
from tracemill.records.sessions.trajectory import Step

PROPOSING: Final = frozenset({"exitplanmode", "exit_plan_mode"})
"""Tools by which a plan is proposed."""
_PLAN: Final = "plan"
_MAX_READ: Final = 2_000
_MAX_OPENING: Final = 100
_MAX_KEPT: Final = 50


class ProposedPlans:
    """Takes steps in their order."""

    def __init__(self) -> None:
        self._kept: dict[str, ProposedPlan] = {}

    def step(self, step: Step) -> None:
        """Take the next step; of a plan that is proposed again, the last counts."""
        for call in step.calls:
            text = call.arguments.get(_PLAN)
            if call.name.lower() in PROPOSING and isinstance(text, str) and text.strip():
                opening = beginning(text[:_MAX_READ], _MAX_OPENING)
                self._kept.pop(opening, None)
                self._kept[opening] = ProposedPlan(opening=opening, step=step.index)

    def finish(self) -> tuple[ProposedPlan, ...]:
        """Return the plans, in order, the last of many."""
        return tuple(self._kept.values())[-_MAX_KEPT:]
