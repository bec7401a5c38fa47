"""A Cline task as it is read: what was sent to the model, and what was shown to the person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.inputs import Tally
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import IMAGE
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenTrajectory, Tokens, added
from tracemill.sources.building.session_events import Place
from tracemill.sources.cline.content import (
    INTERRUPTION,
    Prompt,
    Reply,
    decoded,
    find_cwd,
    model_of,
    read_prompt,
    read_reply,
    read_todos,
    read_tokens,
)
from tracemill.sources.cline.files import API, HISTORY, UI
from tracemill.sources.cline.shown import ShownReader
from tracemill.sources.content import Content
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import (
    Item,
    NotADocumentError,
    object_at,
    quarantined,
    read_items,
    take_apart,
)
from tracemill.sources.reading.json_fields import millisecond, text, unknown_type, why_nothing

_TASK_ID: Final = re.compile(r"\d{10,16}|[0-9a-f-]{36}")
_AGENTS: Final = {"roo-cline": "roo-code", "kilo": "kilo-code"}


class Request(NamedTuple):
    """What the person was shown of one request to the model."""

    at: datetime | None
    tokens: Tokens
    model: str | None


_NO_REQUEST: Final = Request(None, NO_TOKENS, None)


def read_file(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what a file that lies by itself holds, and the tally."""
    data = content.document()
    whole = Line.at(0, data or b"", is_terminated=False)
    try:
        items = _items(whole, content.max_bytes if data is None else None)
    except NotADocumentError as error:
        yield quarantined(whole, error, origin)
        yield Tally(n_lines=1, n_used=0)
        return
    is_shown = any("ts" in item.fields and "role" not in item.fields for item in items[:1])
    session = OpenSession(_agent(origin), origin)
    reader = ShownReader(session) if is_shown else SentReader(session, {})
    yield from read_items(items, origin, reader)


