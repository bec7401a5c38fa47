"""One stream of Codex as it is read: each item to the reply that it is part of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, NamedTuple

import orjson

from tracemill.base.lines import Line
from tracemill.records.events.event import Todo, TodoStatus
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.open_session import OpenSession
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenStep, larger
from tracemill.sources.building.session_events import Place
from tracemill.sources.codex.content import read_usage
from tracemill.sources.reading.json_fields import (
    MAX_COUNT,
    is_too_deep,
    text,
    tool_arguments,
    unknown_type,
)
from tracemill.sources.reading.json_lines import BadShapeError

_AGENT: Final = "codex"
_NO_CONTENT: Final = "no_content"
_ITEM_EVENTS: Final = ("item.started", "item.updated", "item.completed")
_CALLS: Final = frozenset({"command_execution", "file_change", "mcp_tool_call", "web_search"})


class _Item(NamedTuple):
    """One item, as one line tells it."""

    fields: dict[str, Any]
    kind: str
    line: Line
    is_over: bool
    """Whether the line says that the item is complete."""


class CodexExecReader:
    """Takes the objects of one stream and makes its trajectory, steps and events of them."""

    def __init__(self, origin: Origin) -> None:
        self._session = session = OpenSession(_AGENT, origin)
        self.ready = session.ready
        self._reply: OpenStep | None = None
        self._error: str | None = None
        self._todos: tuple[Todo, ...] | None = None
        self._tokens = NO_TOKENS

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used."""
        kind = record.get("type")
        if kind in _ITEM_EVENTS:
            return self._take_item(record, line)
        if kind == "thread.started":
            return self._take_thread(record, line)
        if kind == "turn.completed":
            self._reply = None
            self._tokens = larger(self._tokens, read_usage(record.get("usage")))
            return None
        if kind in ("error", "turn.failed"):
            return self._take_error(record, line)
        return "turn_started" if kind == "turn.started" else unknown_type(kind)

    def finish(self) -> None:
        """Close all steps and give the trajectory its header."""
        self._session.close()
        if (main := self._session.trajectories.get("")) is not None:
            main.tokens = self._tokens
        self._session.finish()

    def _take_thread(self, record: dict[str, Any], line: Line) -> str | None:
        if self._session.trajectories:
            return "repeated_thread"
        self._session.begin("", text(record.get("thread_id")), line.data.strip())
        return None

    def _take_item(self, record: dict[str, Any], line: Line) -> str | None:
        fields = record.get("item")
        if not isinstance(fields, dict):
            raise BadShapeError(f"expected an object as item, found {type(fields).__name__}")
        kind = fields.get("type") or fields.get("item_type")
        taker = self._takers.get(kind) if isinstance(kind, str) else None
        if taker is None or not isinstance(kind, str):
            return unknown_type(kind)
        return taker(self, _Item(fields, kind, line, record["type"] == "item.completed"))

    def _open_reply(self, place: Place) -> OpenStep:
        """Return the step of the present reply, which is over at its first result."""
        if self._reply is None or self._reply.results:
            self._reply = self._session.open(place, "agent")
        self._reply.extend_to(place.line)
        return self._reply

    def _take_text(self, item: _Item) -> str | None:
        said = text(item.fields.get("text"))
        if said is None or not item.is_over:
            return _NO_CONTENT
        place = self._session.place(item.line, None)
        add = self._session.think if item.kind == "reasoning" else self._session.say
        add(place, self._open_reply(place), [said])
        return None

    def _take_call(self, item: _Item) -> str | None:
        place = self._session.place(item.line, None)
        call = _read_call(item)
        step = place.trajectory.by_call.get(call.id)
        if step is None:
            step = self._open_reply(place)
            self._session.window.add_call(place.trajectory, step, call)
            self._session.window.grow(place.trajectory, step, item.line.end - item.line.start)
        elif not item.is_over:
            return "item_under_way"
        if item.is_over:
            self._session.answer(place, _read_result(item, call.id))
        return None

    def _take_todos(self, item: _Item) -> str | None:
        given = item.fields.get("items")
        todos = tuple(map(_todo, given if isinstance(given, list) else ()))
        if todos == self._todos:
            return "todos_unchanged"
        self._todos = todos
        place = self._session.place(item.line, None)
        told = self._session.events.todo_change(place, todos, is_whole=True)
        self.ready.append(told)
        return None

    def _take_error_item(self, item: _Item) -> str | None:
        return self._take_error({"message": item.fields.get("message")}, item.line)

    def _take_error(self, record: dict[str, Any], line: Line) -> str | None:
        """Read an error; the one that ended a turn is told again at the turn's end."""
        error = record.get("error")
        said = text(error.get("message") if isinstance(error, dict) else record.get("message"))
        if said is None:
            return _NO_CONTENT
        if said == self._error:
            return "repeated_error"
        self._error, self._reply = said, None
        place = self._session.place(line, None)
        step = self._session.open(place, "agent")
        step.is_error = True
        self._session.say(place, step, [said])
        return None

    _takers: ClassVar[Mapping[str, Callable[[CodexExecReader, _Item], str | None]]] = {
        "agent_message": _take_text,
        "reasoning": _take_text,
        "error": _take_error_item,
        "todo_list": _take_todos,
        **dict.fromkeys(_CALLS, _take_call),
    }
    """Of the class: methods bound to a reader would keep it alive until garbage is collected."""


