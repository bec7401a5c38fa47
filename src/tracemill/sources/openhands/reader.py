"""One V0 session of OpenHands as it is read, event by event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.message_parts import Message
from tracemill.sources.building.open_trajectory import OpenStep
from tracemill.sources.building.openai_chat import read_openai_tokens
from tracemill.sources.building.role_steps import Outcome, RoleSteps, RowOpener, outcome_of
from tracemill.sources.openhands.folder import EventReader
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Document, take_apart_item
from tracemill.sources.reading.json_fields import fields_of, is_too_deep, moment, text
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, is_list, objects

_NAMES: Final = {"run": "execute_bash", "run_ipython": "execute_ipython_cell"}
"""What the agent calls these tools where an event does not say."""
_NOT_ARGUMENTS: Final = frozenset(
    {"thought", "is_confirmed", "confirmation_state", "kernel_init_code", "hidden", "blocking"}
)
_NOT_KEPT: Final = frozenset(
    {"recall", "agent_state_changed", "null", "condensation_request", "system_note"}
)
_PAUSES: Final = frozenset({"paused", "stopped"})
_OVER: Final = frozenset({"finished", "error", "rejected", "stopped"})
"""States in which the agent has come to an end."""
_MIN_ID: Final = 16
"""A shorter id is the number of a shared session, which says nothing outside of its file."""
_RUNNING: Final = -1
"""Exit code of a command that has not ended."""


class OpenHandsReader(RowOpener):
    """Opens sessions."""

    zone: tzinfo | None = None
    """The zone of times that tell none."""

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the events of a session."""
        path = () if is_list(row) else ("trajectory",)
        document = take_apart_item(row, path)
        if path and not document.items and "history" in document.fields:
            document = take_apart_item(row, ("history",))
        steps = self.begin(row, document.fields)
        trajectory = steps.trajectory
        session_id = text(document.fields.get("id"))
        if session_id is not None and len(session_id) >= _MIN_ID:
            trajectory.session_id = session_id
        trajectory.title = text(document.fields.get("instance_id"))
        items = list(objects(document.items))
        if items and "kind" in items[0].fields:
            steps.state(row, "resolved", document.fields.get("resolved"))
            yield Part(items, EventReader(self._name, self._origin, steps, self.zone))
        else:
            yield Part(items, _Reading(steps, document, self.zone))


class _Reading:
    """One session that is being read."""

    def __init__(self, steps: RoleSteps, document: Document, zone: tzinfo | None) -> None:
        self.ready: list[SourceRecord] = steps.ready
        self._steps = steps
        self._zone = zone
        self._document = document
        self._state: str | None = None
        self._calls: dict[int, str] = {}
        """Ids of calls by those of their events."""
        self._last = document.whole

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one event; return why it holds nothing to keep, or None where it was used."""
        self._last = line
        self._steps.now = moment(record.get("timestamp"), self._zone)
        action, observation = text(record.get("action")), text(record.get("observation"))
        if action is not None:
            return self._take_action(action, record, line)
        if observation is not None:
            return self._take_observation(observation, record, line)
        return "no_content"

    def finish(self) -> None:
        """Tell how the session came out, and give it its header."""
        fields = self._document.fields
        if self._state in _OVER:
            self._steps.state(self._last, "agent_state", self._state)
        for fact in ("feedback", "resolved"):
            self._steps.state(self._document.whole, fact, fields.get(fact))
        self._steps.finish()

    def _take_action(self, action: str, record: Mapping[str, Any], line: Line) -> str | None:
        given = fields_of(record.get("args")) or fields_of(record.get("extras"))
        match action, record.get("source"):
            case "initialize", _:
                self._steps.trajectory.see_model(text(given.get("LLM_MODEL")))
                return None if text(given.get("LLM_MODEL")) else action
            case "change_agent_state", _:
                return self._take_change(given, line)
            case "condensation", _:
                self._steps.compaction(line)
            case "message" | "system", "user" | "environment":
                said = _said(record, given)
                self._steps.say(line, "user" if action == "message" else "system", said)
            case "system", _:
                self._steps.say(line, "system", _said(record, given))
            case ("message", _) | ("finish", _) | ("reject", _):
                self._stamp(self._steps.reply(line, _said(record, given)), record)
            case _ if action in _NOT_KEPT:
                return action
            case _:
                self._take_call(action, record, given, line)
        return None

    def _take_call(
        self, action: str, record: Mapping[str, Any], given: Mapping[str, Any], line: Line
    ) -> None:
        if is_too_deep(given):
            raise BadShapeError("expected a tool's arguments, found them nested too deeply")
        told = fields_of(record.get("tool_call_metadata"))
        event_id = record.get("id")
        call = ToolCall(
            id=text(told.get("tool_call_id")) or f"event-{line.start}",
            name=text(told.get("function_name")) or _NAMES.get(action, action),
            arguments={key: value for key, value in given.items() if key not in _NOT_ARGUMENTS},
        )
        if type(event_id) is int:
            self._calls[event_id] = call.id
        thought = text(given.get("thought")) or ""
        self._stamp(self._steps.reply(line, Message(thought), [call]), record)

    def _take_observation(
        self, observation: str, record: Mapping[str, Any], line: Line
    ) -> str | None:
        extras = fields_of(record.get("extras"))
        if observation == "agent_state_changed":
            self._state = text(extras.get("agent_state")) or self._state
        if observation in _NOT_KEPT:
            return observation
        content, cause = text(record.get("content")) or "", record.get("cause")
        call_id = self._calls.get(cause) if type(cause) is int else None
        if call_id is None and not self._steps.is_answer_due:
            self._steps.say(line, "system", Message(content))
            return None
        self._steps.answer(line, content, call_id, _outcome(observation, extras))
        if observation == "user_rejected":
            self._steps.feedback(line, "rejection", content or None)
        return None

    def _take_change(self, given: Mapping[str, Any], line: Line) -> str | None:
        """Read what a person, or the server for one, wants the agent to be."""
        if text(given.get("agent_state")) not in _PAUSES:
            return "change_agent_state"
        self._steps.feedback(line, "interruption", None)
        return None

    def _stamp(self, step: OpenStep, record: Mapping[str, Any]) -> None:
        """Let a step say which model made it, and what that cost; several share one response."""
        response = fields_of(fields_of(record.get("tool_call_metadata")).get("model_response"))
        trajectory = self._steps.trajectory
        step.model = text(response.get("model")) or next(iter(trajectory.models), None)
        trajectory.see_model(step.model)
        step.tokens = read_openai_tokens(response.get("usage"))
        step.usage_key = hash(text(response.get("id")) or step.start)


def _said(record: Mapping[str, Any], given: Mapping[str, Any]) -> Message:
    for holder, key in (
        (given, "content"), (given, "final_thought"), (given, "thought"), (record, "content"),
        (record, "message"),
    ):  # fmt: skip
        if (said := text(holder.get(key))) is not None:
            pictures = given.get("image_urls")
            return Message(said, len(pictures) if isinstance(pictures, list) else 0)
    return Message("")


def _outcome(observation: str, extras: Mapping[str, Any]) -> Outcome:
    if observation == "user_rejected":
        return Outcome("rejected")
    if observation == "error" or extras.get("error") is True:
        return Outcome("error")
    code = extras.get("exit_code", fields_of(extras.get("metadata")).get("exit_code"))
    return outcome_of(code if type(code) is int and code != _RUNNING else None)
