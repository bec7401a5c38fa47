"""One V1 session of OpenHands as it is read: its state where it has one, then its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, ClassVar, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.message_parts import Message, read_message
from tracemill.sources.building.open_trajectory import OpenTrajectory
from tracemill.sources.building.role_steps import Outcome, RoleSteps, outcome_of
from tracemill.sources.building.session_events import EventMaker
from tracemill.sources.content import Content, Member
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Item, object_at, read_items
from tracemill.sources.reading.json_fields import (
    fields_of,
    is_line_too_deep,
    moment,
    text,
    tool_arguments,
    type_name,
    unknown_type,
)
from tracemill.sources.reading.json_lines import BadShapeError

_STATE: Final = "base_state.json"
_NOT_KEPT: Final = frozenset(
    {
        "CondensationRequest", "CondensationSummaryEvent", "ConversationErrorEvent",
        "ConversationStateUpdateEvent", "HookExecutionEvent", "LLMCompletionLogEvent",
        "SecurityAnalysisEvent", "StreamingDeltaEvent", "TokenEvent",
    }
)  # fmt: skip
_RUNNING: Final = -1


def read_folder(content: Content, origin: Origin, agent: str) -> Iterator[SourceRecord]:
    """Yield what the files of a session hold, and the tally over them."""
    items = (_item(member) for member in content.members())
    return read_items(items, origin, EventReader(agent, origin, zone=content.zone))


def _item(member: Member) -> Item[Line]:
    if member.data is None:
        place = Line.at(member.start, b"", is_terminated=True)
        detail = f"file of {member.n_bytes} bytes"
        return Item.unread(place, "oversize_document", detail)
    item = object_at(Line.at(member.start, member.data, is_terminated=True), member.data)
    if member.path == _STATE and item.problem is None:
        return item.saying({**item.fields, "kind": _STATE})
    return item


class EventReader:
    """Takes the events of one session."""

    def __init__(
        self,
        agent: str,
        origin: Origin,
        begun: RoleSteps | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        self._zone = zone
        self.ready: list[SourceRecord] = [] if begun is None else begun.ready
        self._agent = agent
        self._origin = origin
        self._begun = begun
        self._at: datetime | None = None

    def take(self, record: dict[str, Any], line: Line, /) -> str | None:
        """Read one file; return why it holds nothing to keep, or None where it was used."""
        if is_line_too_deep(record, line):
            raise BadShapeError("expected an event, found it nested too deeply")
        kind = text(record.get("kind"))
        if kind in _NOT_KEPT:
            return type_name(kind)
        taker = self._takers.get(kind or "")
        if taker is None:
            return unknown_type(kind)
        self._at = moment(record.get("timestamp"), self._zone)
        taker(self, record, line)
        return None

    def finish(self) -> None:
        """Give the session its header."""
        if self._begun is not None:
            self._begun.finish()

    def _steps(self, line: Line, session_id: str | None = None) -> RoleSteps:
        """Return the session's steps, begun with `line` where it is the first."""
        if self._begun is None:
            own_id = make_id("traj", self._agent, session_id or "", "" if session_id else line.data)
            trajectory = OpenTrajectory(own_id, session_id or own_id)
            events = EventMaker(self._origin)
            self._begun = RoleSteps(trajectory, self._agent, self._origin, events, self.ready)
        self._begun.now = self._at
        return self._begun

    def _take_state(self, record: Mapping[str, Any], line: Line) -> None:
        trajectory = self._steps(line, text(record.get("id"))).trajectory
        agent = fields_of(record.get("agent"))
        trajectory.see_model(text(fields_of(agent.get("llm")).get("model")))
        trajectory.cwd = text(fields_of(record.get("workspace")).get("working_dir"))

    def _take_prompt(self, record: Mapping[str, Any], line: Line) -> None:
        prompt = fields_of(record.get("system_prompt"))
        self._steps(line).say(line, "system", read_message([prompt]))

    def _take_message(self, record: Mapping[str, Any], line: Line) -> None:
        message, steps = fields_of(record.get("llm_message")), self._steps(line)
        said = read_message(message.get("content"))
        if record.get("source") == "agent":
            step = steps.reply(line, said, (), _thought(record, message))
            step.model = next(iter(steps.trajectory.models), None)
        else:
            step = steps.say(line, "user" if record.get("source") == "user" else "system", said)
        step.native_id = text(record.get("id"))

    def _take_action(self, record: Mapping[str, Any], line: Line) -> None:
        steps, told = self._steps(line), fields_of(record.get("tool_call"))
        thought = read_message(record.get("thought"))
        action = fields_of(record.get("action"))
        name = text(record.get("tool_name")) or text(action.get("kind")) or "unknown"
        if name == "finish" and "message" in action:
            last = Message(str(action["message"]))
            step = steps.reply(line, last, (), _thought(record))
        else:
            given = {key: value for key, value in action.items() if key != "kind"}
            call = ToolCall(
                id=text(record.get("tool_call_id")) or f"event-{line.start}",
                name=name,
                arguments=tool_arguments(told.get("arguments")) or given,
            )
            step = steps.reply(line, thought, [call], _thought(record))
        step.model = next(iter(steps.trajectory.models), None)
        step.native_id = text(record.get("id"))

    def _take_observation(self, record: Mapping[str, Any], line: Line) -> None:
        seen = fields_of(record.get("observation"))
        content = seen.get("content", seen.get("output"))
        call_id = text(record.get("tool_call_id"))
        self._steps(line).answer(line, read_message(content).text, call_id, _outcome(seen))

    def _take_rejection(self, record: Mapping[str, Any], line: Line) -> None:
        said, call_id = text(record.get("rejection_reason")), text(record.get("tool_call_id"))
        steps = self._steps(line)
        if record.get("rejection_source") == "hook":
            steps.answer(line, said or "", call_id, Outcome("error"))
            return
        steps.answer(line, said or "", call_id, Outcome("rejected"))
        steps.feedback(line, "rejection", said)

    def _take_error(self, record: Mapping[str, Any], line: Line) -> None:
        said, call_id = text(record.get("error")) or "", text(record.get("tool_call_id"))
        self._steps(line).answer(line, said, call_id, Outcome("error"))

    def _take_compaction(self, _record: Mapping[str, Any], line: Line) -> None:
        self._steps(line).compaction(line)

    def _take_stop(self, _record: Mapping[str, Any], line: Line) -> None:
        self._steps(line).feedback(line, "interruption", None)

    _takers: ClassVar[Mapping[str, Callable[[EventReader, Mapping[str, Any], Line], None]]] = {
        _STATE: _take_state,
        "SystemPromptEvent": _take_prompt,
        "MessageEvent": _take_message,
        "ActionEvent": _take_action,
        "ObservationEvent": _take_observation,
        "UserRejectObservation": _take_rejection,
        "AgentErrorEvent": _take_error,
        "Condensation": _take_compaction,
        "PauseEvent": _take_stop,
        "InterruptEvent": _take_stop,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _thought(*holders: Mapping[str, Any]) -> str | None:
    """Return what the model thought before it spoke, in either of the two forms."""
    for holder in holders:
        blocks = holder.get("thinking_blocks")
        found = [text(holder.get("reasoning_content"))] + [
            text(fields_of(block).get("thinking"))
            for block in (blocks if isinstance(blocks, list) else ())
        ]
        if said := next(filter(None, found), None):
            return said
    return None


def _outcome(seen: Mapping[str, Any]) -> Outcome:
    code = seen.get("exit_code", fields_of(seen.get("metadata")).get("exit_code"))
    outcome = outcome_of(code if type(code) is int and code != _RUNNING else None)
    if seen.get("is_error") is True or seen.get("error") is True:
        return outcome._replace(status="error")
    return outcome