def read_task(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what the files of a task hold, and the tally."""
    problems = []
    found: dict[str, list[Item[Line]]] = {}
    for member in content.members():
        line = Line.at(member.start, member.data or b"", is_terminated=False)
        try:
            found[member.path] = _items(line, content.max_bytes if member.data is None else None)
        except NotADocumentError as error:
            problems.append(Item(line, {}, error))
    session = OpenSession(_agent(origin), origin)
    _name_task(session, found.get(HISTORY, []), origin)
    sent, shown = found.get(API, []), found.get(UI, [])
    if sent:
        reader: SentReader | ShownReader = SentReader(session, _requests(shown, sent))
    else:
        reader, sent = ShownReader(session), shown
    yield from read_items([*problems, *sent], origin, reader)


def _items(line: Line, too_large_for: int | None) -> list[Item[Line]]:
    """Return the items of a list, or the one object that a file holds."""
    if too_large_for is not None:
        detail = f"expected at most {too_large_for} bytes, found more"
        raise NotADocumentError("oversize_document", detail)
    if line.data.lstrip().startswith(b"{"):
        return [object_at(line, line.data)]
    found = take_apart(line.data, ()).items
    items = (Line.at(line.start + each.start, each.data, is_terminated=True) for each in found)
    return [object_at(each, each.data) for each in items]


def _agent(origin: Origin) -> str:
    return next((name for mark, name in _AGENTS.items() if mark in origin.uri), "cline")


def _name_task(session: OpenSession, history: list[Item[Line]], origin: Origin) -> None:
    """Let the task's own id name it: that of its history, or that of its folder."""
    told: Mapping[str, Any] = history[0].fields if history else {}
    folder = _TASK_ID.fullmatch(origin.uri.rpartition("/")[2])
    own_id = text(told.get("id")) or (folder[0] if folder else None)
    if own_id is None:
        return
    parent_id = text(told.get("parentTaskId"))
    root_id = text(told.get("rootTaskId")) or parent_id or own_id
    trajectory = OpenTrajectory(make_id("traj", "cline", own_id), root_id)
    trajectory.cwd = text(told.get("workspace"))
    trajectory.is_subagent = parent_id is not None
    trajectory.parent_id = make_id("traj", "cline", parent_id) if parent_id else None
    session.adopt(trajectory)


def _requests(shown: list[Item[Line]], sent: list[Item[Line]]) -> dict[int, Request]:
    """Return what was shown of each request, by the number of the message that replied.

    Newer versions note where the history stood; without that, requests and replies must be
    equally many. Under the number 0 stands the sum of all that finds no reply.
    """
    noted = [item.fields for item in shown if item.fields.get("say") == "api_req_started"]
    replies = [n for n, item in enumerate(sent, 1) if item.fields.get("role") == "assistant"]
    places = [fields.get("conversationHistoryIndex") for fields in noted]
    numbers = [place + 3 if isinstance(place, int) else 0 for place in places]
    if 0 in numbers:
        numbers = replies if len(replies) == len(noted) else [0] * len(noted)
    found: dict[int, Request] = {}
    for number, request in zip(numbers, map(_request, noted), strict=True):
        place = number if number in replies else 0
        before = found.get(place, _NO_REQUEST)
        found[place] = request._replace(tokens=added(before.tokens, request.tokens))
    return found


def _request(fields: dict[str, Any]) -> Request:
    at, told = millisecond(fields.get("ts")), decoded(fields.get("text"))
    return Request(at, read_tokens(told), model_of(fields))


class SentReader:
    """Takes the messages to and from the model."""

    def __init__(self, session: OpenSession, requests: dict[int, Request]) -> None:
        self._session = session
        self.ready = session.ready
        self._requests = requests
        self._open_calls: dict[str, str] = {}
        self._number = 0
        """Of the message at hand."""
        self._has_told = False

    def take(self, record: dict[str, Any], line: Line, /) -> str | None:
        """Read one message; return why it holds nothing to keep, or None where it was used."""
        role = record.get("role")
        self._number += 1
        if role not in ("assistant", "user"):
            return unknown_type(role)
        reason = (self._read_reply if role == "assistant" else self._read_prompt)(record, line)
        self._has_told |= reason is None
        return reason

    def finish(self) -> None:
        """Give the task its header, where anything was read of it."""
        if self._has_told:
            unmatched = self._requests.get(0)
            self._session.close()
            main = self._session.trajectories[""]
            main.tokens = added(main.tokens, unmatched.tokens) if unmatched else main.tokens
            self._session.finish()

    def _read_reply(self, record: dict[str, Any], line: Line) -> str | None:
        """Read what the model said; return why that was nothing."""
        reply = read_reply(record.get("content"), self._number)
        request = self._requests.get(self._number, _NO_REQUEST)
        place = self._session.place(line, millisecond(record.get("ts")) or request.at)
        was_stopped = INTERRUPTION in str(record.get("content"))
        if reply.is_empty and not was_stopped:
            return why_nothing(reply.unread)
        self.ready.extend(reply.unread)
        if not reply.is_empty:
            place = self._open_reply(
                place, reply, model_of(record) or request.model, request.tokens
            )
        if was_stopped:
            self.ready.append(self._session.events.feedback(place, "interruption"))
        return None

    def _open_reply(self, place: Place, reply: Reply, model: str | None, tokens: Tokens) -> Place:
        session, trajectory = self._session, place.trajectory
        step = session.open(place, "agent")
        step.model, step.tokens = model, tokens
        step.usage_key = hash(("request", self._number))
        trajectory.see_model(model)
        session.think(place, step, reply.reasoning)
        session.say(place, step, reply.texts)
        place = place._replace(step=step.index)
        self._open_calls = {call.id: call.name for call in reply.calls}
        for call in reply.calls:
            session.window.add_call(trajectory, step, call)
            if todos := read_todos(call):
                step.events.append(session.events.todo_change(place, todos, is_whole=True))
        return place

    def _read_prompt(self, record: dict[str, Any], line: Line) -> str | None:
        """Read what was said to the model; return why that was nothing."""
        prompt = read_prompt(record.get("content"), self._open_calls)
        place = self._session.place(line, millisecond(record.get("ts")))
        is_summary = record.get("isSummary") is True
        if prompt.is_empty and not is_summary:
            return why_nothing(prompt.unread)
        self.ready.extend(prompt.unread)
        if is_summary:
            self._take_summary(place, prompt)
            return None
        for result in prompt.results:
            there = place._replace(step=self._session.answer(place, result).index)
            if result.user_modified:
                told = self._session.events.feedback(there, "edit", None, result.call_id)
                self.ready.append(told)
        for call_id, said in prompt.steering:
            self.ready.append(self._session.events.feedback(place, "steering", said, call_id))
        self._say(place, prompt)
        place.trajectory.cwd = place.trajectory.cwd or find_cwd(prompt.injected)
        return None

    def _say(self, place: Place, prompt: Prompt) -> None:
        if prompt.typed or prompt.n_images:
            step = self._session.open(place, "system" if place.trajectory.is_subagent else "user")
            self._session.say(place, step, [*prompt.typed, *[IMAGE] * prompt.n_images])
            step.n_images = prompt.n_images
        if prompt.injected:
            self._session.say(place, self._session.open(place, "system"), prompt.injected)

    def _take_summary(self, place: Place, prompt: Prompt) -> None:
        """Read the summary that stands for what was said before."""
        self.ready.append(self._session.events.compaction(place))
        step = self._session.open(place, "system")
        step.is_replayed = True
        self._session.say(place, step, [*prompt.typed, *prompt.injected])
