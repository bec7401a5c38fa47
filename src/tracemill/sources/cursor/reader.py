"""Cursor sessions as they are read, message by message, wherever those stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import Speaker
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import OpenTrajectory
from tracemill.sources.building.session_events import Place
from tracemill.sources.cursor.content import (
    UNNAMED,
    Answer,
    Said,
    read_message,
    read_todos,
    read_tokens,
    split_query,
    take_moment,
)
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import (
    millisecond,
    moment,
    text,
    unknown_type,
    why_nothing,
)

_NAME: Final = "cursor"
_ABORTED: Final = "User aborted"
_STOPPED: Final = frozenset({"aborted", "cancelled", "interrupted"})
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CursorReader:
    """Takes sessions with their messages, and makes trajectories, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._session: OpenSession | None = None
        self._has_told = False
        self._unnamed: dict[str, str] = {}
        """Names of tools by calls without an id of their own that are open, the oldest first."""
        self._model: str | None = None

    def begin_session(self, info: Mapping[str, Any]) -> None:
        """Begin a session by its own fields, and end the one before."""
        own_id, parent_id = text(info.get("id")) or "", text(info.get("parentId"))
        trajectory = OpenTrajectory(make_id("traj", _NAME, own_id), parent_id or own_id)
        trajectory.is_subagent = parent_id is not None
        trajectory.parent_id = make_id("traj", _NAME, parent_id) if parent_id else None
        trajectory.title = text(info.get("name"))
        trajectory.cwd = text(info.get("cwd"))
        trajectory.branch = text(info.get("branch"))
        trajectory.see_moment(millisecond(info.get("createdAt")))
        self._begin(trajectory)
        self._model = text(info.get("model"))

    def _begin(self, trajectory: OpenTrajectory) -> OpenSession:
        self.finish()
        session = self._session = OpenSession(_NAME, self._origin)
        session.adopt(trajectory)
        self._unnamed = {}
        return session

    def _begin_log(self, line: Line | Span) -> OpenSession:
        """Begin the session of a log, which only its path names."""
        *_, above, folder, name = ("", "", *self._origin.uri.split("/"))
        named = _UUID.fullmatch(name.removesuffix(".jsonl"))
        first = line.data.strip() if isinstance(line, Line) else b""
        own_id = make_id("traj", _NAME, *([named[0]] if named else ["", first]))
        trajectory = OpenTrajectory(own_id, named[0] if named else own_id)
        if folder == "subagents":
            spawner = _UUID.fullmatch(above)
            trajectory.is_subagent = True
            trajectory.parent_id = make_id("traj", _NAME, spawner[0]) if spawner else None
            trajectory.session_id = spawner[0] if spawner else trajectory.session_id
        return self._begin(trajectory)

    def take(self, record: dict[str, Any], line: Line | Span, /) -> str | None:
        """Read one message; return why it holds nothing to keep, or None where it was used."""
        role = record.get("role")
        if role is None and record.get("type") == "turn_ended":
            return self._take_end(record, line)
        if role not in ("user", "assistant", "system", "tool"):
            return unknown_type(role or record.get("type"))
        message = record.get("message")
        content = message.get("content") if isinstance(message, dict) else record.get("content")
        n_before = self._session.trajectories[""].n_steps if self._session else 0
        said = read_message(content, str(n_before))
        if said.is_empty:
            return why_nothing(said.unread)
        session = self._session or self._begin_log(line)
        place = _place(session, record, line)
        if role == "user":
            texts, at = take_moment(said.texts)
            said, place = said._replace(texts=texts), place._replace(at=place.at or at)
            place.trajectory.see_moment(at)
        if role == "assistant":
            self._reply(session, place, said, record)
        self._answer(session, place, said.answers)
        session.ready.extend(said.unread)
        if role != "assistant" and said.texts:
            _hear(session, place, said, is_prompt=role == "user")
        self._give(session)
        return None

    def finish(self) -> None:
        """Give the session its header, where anything was read of it."""
        if self._session is not None and self._has_told:
            self._session.finish()
            self._give(self._session)
        self._session, self._has_told = None, False

    def _give(self, session: OpenSession) -> None:
        self._has_told = True
        self.ready += session.ready
        session.ready.clear()

    def _take_end(self, record: dict[str, Any], line: Line | Span) -> str | None:
        """Read how a turn ended: an error of the program says so too where a person stopped it."""
        status, error = text(record.get("status")), text(record.get("error"))
        was_stopped = status in _STOPPED or (error or "").startswith(_ABORTED)
        if not was_stopped and (status != "error" or error is None):
            return "turn_ended"
        session = self._session or self._begin_log(line)
        place = _place(session, record, line)
        if was_stopped:
            session.ready.append(session.events.feedback(place, "interruption"))
        else:
            step = session.open(place, "agent", place.native_id)
            step.is_error = True
            session.say(place, step, [error or ""])
        self._give(session)
        return None

    def _reply(
        self, session: OpenSession, place: Place, said: Said, record: dict[str, Any]
    ) -> None:
        if not (said.texts or said.reasoning or said.calls):
            return
        step = session.open(place, "agent", place.native_id)
        step.model = _model_of(record) or self._model
        place.trajectory.see_model(step.model)
        step.tokens = read_tokens(record.get("tokenCount"))
        step.usage_key = hash(("step", step.index))
        session.think(place, step, said.reasoning)
        session.say(place, step, said.texts)
        for call in said.calls:
            session.window.add_call(place.trajectory, step, call)
            if call.id.startswith(UNNAMED):
                self._unnamed[call.id] = call.name
            if (todos := read_todos(call)) is not None:
                here = place._replace(step=step.index)
                step.events.append(session.events.todo_change(here, todos, is_whole=True))

    def _answer(self, session: OpenSession, place: Place, answers: list[Answer]) -> None:
        """Let each answer join its call; in a log, where calls have no ids, the oldest open one."""
        for answer in answers:
            call_id = answer.call_id
            if call_id not in place.trajectory.by_call:
                same = (own for own, name in self._unnamed.items() if name == answer.name)
                oldest = next(iter(self._unnamed), None) if answer.name is None else None
                call_id = next(same, oldest) or call_id
            self._unnamed.pop(call_id or "", None)
            named = call_id or f"{UNNAMED}{place.line.start}"
            session.answer(place, answer.to_result(named))


def _place(session: OpenSession, record: dict[str, Any], line: Line | Span) -> Place:
    trajectory = session.trajectories[""]
    at = _moment(record.get("createdAt"))
    trajectory.see_moment(at)
    native_id = text(record.get("id"))
    return Place(trajectory, line, at, trajectory.last_index(), native_id)


def _hear(session: OpenSession, place: Place, said: Said, *, is_prompt: bool) -> None:
    typed, injected = split_query(said.texts) if is_prompt else ([], said.texts)
    if typed:
        speaker: Speaker = "system" if place.trajectory.is_subagent else "user"
        step = session.open(place, speaker, place.native_id)
        step.n_images = said.n_images
        session.say(place, step, typed)
    if injected:
        session.say(place, session.open(place, "system", place.native_id), injected)


def _moment(value: object) -> datetime | None:
    return moment(value) or millisecond(value)


def _model_of(record: dict[str, Any]) -> str | None:
    content = record.get("content")
    options = [record.get("providerOptions")]
    options += [
        block.get("providerOptions")
        for block in (content if isinstance(content, list) else ())
        if isinstance(block, dict)
    ]
    told = (option.get("cursor") for option in options if isinstance(option, dict))
    names = (text(found.get("modelName")) for found in told if isinstance(found, dict))
    return next(filter(None, names), text(record.get("model")))
