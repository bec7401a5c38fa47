"""What one message of a Cursor session says, in any of the shapes that its programs write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import orjson

from tracemill.base.clock import believed
from tracemill.records.events.event import Todo
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.checklists import read_entries
from tracemill.sources.building.message_parts import blocks_of
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.building.tags import outside, tagged
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import (
    count,
    is_too_deep,
    text,
    tool_arguments,
    unread_part,
)
from tracemill.sources.reading.json_lines import BadShapeError

UNNAMED: Final = "unnamed-"
"""How the ids begin that we give to calls without one."""
_CALLS: Final = frozenset({"tool_use", "tool_call", "tool-call"})
_RESULTS: Final = frozenset({"tool_result", "tool-result"})
_THOUGHTS: Final = frozenset({"thinking", "reasoning"})
_HIDDEN: Final = "[REDACTED]"
"""What stands where the program keeps a thought to itself."""
_QUERY: Final = re.compile(r"<(user_query)>")
_NOTICE: Final = re.compile(r"<(system_(?:notification|reminder))>")
"""What the program tells the model in a person's place, for example that a command has ended."""
_TIMESTAMP: Final = re.compile(
    r"<timestamp>\w{1,9}, (\w{3} \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M) "
    r"\(UTC(?:([+-])(\d{1,2})(?::(\d\d))?)?\)</timestamp>\s*"
)
_EXIT_CODE: Final = re.compile(r"Exit code: (-?\d{1,9})\b")
_ENDINGS: Final[dict[str, ResultStatus]] = {
    "completed": "ok",
    "success": "ok",
    "error": "error",
    "failed": "error",
    "rejected": "rejected",
    "cancelled": "interrupted",
    "aborted": "interrupted",
}
_SPEAKERS: Final = {"1": "user", "2": "assistant"}


class Answer(NamedTuple):
    """What came back for a call, which it may not name."""

    call_id: str | None
    name: str | None
    content: str
    status: ResultStatus
    exit_code: int | None

    def to_result(self, call_id: str) -> ToolResult:
        """Return it as the result of the call `call_id`."""
        return ToolResult(
            call_id=call_id, content=self.content, status=self.status, exit_code=self.exit_code
        )


class Said(NamedTuple):
    """What one message says."""

    texts: list[str]
    reasoning: list[str]
    calls: list[ToolCall]
    answers: list[Answer]
    n_images: int
    unread: list[UnreadPart]
    """Blocks that nothing was made of."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was made of any block."""
        return not (self.texts or self.reasoning or self.calls or self.answers)


def read_message(content: object, key: str) -> Said:
    """Return what the content of a message says; `key` tells its unnamed calls from others."""
    said = Said([], [], [], [], 0, [])
    n_images = 0
    for block in blocks_of(content):
        kind = text(block.get("type"))
        if kind in _CALLS:
            said.calls.append(_call(block, f"{UNNAMED}{key}-{len(said.calls)}"))
        elif kind in _RESULTS:
            said.answers.append(_answer(block))
        elif kind in _THOUGHTS:
            thought = text(block.get("thinking")) or text(block.get("text"))
            said.reasoning.extend([thought] if thought else [])
        elif kind == "image":
            said.texts.append(IMAGE)
            n_images += 1
        elif (spoken := text(block.get("text"))) and spoken != _HIDDEN and not spoken.isspace():
            said.texts.append(spoken)
        elif "text" not in block:
            said.unread.append(unread_part(kind))
    return said._replace(n_images=n_images)


def _call(block: dict[str, Any], key: str) -> ToolCall:
    return ToolCall(
        id=text(block.get("id")) or text(block.get("toolCallId")) or key,
        name=text(block.get("name")) or text(block.get("toolName")) or "",
        arguments=tool_arguments(block.get("input", block.get("args"))),
    )


def _answer(block: dict[str, Any]) -> Answer:
    content = _text_of(block.get("content", block.get("result")))
    code = _EXIT_CODE.match(content)
    exit_code = count(block.get("exit_code"))
    exit_code = int(code[1]) if code else exit_code
    return Answer(
        call_id=text(block.get("tool_use_id")) or text(block.get("toolCallId")),
        name=text(block.get("name")) or text(block.get("toolName")),
        content=content,
        status=_status(block, exit_code),
        exit_code=exit_code,
    )


