"""What one message of pi says: its parts, its calls, how a tool ended, what it cost."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import (
    MAX_COUNT,
    count,
    text,
    tool_arguments,
    unread_part,
)
from tracemill.sources.reading.json_lines import BadShapeError

_EXIT_CODE: Final = re.compile(r"(?:\A|\n)Command exited with code (-?\d{1,9})\s*\Z")
_STOPPED: Final = ("Command aborted", "Operation aborted")
_TAIL_LENGTH: Final = 80


class Said(NamedTuple):
    """What the parts of a message say."""

    texts: list[str]
    """Its texts, with `[image]` for each picture."""
    thoughts: list[str]
    calls: list[ToolCall]
    n_images: int
    unread: list[UnreadPart]
    """Parts that nothing was made of."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was made of any part."""
        return not (self.texts or self.thoughts or self.calls)


def read_parts(content: object, start: int) -> Said:
    """Return what the content of a message says: a text, or a list of parts."""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    if content is not None and not isinstance(content, list):
        raise BadShapeError(f"expected a list or text as content, found {type(content).__name__}")
    said = Said([], [], [], 0, [])
    n_images = 0
    for part in content or []:
        kind = text(part.get("type")) if isinstance(part, dict) else None
        if kind == "text":
            _add(said.texts, part.get("text"))
        elif kind == "thinking":
            _add(said.thoughts, part.get("thinking"))
        elif kind == "toolCall":
            said.calls.append(_call(part, start, len(said.calls)))
        elif kind == "image":
            said.texts.append(IMAGE)
            n_images += 1
        elif isinstance(part, dict):
            said.unread.append(unread_part(kind))
    return said._replace(n_images=n_images)


def _add(texts: list[str], said: object) -> None:
    if isinstance(said, str) and said and not said.isspace():
        texts.append(said)


def _call(part: dict[str, Any], start: int, n_before: int) -> ToolCall:
    return ToolCall(
        id=text(part.get("id")) or f"unnamed-{start}-{n_before}",
        name=text(part.get("name")) or "",
        arguments=tool_arguments(part.get("arguments")),
    )


def read_result(message: dict[str, Any], start: int) -> ToolResult:
    """Return what a tool returned."""
    content = "\n".join(read_parts(message.get("content"), start).texts)
    has_failed = message.get("isError")
    found = _EXIT_CODE.search(content, max(0, len(content) - _TAIL_LENGTH)) if has_failed else None
    return ToolResult(
        call_id=text(message.get("toolCallId")) or f"unnamed-{start}",
        content=content,
        status=_status(content, has_failed),
        exit_code=int(found[1]) if found else None,
    )


def _status(content: str, has_failed: object) -> ResultStatus:
    if has_failed is True:
        return "interrupted" if content.rstrip().endswith(_STOPPED) else "error"
    return "ok" if has_failed is False else "unknown"


def shell_text(message: dict[str, Any]) -> str | None:
    """Return what a person ran in the shell, in the words in which the model is told of it.

    None where it is kept from the model.
    """
    command, output = text(message.get("command")), text(message.get("output"))
    if command is None or message.get("excludeFromContext") is True:
        return None
    told = f"Ran `{command}`\n" + (f"```\n{output}\n```" if output else "(no output)")
    code = message.get("exitCode")
    if message.get("cancelled") is True:
        return f"{told}\n\n(command cancelled)"
    if type(code) is int and code and abs(code) < MAX_COUNT:
        return f"{told}\n\nCommand exited with code {code}"
    return told


def read_usage(usage: object) -> Tokens:
    """Return the tokens of a model call; all zeros are written where nobody counted."""
    if not isinstance(usage, dict):
        return NO_TOKENS
    tokens = (
        count(usage.get("input")),
        count(usage.get("output")),
        count(usage.get("cacheRead")),
        count(usage.get("cacheWrite")),
        None,
    )
    return tokens if any(tokens) else NO_TOKENS
