"""What one Gemini CLI message says: its parts, its thoughts, its calls and how they ended."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import orjson

from tracemill.base.lines import Line
from tracemill.records.events.event import Todo
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.checklists import todo_status
from tracemill.sources.building.message_parts import stand_in
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import (
    count,
    fields_of,
    is_too_deep,
    list_of,
    text,
    tool_arguments,
    unread_part,
)
from tracemill.sources.reading.json_lines import BadShapeError

_SHELL: Final = "run_shell_command"
_EXIT_CODE: Final = re.compile(
    r"(?:\A|\n)Exit Code: (-?\d{1,9})(?:\nSignal: [^\n]*)?(?:\nBackground PIDs: [^\n]*)?"
    r"(?:\nProcess Group PGID: [^\n]*)?\s*\Z"
)
_TAIL_LENGTH: Final = 400
_REFUSALS: Final = ("User denied execution", "User did not allow tool call")
_EDITED: Final = re.compile(r"User modified the `\w+` (?:content )?to be: ")
_BESIDE: Final = frozenset({"text", "thought", "thoughtSignature", "videoMetadata"})
"""What stands beside what a part is."""
_UNDER_WAY: Final = frozenset({"validating", "scheduled", "executing", "awaiting_approval"})
_STATUSES: Final[dict[str, ResultStatus]] = {
    "success": "ok",
    "error": "error",
    "cancelled": "interrupted",
}


class Said(NamedTuple):
    """What the parts of a message say."""

    texts: list[str]
    """Its texts, with `[image]` for each picture."""
    thoughts: list[str]
    calls: list[ToolCall]
    results: list[ToolResult]
    n_images: int
    unread: list[UnreadPart]
    """Parts that nothing was made of."""


def read_parts(content: object, line: Line) -> Said:
    """Return what the content of a message says: a text, a part, or a list of both."""
    if isinstance(content, str | dict):
        content = [content]
    if content is not None and not isinstance(content, list):
        raise BadShapeError(f"expected a list or text as content, found {type(content).__name__}")
    said = Said([], [], [], [], 0, [])
    n_images = 0
    for part in content or []:
        if isinstance(part, str):
            said.texts.extend([part] if part else [])
        elif isinstance(part, dict):
            n_images += _read_part(part, said, line)
    return said._replace(n_images=n_images)


def _read_part(part: dict[str, Any], said: Said, line: Line) -> int:
    """Add what a part says; return how many pictures it is."""
    call, response = part.get("functionCall"), part.get("functionResponse")
    words = text(part.get("text"))
    if isinstance(call, dict):
        said.calls.append(read_call(call, line, len(said.calls)))
    elif isinstance(response, dict):
        said.results.append(_answer(response, line))
    elif words is not None:
        (said.thoughts if part.get("thought") is True else said.texts).append(words)
    elif (held := part.get("inlineData") or part.get("fileData")) is not None:
        said.texts.append(stand_in(fields_of(held).get("mimeType")))
        return said.texts[-1] == IMAGE
    elif (kind := next((key for key in part if key not in _BESIDE), None)) is not None:
        said.unread.append(unread_part(kind))
    return 0


def read_thoughts(thoughts: object) -> list[str]:
    """Return the thoughts that stand beside a message."""
    found = [thought for thought in list_of(thoughts) if isinstance(thought, dict)]
    told = [
        "\n".join(filter(None, [text(thought.get("subject")), text(thought.get("description"))]))
        for thought in found
    ]
    return [said for said in told if said]


def read_call(call: dict[str, Any], line: Line, n_before: int) -> ToolCall:
    """Return a call as the log writes it; some versions give it no id."""
    return ToolCall(
        id=text(call.get("id")) or f"unnamed-{line.start}-{n_before}",
        name=text(call.get("name")) or "",
        arguments=tool_arguments(call.get("args")),
    )


def read_result(call: dict[str, Any], made: ToolCall, line: Line) -> ToolResult | None:
    """Return what a call returned, or None where it is still under way."""
    told = text(call.get("status"))
    if told is None or told in _UNDER_WAY or (told not in _STATUSES and not call.get("result")):
        return None
    status = _STATUSES.get(told, "unknown")
    content = _result_text(call.get("result"), line) or text(call.get("resultDisplay")) or ""
    if status == "interrupted" and any(refusal in content for refusal in _REFUSALS):
        status = "rejected"
    found = _EXIT_CODE.search(content, max(0, len(content) - _TAIL_LENGTH))
    code = int(found[1]) if found and made.name == _SHELL else None
    return ToolResult(
        call_id=made.id,
        content=content,
        status="error" if status in ("ok", "unknown") and code else status,
        exit_code=code,
        user_modified=_EDITED.search(content) is not None
        and made.name in ("write_file", "replace"),
    )


def _result_text(result: object, line: Line) -> str:
    parts = read_parts(result, line)
    return "\n".join([answer.content for answer in parts.results] + parts.texts)


def _answer(response: dict[str, Any], line: Line) -> ToolResult:
    """Return a response of a tool as a result of which nothing else is known."""
    given = response.get("response")
    said = given
    if isinstance(given, dict):
        told = (given.get(key) for key in ("output", "error"))
        said = next((found for found in told if isinstance(found, str)), given)
    if is_too_deep(said):
        raise BadShapeError("expected a tool's response, found it nested too deeply")
    content = said if isinstance(said, str) else "" if said is None else orjson.dumps(said).decode()
    call_id = text(response.get("id")) or f"unnamed-{line.start}"
    return ToolResult(call_id=call_id, content=content)


def read_todos(call: ToolCall) -> tuple[Todo, ...]:
    """Return the entries of the list that a call of `write_todos` writes."""
    return tuple(
        Todo(text=text(entry.get("description")) or "", status=todo_status(entry.get("status")))
        for entry in list_of(call.arguments.get("todos"))
        if isinstance(entry, dict)
    )


def read_tokens(usage: object) -> Tokens:
    """Return the tokens of a model call; thoughts are counted apart from what was said."""
    if not isinstance(usage, dict):
        return NO_TOKENS
    prompt, cached = count(usage.get("input")), count(usage.get("cached"))
    output, thoughts = count(usage.get("output")), count(usage.get("thoughts"))
    tools = count(usage.get("tool")) or 0
    return (
        None if prompt is None else max(0, prompt - (cached or 0)) + tools,
        None if output is None else output + (thoughts or 0),
        cached,
        None,
        thoughts,
    )