def _status(block: dict[str, Any], exit_code: int | None) -> ResultStatus:
    told = _ENDINGS.get(str(block.get("status")).lower())
    if block.get("is_error") is True or (exit_code and told in (None, "ok")):
        return "error"
    if told is not None:
        return told
    return "ok" if exit_code == 0 or block.get("is_error") is False else "unknown"


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part for part in content if isinstance(part, dict))
        texts = (IMAGE if part.get("type") == "image" else part.get("text") for part in parts)
        return "\n".join(found for found in texts if isinstance(found, str) and found)
    if content is None:
        return ""
    if is_too_deep(content):
        raise BadShapeError("expected a tool's result, found it nested too deeply")
    return orjson.dumps(content).decode()


def split_query(texts: list[str]) -> tuple[list[str], list[str]]:
    """Return what a person typed of a message, and what was put into it."""
    whole = "\n\n".join(texts)
    found = list(tagged(whole, _QUERY))
    typed = [tag.text.strip() for tag in found if tag.text.strip()]
    if not typed:
        return _split_notices(texts, whole)
    rest = outside(whole, found).strip()
    return typed, [rest] if rest else []


def _split_notices(texts: list[str], whole: str) -> tuple[list[str], list[str]]:
    """Return the same of a message that marks nothing as typed."""
    notices = list(tagged(whole, _NOTICE))
    if not notices:
        return texts, []
    typed = outside(whole, notices).strip()
    return [typed] if typed else [], [whole[notice.start : notice.end] for notice in notices]


def take_moment(texts: list[str]) -> tuple[list[str], datetime | None]:
    """Return texts without the note on when they were said, and that moment."""
    found = next((match for said in texts if (match := _TIMESTAMP.search(said))), None)
    if found is None:
        return texts, None
    try:
        local = datetime.strptime(found[1], "%b %d, %Y, %I:%M %p")  # noqa: DTZ007 - zone below
        offset = timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
        at = (local + offset if found[2] == "-" else local - offset).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return texts, None
    rest = (_TIMESTAMP.sub("", said).strip() for said in texts)
    return [said for said in rest if said], believed(at)


def read_todos(call: ToolCall) -> tuple[Todo, ...] | None:
    """Return the todo list that a call writes, or None where it writes none."""
    if call.name.lower().replace("_", "") != "todowrite":
        return None
    return read_entries(call.arguments.get("todos"))


def message_of_bubble(bubble: dict[str, Any]) -> dict[str, Any]:
    """Return a message of the editor in the shape that the command line writes."""
    thinking = bubble.get("thinking")
    blocks: list[dict[str, Any]] = [{"type": "text", "text": bubble.get("text")}]
    if isinstance(thinking, dict):
        blocks.insert(0, {"type": "thinking", "thinking": thinking.get("text")})
    images = bubble.get("images")
    blocks += [{"type": "image"} for _ in (images if isinstance(images, list) else ())]
    tool = bubble.get("toolFormerData")
    if isinstance(tool, dict) and tool.get("name"):
        blocks += _tool_blocks(tool, text(bubble.get("bubbleId")))
    return {
        "role": _SPEAKERS.get(str(bubble.get("type"))),
        "content": blocks,
        "id": bubble.get("bubbleId"),
        "createdAt": bubble.get("createdAt"),
        "tokenCount": bubble.get("tokenCount"),
    }


def _tool_blocks(tool: dict[str, Any], bubble_id: str | None) -> Iterator[dict[str, Any]]:
    call_id = text(tool.get("toolCallId")) or bubble_id
    given = tool.get("rawArgs") or tool.get("params")
    yield {"type": "tool-call", "id": call_id, "name": tool.get("name"), "args": given}
    if str(tool.get("status")).lower() not in _ENDINGS and tool.get("result") is None:
        return
    status = "rejected" if tool.get("userDecision") == "rejected" else tool.get("status")
    result = tool.get("result") or tool.get("error")
    yield {"type": "tool-result", "toolCallId": call_id, "result": result, "status": status}


def read_tokens(told: object) -> Tokens:
    """Return the tokens that a message of the editor tells; mostly it tells zeros."""
    if not isinstance(told, dict):
        return NO_TOKENS
    fresh, output = count(told.get("inputTokens")), count(told.get("outputTokens"))
    return (fresh, output, None, None, None) if fresh or output else NO_TOKENS
