"""OpenCode sessions as they are read, message by message, wherever those stand.

A session is begun with its own fields, then takes its messages in their order. Nothing of one
message waits for another, so each step is complete when its message has been read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import Speaker
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import OpenStep, OpenTrajectory
from tracemill.sources.building.session_events import Place
from tracemill.sources.opencode.content import (
    Reply,
    read_error,
    read_model,
    read_prompt,
    read_replies,
)
from tracemill.sources.protocol import SourceRecord, UnreadPart
from tracemill.sources.reading.documents import Item
from tracemill.sources.reading.json_fields import (
    fields_of,
    millisecond,
    text,
    unknown_type,
    why_nothing,
)
from tracemill.sources.reading.json_lines import BadShapeError

_AGENT: Final = "opencode"
_REPEATED: Final = "repeated_session"
_ABORTED: Final = "MessageAbortedError"


class OpenCodeReader:
    """Takes sessions with their messages, and makes trajectories, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._told: set[str] = set()
        self._session: OpenSession | None = None
        self._has_told = False
        """Whether the session has given anything yet; otherwise it needs no header."""
        self._first_undone: str | None = None
        """The message from which on a person took the session back, until it was read."""
        self._is_first_kept = False
        """Whether the person went back into that message, whose first parts then stand."""
        self._undone: Place | None = None
        """Where the person went back to: the message, and the first step that was undone."""

    def begin(self, fields: Mapping[str, Any], _whole: Line) -> None:
        """Begin the session that a document holds."""
        info = fields.get("info")
        if not isinstance(info, dict) or text(info.get("id")) is None:
            raise BadShapeError("expected a session with an id as info, found something else")
        self.begin_session(info)

    def begin_session(self, info: Mapping[str, Any]) -> None:
        """Begin a session by its own fields, and end the one before."""
        self.finish()
        own_id, parent_id = text(info.get("id")) or "", text(info.get("parentID"))
        trajectory = OpenTrajectory(_trajectory_id(own_id), parent_id or own_id)
        if trajectory.id in self._told:
            return
        self._told.add(trajectory.id)
        trajectory.is_subagent = parent_id is not None
        trajectory.parent_id = _trajectory_id(parent_id) if parent_id else None
        trajectory.agent_version = text(info.get("version"))
        trajectory.title = text(info.get("title"))
        trajectory.cwd = text(info.get("directory"))
        undone = fields_of(info.get("revert"))
        self._first_undone = text(undone.get("messageID"))
        self._is_first_kept = text(undone.get("partID")) is not None
        self._undone = None
        self._session = OpenSession(_AGENT, self._origin)
        self._session.adopt(trajectory)

    def take(self, record: dict[str, Any], line: Line | Span, /) -> str | None:
        """Read one message with its parts; return why it holds nothing to keep."""
        info, parts = record.get("info"), record.get("parts")
        if not isinstance(info, dict) or not isinstance(parts, list):
            raise BadShapeError("expected a message with info and parts, found something else")
        if self._session is None:
            return _REPEATED
        role = info.get("role")
        taker = {"user": self._take_prompt, "assistant": self._take_replies}.get(str(role))
        if taker is None:
            return unknown_type(role)
        message = _Message(self._session, info, line)
        is_first = self._first_undone is not None and info.get("id") == self._first_undone
        if is_first and not self._is_first_kept:
            self._undone = message.next_step()
        verdict = taker(message, [part for part in parts if isinstance(part, dict)])
        if is_first and self._is_first_kept:
            self._undone = message.next_step()
        self._session.close()
        self._give(self._session)
        return verdict

    def finish(self) -> None:
        """Give the session its header, and tell before which step a person went back."""
        if self._session is not None and self._has_told:
            if self._undone is not None:
                _tell_rewind(self._session, self._undone)
            self._session.finish()
            self._give(self._session)
        self._session, self._has_told = None, False

    def _give(self, session: OpenSession) -> None:
        self._has_told |= bool(session.ready)
        self.ready += session.ready
        session.ready.clear()

    def _take_prompt(self, message: _Message, parts: list[dict[str, Any]]) -> str | None:
        prompt = read_prompt(parts)
        if prompt.compaction is not None:
            trigger = "auto" if prompt.compaction.get("auto") is True else "manual"
            message.tell_compaction(trigger)
        elif not prompt.typed and not prompt.injected:
            return why_nothing(prompt.unread)
        message.pass_over(prompt.unread)
        if prompt.typed:
            speaker: Speaker = "system" if message.trajectory.is_subagent else "user"
            message.say(speaker, prompt.typed).n_images = prompt.n_images
        if prompt.injected:
            message.say("system", prompt.injected)
        return None

    def _take_replies(self, message: _Message, parts: list[dict[str, Any]]) -> str | None:
        unread: list[UnreadPart] = []
        replies = read_replies(message.info, parts, unread)
        for reply in replies:
            message.reply(reply)
        error = read_error(message.info)
        if error is None and not replies:
            return why_nothing(unread)
        message.pass_over(unread)
        if error is None:
            return None
        name, said = error
        if name == _ABORTED:
            message.tell_interruption()
        else:
            message.say("agent", [said]).is_error = True
        return None


