"""Plans that were handed to a session with an empty memory, which a log tells as refused.

Whoever accepts a plan of Claude Code and lets it begin anew leaves a refused call and a stop, and
another session is asked to implement the plan. So a plan that was refused without a word says
nothing of what the person thought, where nobody goes on with it but that request.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tracemill.label.activity.proposed_plans import PROPOSING
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Step

_REFUSALS: Final = frozenset({"rejection", "interruption"})
_HANDED: Final = "Implement the following plan:"


class HandedPlans:
    """Finds the steps whose plan may have been handed on."""

    def __init__(self) -> None:
        self._steps: set[int] = set()
        self._last: int | None = None

    def step(self, step: Step) -> None:
        """Take the next step."""
        if self._last is not None and step.speaker != "system":
            if not step.text.startswith(_HANDED):
                self._steps.discard(self._last)
            self._last = None
        if _is_refused_plan(step):
            self._steps.add(step.index)
            self._last = step.index

    def finish(self) -> frozenset[int]:
        """Return the indexes of the steps."""
        return frozenset(self._steps)


def but_refusals(reactions: Iterable[Reaction], plans: frozenset[int]) -> tuple[Reaction, ...]:
    """Return the reactions without the refusals at steps whose plan was handed on."""
    return tuple(each for each in reactions if each.step not in plans or each.kind not in _REFUSALS)


def _is_refused_plan(step: Step) -> bool:
    refused = {
        result.call_id
        for result in step.results
        if result.status == "rejected" and not result.feedback
    }
    return bool(refused) and any(
        call.id in refused and call.name.lower() in PROPOSING for call in step.calls
    )