def _todo(entry: object) -> Todo:
    fields = entry if isinstance(entry, dict) else {}
    statuses: dict[object, TodoStatus] = {True: "completed", False: "pending"}
    is_done = fields.get("completed")
    status = statuses[is_done] if isinstance(is_done, bool) else "unknown"
    return Todo(text=text(fields.get("text")) or "", status=status)


def _read_call(item: _Item) -> ToolCall:
    fields = item.fields
    call_id = text(fields.get("id")) or f"unnamed-{item.line.start}"
    if item.kind == "command_execution":
        return ToolCall(id=call_id, name="shell", arguments=_told(fields, "command"))
    if item.kind == "mcp_tool_call":
        name = "__".join(
            filter(None, ["mcp", text(fields.get("server")), text(fields.get("tool"))])
        )
        return ToolCall(id=call_id, name=name, arguments=tool_arguments(fields.get("arguments")))
    key = "query" if item.kind == "web_search" else "changes"
    return ToolCall(id=call_id, name=item.kind, arguments=_told(fields, key))


def _told(fields: dict[str, Any], key: str) -> dict[str, Any]:
    return tool_arguments({key: fields[key]} if key in fields else None)


def _read_result(item: _Item, call_id: str) -> ToolResult:
    fields = item.fields
    code = fields.get("exit_code")
    is_code = type(code) is int and abs(code) < MAX_COUNT
    return ToolResult(
        call_id=call_id,
        content=_result_text(fields),
        status=_status(fields, code if is_code else None),
        exit_code=code if is_code else None,
    )


def _status(fields: dict[str, Any], code: int | None) -> ResultStatus:
    if fields.get("status") in ("failed", "declined") or code or fields.get("error"):
        return "error"
    return "ok" if fields.get("status") == "completed" or code == 0 else "unknown"


def _result_text(fields: dict[str, Any]) -> str:
    error = fields.get("error")
    said = text(error.get("message")) if isinstance(error, dict) else None
    result = fields.get("result")
    blocks = result.get("content") if isinstance(result, dict) else None
    if is_too_deep(blocks):
        raise BadShapeError("expected a tool's result, found it nested too deeply")
    told = said or text(fields.get("aggregated_output"))
    return told or "\n".join(map(_block, blocks if isinstance(blocks, list) else ()))


def _block(block: object) -> str:
    words = text(block.get("text")) if isinstance(block, dict) else None
    return words if words is not None else orjson.dumps(block).decode()
