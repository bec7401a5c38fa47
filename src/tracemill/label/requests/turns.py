"""One session turn by turn: what was asked for, what was called, and how the person took it.

Steps go by one at a time, so a session may be larger than memory. What was copied in by a
compaction, and branches that a person went back before, are left out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import structs

from tracemill.base.python_code.field_access import field_access
from tracemill.label.activity.named_parts import sentence_at
from tracemill.label.calls.action import action_of
from tracemill.label.calls.answers import is_answer
from tracemill.label.calls.called_tools import CalledTools
from tracemill.label.calls.run_code import run_code
from tracemill.label.calls.shell_calls import POLLS
from tracemill.label.reactions.cues import asked_back
from tracemill.label.requests.complaints import complaint_in
from tracemill.label.requests.doubts import doubts_in
from tracemill.label.requests.field_logs import field_logs
from tracemill.label.requests.forms import has_joining_word, request_form
from tracemill.label.requests.points import (
    asks_for_field,
    asks_which,
    names_action,
    names_lookup,
    states_sureness,
    tells_missing_field,
)
from tracemill.label.requests.seen_fields import SeenFields
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult
from tracemill.records.sessions.turn_work import (
    Complaint,
    FieldLog,
    TurnCall,
    TurnPoint,
    TurnsOfSession,
    TurnWork,
)

_MAX_REQUEST: Final = 2_000
_MAX_LOOKUP: Final = 300
"""Characters of a request that may name what is looked up: a plan names everything."""
_SEVERAL: Final = 2
_COMPLAINS: Final = frozenset({"correction", "rephrase"})
"""How a person takes work of which they say that something is amiss."""
_LIKELY: Final = 0.5
_CORRECTS: Final = frozenset({"correction", "refinement", "rephrase"})


class _Turn:
    """A turn while its steps go by."""

    def __init__(self, step: Step | None) -> None:
        self.step = step
        self.calls: dict[str, TurnCall] = {}
        self.accesses: list[FieldLog] = []
        self.doubts: list[int] = []
        self.points: dict[TurnPoint, None] = {}
        self.is_structured = False
        """Whether a result had fields."""
        self.until = step.at if step is not None else None
        """When the last step was made, as far as that is known."""
        self.was_silent = False
        """Whether the step before called, and said nothing."""


class TurnReader:
    """Reads the turns off the steps of one session, which come in their order."""

    def __init__(self, trajectory_id: str, undone: Collection[UndoneSteps] = ()) -> None:
        self._trajectory_id = trajectory_id
        self._undone = undone
        self._seen = SeenFields()
        self._turns: list[_Turn] = [_Turn(None)]
        self._open: dict[str, tuple[_Turn, ToolCall]] = {}
        self._tools = CalledTools()

    def take(self, step: Step) -> None:
        """Take the next step."""
        if step.is_replayed or any(branch.holds(step.index) for branch in self._undone):
            return
        if step.speaker == "user":
            self._begin(step)
        elif step.speaker == "agent" and not step.is_error:
            self._act(step)
        if step.at is not None:
            self._turns[-1].until = step.at
        for result in step.results:
            self._answer(result)

    def _begin(self, step: Step) -> None:
        turn = _Turn(step)
        if has_joining_word(step.text):
            turn.points["joining_word"] = None
        if asks_for_field(step.text[:_MAX_REQUEST], self._seen.names):
            turn.points["asks_for_field"] = None
        if names_lookup(step.text[:_MAX_LOOKUP]):
            turn.points["names_lookup"] = None
        self._turns.append(turn)

    def _act(self, step: Step) -> None:
        turn = self._turns[-1]
        said = f"{step.reasoning or ''}\n{step.text}"
        if states_sureness(said):
            turn.points["stated_sureness"] = None
        if any(doubts_in(said)):
            turn.points["voiced_doubt"] = None
            turn.doubts.append(step.index)
        calls = [call for call in step.calls if call.name.lower() not in POLLS]
        if calls and turn.was_silent and not step.text.strip():
            turn.points["calls_in_a_row"] = None
        turn.was_silent = bool(calls)
        mark = None if step.calls else asked_back(step.text)
        if mark is not None and asks_which(sentence_at(step.text, mark) or ""):
            turn.points["asked_which"] = None
        for call in calls:
            self._open[call.id] = turn, call
            action = action_of(call)
            turn.calls[call.id] = TurnCall(
                step=step.index,
                tool=call.name,
                action=action,
                tool_level=self._tools.level(call),
                tool_version=self._tools.version(call, action),
            )
            for code in run_code(call):
                access = field_access(code)
                if access is not None:
                    turn.accesses += field_logs(step.index, access)

    def _answer(self, result: ToolResult) -> None:
        turn, call = self._open.pop(result.call_id, (None, None))
        if turn is None or call is None:
            return
        made = turn.calls[call.id]
        failed = result.status == "error" and not is_answer(call, result)
        self._tools.hear(call, made.action, result.content)
        turn.calls[call.id] = structs.replace(
            made,
            status=result.status,
            is_wrong=failed,
            tool_version=self._tools.version(call, made.action),
        )
        turn.is_structured |= self._seen.take(made.action, result.content)
        if tells_missing_field(result.content) and next(run_code(call), None) is not None:
            turn.points["missing_field"] = None

    def finish(self, reactions: Iterable[Reaction] = ()) -> TurnsOfSession:
        """Return what was read; `reactions` say how the person took the turns."""
        heard = sorted(reactions, key=_step_of)
        sure = [each for each in heard if each.is_sure]
        unasked, *turns = self._turns
        return TurnsOfSession(
            trajectory_id=self._trajectory_id,
            turns=tuple(
                self._told(turn, turns[at + 1] if at + 1 < len(turns) else None, sure, heard)
                for at, turn in enumerate(turns)
            ),
            unasked=tuple(unasked.calls.values()),
            seen=tuple(self._seen.rows()),
        )

    def _told(
        self,
        turn: _Turn,
        later: _Turn | None,
        reactions: Sequence[Reaction],
        heard: Sequence[Reaction],
    ) -> TurnWork:
        assert turn.step is not None
        begins = turn.step.index
        ends = later.step.index if later is not None and later.step is not None else None
        taken = _between(reactions, begins, ends)
        telling = max(taken, key=lambda each: (abs(each.strength), -each.step), default=None)
        return TurnWork(
            trajectory_id=self._trajectory_id,
            step=begins,
            at=turn.step.at,
            request=turn.step.text[:_MAX_REQUEST],
            form=request_form(turn.step.text),
            calls=tuple(turn.calls.values()),
            accesses=tuple(turn.accesses),
            doubts=tuple(turn.doubts),
            points=tuple(_points(turn, later, taken)),
            reaction=telling.kind if telling else None,
            strength=telling.strength if telling else None,
            seconds=_seconds(turn.step, turn.until),
            complaint=_complaint(turn, later, heard),
            instead=_instead(turn, later, taken),
        )


def _seconds(asked: Step, until: datetime | None) -> float | None:
    """Return how long a turn took; None where a moment is unknown, or clocks disagree."""
    if asked.at is None or until is None or until <= asked.at:
        return None
    return (until - asked.at).total_seconds()


def _between(reactions: Sequence[Reaction], begins: int, ends: int | None) -> Sequence[Reaction]:
    """Return the reactions to a turn: deeds within it, and what was said next.

    `reactions` are sorted by their steps.
    """
    first = bisect_right(reactions, begins, key=_step_of)
    return reactions[first : None if ends is None else bisect_right(reactions, ends, key=_step_of)]


def _step_of(reaction: Reaction) -> int:
    return reaction.step


def _points(turn: _Turn, later: _Turn | None, taken: Sequence[Reaction]) -> Iterable[TurnPoint]:
    yield from turn.points
    n_calls = len(turn.calls)
    if n_calls >= _SEVERAL:
        yield "several_calls"
        if taken:
            yield "reaction_to_several"
    if turn.accesses:
        yield "reads_fields"
    kinds = {each.kind for each in taken}
    if kinds & _CORRECTS and (turn.accesses or turn.is_structured):
        yield "corrected_values"
    if "correction" in kinds and later is not None and later.step is not None:
        actions = {call.action for each in (turn, later) for call in each.calls.values()}
        if names_action(later.step.text[:_MAX_REQUEST], actions):
            yield "corrected_choice"


def _complaint(turn: _Turn, later: _Turn | None, heard: Sequence[Reaction]) -> Complaint | None:
    """Return what the person says next to be amiss in what a turn called for them."""
    if later is None or later.step is None or not turn.calls:
        return None
    step = later.step
    at = slice(
        bisect_left(heard, step.index, key=_step_of), bisect_right(heard, step.index, key=_step_of)
    )
    if not any(each.kind in _COMPLAINS and each.confidence >= _LIKELY for each in heard[at]):
        return None
    return complaint_in(step, [call.action for call in turn.calls.values()])


def _instead(turn: _Turn, later: _Turn | None, taken: Sequence[Reaction]) -> str | None:
    """Return what came in the place of the only action of a corrected turn; None of several."""
    actions = {call.action for call in turn.calls.values()}
    if later is None or len(actions) != 1 or all(each.kind != "correction" for each in taken):
        return None
    first = next(iter(later.calls.values()), None)
    return None if first is None or first.action in actions else first.action
