"""Plans that an agent proposed, and what a person said to them.

Another session may carry a plan out, and begins with its text.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

import msgspec

from tracemill.base.text import beginning
from tracemill.records.events.event import Event
from tracemill.records.events.in_session import Feedback
from tracemill.records.sessions.activity import PlanVerdict, ProposedPlan
from tracemill.records.sessions.trajectory import Step

PROPOSING: Final = frozenset({"exitplanmode", "exit_plan_mode"})
"""Tools by which a plan is proposed."""
_PLAN: Final = "plan"
_MAX_READ: Final = 2_000
_MAX_OPENING: Final = 100
_MAX_SAID: Final = 300
_ANSWERS: Final = frozenset({"permission", "rejection"})
_MAX_KEPT: Final = 50


class ProposedPlans:
    """Takes steps and what people did, each in their order."""

    def __init__(self) -> None:
        self._kept: dict[str, ProposedPlan] = {}
        self._asked: dict[str, PlanVerdict] = {}
        """Plans by their call, as if they were approved."""
        self._answers: list[Feedback] = []
        self._refused: dict[str, str | None] = {}
        """What was said with each refusal that a result tells, by its call."""

    def step(self, step: Step) -> None:
        """Take the next step; of a plan that is proposed again, the last counts."""
        for call in step.calls:
            text = call.arguments.get(_PLAN)
            if call.name.lower() not in PROPOSING:
                continue
            opening = ""
            if isinstance(text, str) and text.strip():
                opening = beginning(text[:_MAX_READ], _MAX_OPENING)
                self._kept.pop(opening, None)
                self._kept[opening] = ProposedPlan(opening=opening, step=step.index)
            self._asked[call.id] = PlanVerdict(
                step=step.index, is_approved=True, opening=opening, at=step.at
            )
        for result in step.results:
            if result.status == "rejected" and result.call_id in self._asked:
                self._refused[result.call_id] = result.feedback

    def event(self, event: Event) -> None:
        """Take what a person did."""
        if isinstance(event, Feedback) and event.action in _ANSWERS:
            self._answers.append(event)

    def finish(self) -> tuple[ProposedPlan, ...]:
        """Return the plans, in order, the last of many."""
        return tuple(self._kept.values())[-_MAX_KEPT:]

    def verdicts(self, handed: Container[int]) -> tuple[PlanVerdict, ...]:
        """Return what people said to plans; a plan that may have been handed on has no verdict.

        An answer that names no call may be to any other question, so it is to no plan.
        """
        found = {name: _said(self._asked[name], said) for name, said in self._refused.items()}
        for answer in self._answers:
            name = answer.call_id
            if name in self._asked and name not in found:
                asked = self._asked[name]
                is_approved = answer.action == "permission"
                found[name] = asked if is_approved else _said(asked, answer.text)
        told = sorted(found.values(), key=lambda each: each.step)
        return tuple(each for each in told if each.step not in handed)[-_MAX_KEPT:]


def _said(asked: PlanVerdict, said: str | None) -> PlanVerdict:
    words = beginning(said[:_MAX_READ], _MAX_SAID) if said else None
    return msgspec.structs.replace(asked, is_approved=False, said=words)
