"""OpenClaw's telemetry as it is read: each line to the session that it tells of."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import orjson

from tracemill.base.lines import Line
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import ResultStatus, Speaker, ToolCall, ToolResult
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.session_events import Place
from tracemill.sources.pi.messages import PiMessages
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import (
    is_too_deep,
    millisecond,
    text,
    tool_arguments,
    unknown_type,
)
from tracemill.sources.reading.json_lines import BadShapeError

_NO_CONTENT: Final = "no_content"
_SUBAGENT: Final = ":subagent:"
_DIRECT: Final = (":main", ":direct:")
_MAX_MESSAGES: Final = 30_000
_MAX_HEARD: Final = 1_000
_MAX_RUNNING: Final = 256


class _Live:
    """What was told of one session since its messages were last told."""

    def __init__(self) -> None:
        self.since = 0
        """How many steps the session had then."""
        self.prompt: tuple[str, int] | None = None
        """The newest prompt, and the number of steps with it."""
        self.running: deque[tuple[str, str]] = deque(maxlen=_MAX_RUNNING)
        """Names and ids of the calls that have not ended."""


class TelemetryReader:
    """Takes the lines of one file and makes trajectories and steps of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._session = session = OpenSession(name, origin)
        self.ready = session.ready
        self._messages = PiMessages(session)
        self._told: Remembered[int, bool] = Remembered(_MAX_MESSAGES)
        self._heard: Remembered[int, bool] = Remembered(_MAX_HEARD)
        self._live: dict[str, _Live] = {}
        self._main_key: str | None = None

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        kind = record.get("type")
        if kind == "message.sending":
            return "message_sending"
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        return unknown_type(kind) if taker is None else taker(self, record, line)

    def finish(self) -> None:
        """Close all steps and give each trajectory its header."""
        self._session.finish()

    def _place(self, record: dict[str, Any], line: Line) -> Place:
        """Return where a line stands: in the session of its key, or the main one."""
        key = text(record.get("sessionKey"))
        key = self._main_key or "agent:main:main" if key is None else _unaliased(key)
        if self._main_key is None and _SUBAGENT not in key:
            self._main_key = key
        own_key = "" if key == self._main_key else key
        trajectory = self._session.trajectories.get(own_key)
        if trajectory is None:
            # A key such as `agent:main:main` is the same on every machine: it names no session.
            trajectory = self._session.begin(own_key, None, line.data.strip())
            trajectory.is_subagent = _SUBAGENT in key
            self._live[trajectory.id] = _Live()
        return self._session.place(line, millisecond(record.get("ts")), own_key)

    def _take_heard(self, record: dict[str, Any], _line: Line) -> str | None:
        """Note what came in from a person, who is told of again when the agent starts on it."""
        said = text(record.get("content"))
        if said is not None:
            self._heard.put(hash(said), value=True)
        return "message_in"

    def _take_sent(self, record: dict[str, Any], line: Line) -> str | None:
        said = text(record.get("content"))
        if said is None:
            return _NO_CONTENT
        place = self._place(record, line)
        self._session.say(place, self._session.open(place, "agent"), [said])
        return None

    def _take_start(self, record: dict[str, Any], line: Line) -> str | None:
        place = self._place(record, line)
        n_new = self._take_messages(record, place)
        prompt = text(record.get("prompt"))
        live, trajectory = self._live[place.trajectory.id], place.trajectory
        if prompt is None:
            return None if n_new else _NO_CONTENT
        if live.prompt == (prompt, trajectory.n_steps):
            live.since = min(live.since, trajectory.n_steps - 1)
            return None if n_new else "repeated_start"
        is_typed = self._heard.get(hash(prompt)) is True and not trajectory.is_subagent
        speaker: Speaker = "user" if is_typed else "system"
        self._session.say(place, self._session.open(place, speaker), [prompt])
        live.prompt = (prompt, trajectory.n_steps)
        return None

    def _take_end(self, record: dict[str, Any], line: Line) -> str | None:
        return None if self._take_messages(record, self._place(record, line)) else "agent_end"

    def _take_messages(self, record: dict[str, Any], place: Place) -> int:
        """Let the messages of a session take the place of what was told while they came."""
        trajectory = place.trajectory
        live, new = self._live[trajectory.id], self._new_messages(record, trajectory.id)
        if new:
            self._session.window.retract(trajectory, live.since)
            live.prompt = None
            live.running.clear()
        for message in new:
            at = millisecond(message.get("timestamp"))
            trajectory.see_moment(at)
            reason = self._messages.take(message, place._replace(at=at))
            if reason is not None:
                self.ready.append(UnreadPart(reason))
        if record.get("messages"):
            live.since = trajectory.n_steps
        return len(new)

    def _new_messages(self, record: dict[str, Any], trajectory_id: str) -> list[dict[str, Any]]:
        given = record.get("messages")
        new = []
        for message in given if isinstance(given, list) else ():
            if not isinstance(message, dict):
                continue
            known = hash((trajectory_id, *_identity(message)))
            if self._told.get(known) is None:
                self._told.put(known, value=True)
                new.append(message)
        return new

    def _take_call(self, record: dict[str, Any], line: Line) -> str | None:
        name = text(record.get("toolName")) or ""
        call = ToolCall(
            id=f"unnamed-{line.start}", name=name, arguments=tool_arguments(record.get("params"))
        )
        place = self._place(record, line)
        step = self._session.open(place, "agent")
        self._session.window.add_call(place.trajectory, step, call)
        self._session.window.grow(place.trajectory, step, line.end - line.start)
        self._live[place.trajectory.id].running.append((name, call.id))
        return None

    def _take_result(self, record: dict[str, Any], line: Line) -> str | None:
        """Read how the oldest call of a tool that has not ended did end."""
        place, name = self._place(record, line), text(record.get("toolName")) or ""
        running = self._live[place.trajectory.id].running
        ended = next((one for one in running if one[0] == name), None)
        if ended is None:
            return "end_of_no_call"
        running.remove(ended)
        statuses: dict[object, ResultStatus] = {True: "ok", False: "error"}
        success = record.get("success")
        status = statuses[success] if isinstance(success, bool) else "unknown"
        self._session.answer(place, ToolResult(call_id=ended[1], status=status))
        return None

    _takers: ClassVar[
        Mapping[str, Callable[[TelemetryReader, dict[str, Any], Line], str | None]]
    ] = {
        "message.in": _take_heard,
        "message.out": _take_sent,
        "agent.start": _take_start,
        "agent.end": _take_end,
        "tool.start": _take_call,
        "tool.end": _take_result,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _identity(message: dict[str, Any]) -> tuple[str, ...]:
    """Return what a message is known by when it is told again: its moment, or all of it."""
    at = message.get("timestamp")
    if isinstance(at, int):
        return (str(message.get("role")), str(at), str(message.get("toolCallId")))
    if is_too_deep(message):
        raise BadShapeError("expected a message, found it nested too deeply")
    return (orjson.dumps(message).decode(),)


def _unaliased(key: str) -> str:
    """Return the key of the session that a direct chat is part of."""
    agent = ":".join(key.split(":", 2)[:2])
    is_main = key.endswith(_DIRECT[0]) or _DIRECT[1] in key
    return f"{agent}:main" if is_main and _SUBAGENT not in key else key
