"""One Gemini CLI session as it is read: a document's messages, or the lines of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from tracemill.base.lines import Line
from tracemill.records.events.event import Feedback
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Speaker, ToolCall, ToolResult
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenStep, OpenTrajectory
from tracemill.sources.building.session_events import Place
from tracemill.sources.gemini_cli.content import (
    Said,
    read_call,
    read_parts,
    read_result,
    read_thoughts,
    read_todos,
    read_tokens,
)
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import moment, text, unknown_type, why_nothing
from tracemill.sources.reading.json_lines import BadShapeError

_CANCELLED: Final = "Request cancelled."
_INJECTED: Final = ("<session_context>", "<hook_context>")
_MODEL_TYPES: Final = ("gemini", "model")
_MAX_KNOWN: Final = 30_000


class GeminiReader:
    """Takes the messages of one session and makes its trajectory, steps and events of them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._origin = origin
        self._session = session = OpenSession(name, origin)
        self.ready = session.ready
        self._standing: dict[str, int] = {}
        """The newest messages that the session consists of at present: their ids and steps."""

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Take what the session says of itself."""
        if not self._session.trajectories:
            self._begin(fields, whole)
        trajectory = self._session.trajectory(whole)
        trajectory.see_moment(moment(fields.get("startTime") or fields.get("start_time")))
        trajectory.see_moment(moment(fields.get("lastUpdated")))
        trajectory.title = text(fields.get("summary")) or trajectory.title
        history = fields.get("history")
        for turn in history if isinstance(history, list) else ():
            if isinstance(turn, dict):
                message = {"type": turn.get("role"), "content": turn.get("parts")}
                if (reason := self.take(message, whole)) is not None:
                    self.ready.append(UnreadPart(reason))

    def _begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        session_id, started = text(fields.get("sessionId")), text(fields.get("startTime"))
        # A document that is resumed goes on as a file of lines: both have these two in common.
        first = started.encode(errors="replace") if session_id and started else whole.data.strip()
        trajectory = self._session.begin("", session_id, first)
        if fields.get("kind") != "subagent":
            return
        trajectory.is_subagent = True
        *_, folder, spawner, _name = ["", "", *self._origin.uri.split("/")]
        if folder == "chats":
            trajectory.session_id = spawner

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        if text(record.get("$rewindTo")) is not None:
            return self._take_rewind(record["$rewindTo"], line)
        update = record.get("$set")
        if isinstance(update, dict):
            return self._take_update(update, line)
        kind = record.get("type")
        if kind is None and "sessionId" in record:
            self.begin(record, line)
            return None
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        return unknown_type(kind) if taker is None else taker(self, record, line)

    def finish(self) -> None:
        """Close all steps and give the trajectory its header."""
        self._session.finish()

    def _place(self, record: dict[str, Any], line: Line) -> Place:
        return self._session.place(line, moment(record.get("timestamp")))

    def _take_rewind(self, message_id: str, line: Line) -> str | None:
        """Tell that a person went back before a message; before all, where it is unknown."""
        place = self._session.place(line, None)
        first = self._standing.get(message_id, 0)
        self._standing = {each: at for each, at in self._standing.items() if at < first}
        undone = first if first < place.trajectory.n_steps else None
        told = self._session.events.feedback(place, "rewind", undone_from=undone)
        self._session.tell(place, told)
        return None

    def _take_update(self, update: dict[str, Any], line: Line) -> str | None:
        """Read what changed of the session itself; one of its fields is its whole history."""
        self.begin({key: update[key] for key in update if key != "history"}, line)
        messages = update.get("messages")
        if isinstance(messages, list):
            self._take_history([found for found in messages if isinstance(found, dict)], line)
        return None

    def _take_history(self, messages: list[dict[str, Any]], line: Line) -> None:
        """Read the history that the program wrote anew: what is not in it was summarised."""
        kept = {message_id for found in messages if (message_id := text(found.get("id")))}
        if not kept.issuperset(self._standing):
            told = self._session.events.compaction(self._session.place(line, None))
            self.ready.append(told)
        for message in messages:
            if text(message.get("id")) not in self._standing:
                self._take_replayed(message, line)
        self._standing = {each: at for each, at in self._standing.items() if each in kept}

    def _take_replayed(self, message: dict[str, Any], line: Line) -> None:
        said = _content_of(message, line)
        self._remember(text(message.get("id")), self._session.trajectory(line))
        if said.texts:
            speaker: Speaker = "agent" if text(message.get("type")) in _MODEL_TYPES else "system"
            place = self._session.place(line, None)
            step = self._session.open(place, speaker, text(message.get("id")))
            step.is_replayed = True
            self._session.say(place, step, said.texts)

    def _remember(self, message_id: str | None, trajectory: OpenTrajectory) -> None:
        """Let a message stand, whose step comes next."""
        if message_id is None:
            return
        self._standing[message_id] = trajectory.n_steps
        if len(self._standing) > _MAX_KNOWN:
            del self._standing[next(iter(self._standing))]

    def _step(self, place: Place, record: dict[str, Any], speaker: Speaker) -> OpenStep | None:
        """Return the step of a message, emptied where it was told before.

        None where it was told so long ago that its step is closed.
        """
        message_id = text(record.get("id"))
        key = (message_id, None) if message_id else None
        if message_id in self._standing:
            step = place.trajectory.by_message.get(key) if key else None
            if step is not None:
                self._session.window.empty(place.trajectory, step)
                step.extend_to(place.line)
            return step
        self._remember(message_id, place.trajectory)
        step = self._session.open(place, speaker, message_id)
        step.usage_key = hash(key or ("line", place.line.start, step.index))
        if key:
            step.message_key = key
            place.trajectory.by_message[key] = step
        return step

    def _take_user(self, record: dict[str, Any], line: Line) -> str | None:
        said = _content_of(record, line)
        if not (said.texts or said.results):
            return why_nothing(said.unread)
        place = self._place(record, line)
        for result in said.results:
            self._session.answer(place, result)
        if not said.texts:
            return None
        is_typed = not place.trajectory.is_subagent and not said.texts[0].startswith(_INJECTED)
        step = self._step(place, record, "user" if is_typed else "system")
        if step is None:
            return "late_update"
        step.n_images = said.n_images
        self.ready.extend(said.unread)
        self._session.say(place, step, said.texts)
        return None

    def _take_reply(self, record: dict[str, Any], line: Line) -> str | None:
        said, tokens = _content_of(record, line), read_tokens(record.get("tokens"))
        thoughts = read_thoughts(record.get("thoughts")) or said.thoughts
        calls = _calls_of(record, line)
        if not (said.texts or said.calls or thoughts or calls or tokens != NO_TOKENS):
            return why_nothing(said.unread)
        place = self._place(record, line)
        step = self._step(place, record, "agent")
        if step is None:
            return "late_update"
        step.n_images = said.n_images
        self.ready.extend(said.unread)
        step.model = text(record.get("model")) or step.model
        place.trajectory.see_model(step.model)
        step.raise_tokens(tokens)
        self._session.say(place, step, said.texts)
        self._session.think(place, step, thoughts)
        self._fill(place._replace(step=step.index), step, _joined(calls, said.calls))
        return None

    def _fill(self, place: Place, step: OpenStep, calls: list[tuple[ToolCall, Any]]) -> None:
        """Let a step make its calls, with what the same message says that they returned."""
        for call, result in calls:
            self._session.window.add_call(place.trajectory, step, call)
            if call.name == "write_todos":
                todos = read_todos(call)
                told = self._session.events.todo_change(place, todos, is_whole=True)
                step.events.append(told)
            if result is not None:
                step.results.append(result)
                step.events += self._feedback(place, result)
        n_bytes = sum(len(result.content) for result in step.results)
        self._session.window.grow(place.trajectory, step, n_bytes)

    def _feedback(self, place: Place, result: ToolResult) -> list[Feedback]:
        events = self._session.events
        if result.status == "rejected":
            return [events.feedback(place, "rejection", None, result.call_id)]
        if result.user_modified:
            return [events.feedback(place, "edit", None, result.call_id)]
        return []

    def _take_notice(self, record: dict[str, Any], line: Line) -> str | None:
        said = _content_of(record, line)
        if said.texts == [_CANCELLED]:
            told = self._session.events.feedback(self._place(record, line), "interruption")
            self.ready.append(told)
            return None
        if record["type"] != "error" or not said.texts:
            return f"notice_{record['type']}"
        place = self._place(record, line)
        step = self._step(place, record, "agent")
        if step is None:
            return "late_update"
        step.is_error = True
        self._session.say(place, step, said.texts)
        return None

    _takers: ClassVar[Mapping[str, Callable[[GeminiReader, dict[str, Any], Line], str | None]]] = {
        **dict.fromkeys(_MODEL_TYPES, _take_reply),
        **dict.fromkeys(("info", "warning", "error"), _take_notice),
        "user": _take_user,
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _content_of(record: dict[str, Any], line: Line) -> Said:
    content = record.get("content")
    return read_parts(record.get("parts") if content is None else content, line)


def _calls_of(record: dict[str, Any], line: Line) -> list[tuple[ToolCall, ToolResult | None]]:
    """Return the calls of a message, each with what it returned."""
    given = record.get("toolCalls")
    if given is not None and not isinstance(given, list):
        raise BadShapeError(f"expected a list as toolCalls, found {type(given).__name__}")
    found = [call for call in given or [] if isinstance(call, dict)]
    made = [read_call(call, line, position) for position, call in enumerate(found)]
    return [(one, read_result(call, one, line)) for call, one in zip(found, made, strict=True)]


def _joined(
    calls: list[tuple[ToolCall, ToolResult | None]], further: list[ToolCall]
) -> list[tuple[ToolCall, ToolResult | None]]:
    """Return the calls beside a message, and those that only its parts tell."""
    known = {call.id for call, _ in calls}
    return calls + [(call, None) for call in further if call.id not in known]
