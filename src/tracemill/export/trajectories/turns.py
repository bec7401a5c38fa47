"""The layout of turns: a session as one line, turn by turn, with how each turn was taken.

What the session itself does not say comes from what was observed and judged of it: the outcome,
how the person took each turn, and which earlier result the values of a turn's calls came from. A
session that was read from the layout is written as it was, but for what redaction replaced.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final, NamedTuple, TypeVar

import msgspec
from msgspec import structs

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.sessions.decision_points import DecisionPoint
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.records.sessions.value_flows import ValueFlow, ValuePlace
from tracemill.records.work.episodes import Outcome
from tracemill.render.atif import atif_moment
from tracemill.render.remainder import with_remainder
from tracemill.render.turns import (
    FORMAT,
    CalledTool,
    ContextUsed,
    Turn,
    TurnDecision,
    TurnTotals,
    UserFeedback,
    by_turn,
    session_of_turns,
    turn_of,
)

_OUTCOMES: Final[Mapping[Outcome, str]] = {
    "achieved": "success", "partial": "partial", "failed": "failure", "abandoned": "abandoned",
}  # fmt: skip
_REASONS: Final[Mapping[str, str]] = {
    "achieved": "task_complete", "abandoned": "abandoned",
    "interruption": "interrupted", "error": "error", "open_call": "open_call",
}  # fmt: skip
"""Why a session ended: by the outcome where that tells, or else by who had the last word."""
_EXPLICIT: Final[frozenset[ReactionKind]] = frozenset(
    {"acceptance", "correction", "rejection", "abandonment"}
)
"""What says in so many words how the work was taken; the rest has to be read from what follows."""
_SIGNALS: Final[Mapping[ReactionKind, str]] = {"continuation": "continued_workflow"}
"""Kinds that the layout has a word of its own for."""


class Turns:
    """Makes the line of one session."""

    name: ClassVar[str] = FORMAT
    tells_known: ClassVar[bool] = True

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> dict[str, Any]:
        """Return a trajectory as the layout writes it."""
        del events, subagents
        turns = [_Held(turn_of(at, held), held) for at, held in enumerate(by_turn(steps), 1)]
        is_native = header.remainder is not None and header.remainder.format == FORMAT
        whole = msgspec.to_builtins(session_of_turns(header))
        if is_native:
            written = [
                with_remainder(msgspec.to_builtins(one.turn), one.steps[0].remainder)
                for one in turns
            ]
            return {**with_remainder(whole, header.remainder), "turns": written}
        taken = _Telling(turns, known)
        del whole["metadata"]  # which stands behind the turns
        return {
            **whole,
            "outcome": _OUTCOMES.get(known.outcome),
            "turns": list(map(msgspec.to_builtins, taken.turns())),
            "metadata": msgspec.to_builtins(taken.totals()),
        }

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the one line of a session."""
        return msgspec.json.encode(document) + b"\n"


T = TypeVar("T")


class _Held(NamedTuple):
    turn: Turn
    steps: list[Step]

    @property
    def begins(self) -> int:
        """Index of the step that a person began it with, which still speaks of the turn before."""
        first = self.steps[0]
        return first.index if first.speaker == "user" else first.index - 1