def _tell_rewind(session: OpenSession, first: Place) -> None:
    """Tell that a person went back before a step; all behind it is undone."""
    last = first.trajectory.last_index()
    is_kept = first.step is not None and last is not None and first.step <= last
    undone = first.step if is_kept else None
    told = session.events.feedback(first._replace(step=last), "rewind", undone_from=undone)
    session.ready.append(told)


def _trajectory_id(session_id: str) -> str:
    return make_id("traj", _AGENT, session_id)


def message_items(info: Item[Span], parts: Iterable[Item[Span]]) -> Iterator[Item[Span]]:
    """Yield those parts of a message that cannot be read, then the message with the others."""
    sound = []
    for part in parts:
        if part.problem:
            yield part
        else:
            sound.append(part.fields)
    yield info if info.problem else info.saying({"info": info.fields, "parts": sound})


class _Message:
    """One message, and where it stands."""

    def __init__(self, session: OpenSession, info: dict[str, Any], line: Line | Span) -> None:
        self.info = info
        self.trajectory = session.trajectories[""]
        self._session = session
        self._line = line
        self._id = text(info.get("id"))
        self._at = _moment(info, "created")
        self.trajectory.see_moment(_moment(info, "completed"))

    def say(self, speaker: Speaker, texts: list[str]) -> OpenStep:
        """Let a step say `texts`."""
        place = self._place()
        step = self._open(place, speaker)
        self._session.say(place, step, texts)
        return step

    def reply(self, reply: Reply) -> None:
        """Let the agent say, think and call what one reply of the model holds."""
        place = self._place(reply.native_id)
        is_summary = self.info.get("summary") is True
        step = self._open(place, "system" if is_summary else "agent", reply.native_id)
        step.is_replayed = is_summary
        step.model = read_model(self.info)
        self.trajectory.see_model(step.model)
        step.tokens = reply.tokens
        step.usage_key = hash(("step", step.index))
        step.reasoning, step.results = reply.reasoning, []
        self._session.say(place, step, reply.texts)
        for call in reply.calls:
            self._session.window.add_call(self.trajectory, step, call)
        for result in reply.results:
            self._session.answer(place._replace(native_id=result.call_id), result)
        for part_id, todos in reply.todos:
            there = place._replace(step=step.index, native_id=part_id or self._id)
            step.events.append(self._session.events.todo_change(there, todos, is_whole=True))

    def pass_over(self, unread: list[UnreadPart]) -> None:
        """Count parts that nothing was made of."""
        self._session.ready.extend(unread)

    def tell_compaction(self, trigger: str) -> None:
        """Tell that the context was summarised."""
        told = self._session.events.compaction(self._place(), trigger)
        self._session.ready.append(told)

    def tell_interruption(self) -> None:
        """Tell that a person stopped the agent."""
        told = self._session.events.feedback(self._place(), "interruption")
        self._session.window.tell(self.trajectory, told)

    def next_step(self) -> Place:
        """Return the place of the step that comes next."""
        return self._place()._replace(step=self.trajectory.n_steps)

    def _open(self, place: Place, speaker: Speaker, native_id: str | None = None) -> OpenStep:
        step = self._session.open(place, speaker, native_id or self._id)
        step.native_parent_id = text(self.info.get("parentID"))
        return step

    def _place(self, native_id: str | None = None) -> Place:
        last = self.trajectory.last_index()
        return Place(self.trajectory, self._line, self._at, last, native_id or self._id)


def _moment(info: dict[str, Any], name: str) -> datetime | None:
    times = info.get("time")
    return millisecond(times.get(name)) if isinstance(times, dict) else None