class _Telling:
    """Tells of turns what is known beyond their steps."""

    def __init__(self, held: list[_Held], known: Known) -> None:
        self._held = held
        self._known = known
        self._begins = [one.begins for one in held]
        self._moments = {step.index: step.at for one in held for step in one.steps}
        self._places = {
            call.id: (at, number)
            for at, one in enumerate(held)
            for number, call in enumerate(
                call for step in one.steps if not step.is_error for call in step.calls
            )
        }

    def turns(self) -> Iterator[Turn]:
        """Yield the turns with what is known of them."""
        reactions = self._by_turn((r.step, r) for r in self._known.reactions)
        flows = self._by_turn((flow.use.step, flow) for flow in self._known.flows or ())
        decided = self._by_turn(
            (_decided_at(point), point) for point in self._known.decisions or ()
        )
        for at, (turn, steps) in enumerate(self._held):
            response = turn.model_response
            if response is not None:
                response = structs.replace(
                    response,
                    tool_calls=self._tools(steps, response.tool_calls),
                    context_used=self._context(at, flows.get(at, ())),
                    field_access=self._fields(steps),
                    decision_points=self._decisions(decided.get(at, ())),
                )
            feedback = self._feedback(reactions.get(at, ()))
            yield structs.replace(turn, model_response=response, user_feedback=feedback)

    def _by_turn(self, found: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
        """Return what was found at steps by the place of the turn that it belongs to."""
        grouped: dict[int, list[T]] = {}
        for step, each in found:
            grouped.setdefault(bisect_left(self._begins, step) - 1, []).append(each)
        return grouped

    def _feedback(self, reactions: Sequence[Reaction]) -> UserFeedback | None:
        """Return the strongest of what was said and done about a turn."""
        if not reactions:
            return None
        told = max(reactions, key=lambda each: abs(each.strength) * each.confidence)
        at = self._moments.get(told.step)
        how = "explicit" if told.kind in _EXPLICIT else "implicit"
        return UserFeedback(
            type=f"{how}_{_direction(told.strength)}",
            signal=_SIGNALS.get(told.kind, told.kind),
            timestamp=None if at is None else atif_moment(at),
        )

    def _context(self, at: int, flows: Sequence[ValueFlow]) -> ContextUsed | None:
        """Return what most values of a turn's calls came from; earlier turns go first."""
        found = [
            (place, flow.value)
            for flow in flows
            if (place := self._source(at, flow.source, flow.value))
        ]
        if not found:
            return None
        counts = Counter(place for place, _ in found)
        (best, _) = max(counts.items(), key=lambda each: (each[0][0] < at, each[1]))
        values = dict.fromkeys(value for place, value in found if place == best)
        return ContextUsed(source=f"turn_{best[0] + 1}.{best[1]}", value=list(values))

    def _source(self, at: int, source: ValuePlace, value: str) -> tuple[int, str] | None:
        """Return the turn and the path within it; what this very turn asks is no context."""
        if source.part == "said":
            turn = bisect_left(self._begins, source.step + 1) - 1
            return (turn, "user_message") if 0 <= turn < at else None
        found = self._places.get(source.call_id or "")
        if source.part != "result" or found is None:
            return None
        turn, number = found
        response = self._held[turn].turn.model_response
        result = None if response is None else response.tool_calls[number].result
        return turn, f"tool_calls[{number}].result{_field(result, value)}"

    def _tools(self, steps: Sequence[Step], told: Sequence[CalledTool]) -> tuple[CalledTool, ...]:
        """Return the calls of a turn with what the session shows of their tools."""
        calls = [
            call
            for step in steps
            if step.speaker == "agent" and not step.is_error
            for call in step.calls
        ]
        shown = [self._known.tools.get(call.id) for call in calls]
        return tuple(
            each
            if found is None
            else structs.replace(each, tool_level=found.level, tool_version=found.version)
            for each, found in zip(told, shown, strict=True)
        )

    def _fields(self, steps: Sequence[Step]) -> tuple[str, ...] | None:
        known = self._known.fields
        told = [known[step.index] for step in steps if step.index in known]
        return tuple(dict.fromkeys(name for names in told for name in names)) if told else None

    def _decisions(self, points: Sequence[DecisionPoint]) -> tuple[TurnDecision, ...] | None:
        told = [
            TurnDecision(
                source=source,
                basis=point.basis,
                condition=point.condition,
                agreed=point.offer is not None,
                chosen=tuple(call.action for call in point.chosen),
            )
            for point in points
            if (source := self._deciding(point)) is not None
        ]
        return None if self._known.decisions is None else tuple(told)

    def _deciding(self, point: DecisionPoint) -> str | None:
        found = self._places.get(point.deciding.call_id)
        if found is None:
            return None
        turn, number = found
        call = f"turn_{turn + 1}.tool_calls[{number}]"
        if point.basis == "code":
            return call
        response, value = self._held[turn].turn.model_response, point.deciding.value
        result = None if response is None else response.tool_calls[number].result
        known = (name for name in point.deciding.fields if _stands_in(name, result))
        field = next((f".{name}" for name in known), None)
        if field is None and value is not None:
            field = _field(result, value)
        return f"{call}.result{field or ''}"

    def totals(self) -> TurnTotals:
        """Return what is known of the whole session."""
        known = self._known
        responses = [one.turn.model_response for one in self._held]
        return TurnTotals(
            total_turns=len(self._held),
            total_tool_calls=sum(len(each.tool_calls) for each in responses if each is not None),
            cross_tool_dependencies=None if known.flows is None else len(_pairs(known.flows)),
            user_satisfaction=_satisfaction(known),
            completion_reason=_REASONS.get(known.outcome) or _REASONS.get(known.ending),
            left_out=self._left_out(),
        )

    def _left_out(self) -> dict[str, int] | None:
        """Return how many decisions stand in no turn, by reason; None where none is known."""
        decisions = self._known.decisions
        if decisions is None:
            return None
        return dict(Counter(filter(None, map(self._unplaced, decisions))))

    def _unplaced(self, point: DecisionPoint) -> str | None:
        """Return why a decision stands in no turn; None where it does."""
        at = bisect_left(self._begins, _decided_at(point)) - 1
        if at < 0 or self._held[at].turn.model_response is None:
            return "turn_without_answer"
        return None if point.deciding.call_id in self._places else "call_not_written"


def _decided_at(point: DecisionPoint) -> int:
    return point.chosen[0].step if point.chosen else point.deciding.step


def _direction(strength: float) -> str:
    if strength == 0:
        return "neutral"
    return "positive" if strength > 0 else "negative"


def _field(result: Mapping[str, Any] | None, value: str) -> str:
    """Return the path of the field of a result in which a value stands, where one field has it."""
    for name, held in (result or {}).items():
        if value in (held if isinstance(held, str) else msgspec.json.encode(held).decode()):
            return f".{name}"
    return ""


def _stands_in(way: str, result: Mapping[str, Any] | None) -> bool:
    """Tell whether a way begins in a result: one that is no object, or failed, is told as text."""
    return way.partition(".")[0].partition("[")[0] in (result or {})


def _pairs(flows: Iterable[ValueFlow]) -> set[tuple[str, str]]:
    """Return the pairs of tools of which one was called with what the other had returned."""
    return {
        (flow.source.tool, flow.use.tool)
        for flow in flows
        if flow.source.part == "result"
        and flow.source.tool is not None
        and flow.use.tool is not None
        and flow.source.tool != flow.use.tool
    }


def _satisfaction(known: Known) -> str | None:
    """Return how content the person was: as the log states, or else as they said themselves."""
    if known.is_liked is not None:
        return "positive" if known.is_liked else "negative"
    said = {_direction(each.strength) for each in known.reactions if each.kind in _EXPLICIT}
    if len(said) > 1:
        return "mixed"
    return next(iter(said), None)
