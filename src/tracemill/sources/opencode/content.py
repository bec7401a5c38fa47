"""What one OpenCode message says: its parts, how its calls ended, what it cost."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from tracemill.records.events.event import Todo
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.checklists import read_entries
from tracemill.sources.building.message_parts import stand_in
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens, added
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import count, text, tool_arguments, unread_part

_REJECTION: Final = re.compile(
    r"The user (?:rejected permission to use this specific tool call|dismissed this question)"
    r"(?: with the following feedback: (?P<said>.*))?",
    re.DOTALL,
)
_ABORTED: Final = "Tool execution aborted"
_ABORTED_COMMAND: Final = re.compile(r"(?:User aborted the command|\(Command was aborted\))\s*")
_TIMED_OUT: Final = "exceeding timeout"
_NOTES: Final = ("<bash_metadata>", "<shell_metadata>")
_TAIL_LENGTH: Final = 400
_NO_TOOL: Final = "invalid"
_KNOWN: Final = frozenset(
    {
        "agent",
        "compaction",
        "file",
        "patch",
        "reasoning",
        "retry",
        "snapshot",
        "step-finish",
        "step-start",
        "subtask",
        "text",
        "tool",
    }
)
"""Types of parts; of some of them, nothing is to be kept."""
_FINISHED: Final = frozenset({"completed", "success"})
_MAX_EXIT_CODE: Final = 2**32


class Reply(msgspec.Struct):
    """What one call of the model gave."""

    native_id: str | None = None
    """Id of its first part, where the message holds several calls of the model."""
    texts: list[str] = []
    reasoning: list[str] = []
    calls: list[ToolCall] = []
    results: list[ToolResult] = []
    todos: list[tuple[str | None, tuple[Todo, ...]]] = []
    """Todo lists that it wrote, each with the id of its part."""
    tokens: Tokens = NO_TOKENS
    is_over: bool = False
    """Whether the model said that it was done."""

    def is_empty(self) -> bool:
        """Tell whether nothing was said, thought, called or counted."""
        return not (self.texts or self.reasoning or self.calls or self.tokens != NO_TOKENS)


class Prompt(msgspec.Struct):
    """What one message said to the model."""

    typed: list[str] = []
    injected: list[str] = []
    """What the program put in, and what a command of the person hands to a subagent."""
    n_images: int = 0
    unread: list[UnreadPart] = []
    """Parts that nothing was made of."""
    compaction: dict[str, Any] | None = None
    """The part that asks for a summary."""


def read_prompt(parts: list[dict[str, Any]]) -> Prompt:
    """Return what a message of the person or the program says."""
    prompt = Prompt()
    for part in parts:
        kind = text(part.get("type"))
        said = text(part.get("prompt" if kind == "subtask" else "text"))
        if kind == "compaction":
            prompt.compaction = part
        elif kind == "file" and (mark := _attached(part)):
            prompt.typed.append(mark)
            prompt.n_images += mark == IMAGE
        elif kind == "subtask" and said:
            prompt.injected.append(said)
        elif kind == "text" and said and part.get("ignored") is not True:
            (prompt.injected if part.get("synthetic") is True else prompt.typed).append(said)
        elif kind not in _KNOWN:
            prompt.unread.append(unread_part(kind))
    return prompt


def read_replies(
    info: dict[str, Any], parts: list[dict[str, Any]], unread: list[UnreadPart]
) -> list[Reply]:
    """Return what the model gave, for each time that it was called.

    Parts that nothing was made of are added to `unread`.
    """
    replies = [Reply()]
    for part in parts:
        if part.get("type") == "step-start" and replies[-1].is_over:
            replies.append(Reply(native_id=text(part.get("id"))))
        _read_part(part, replies[-1], unread)
    if all(reply.tokens == NO_TOKENS for reply in replies):
        replies[-1].tokens = read_tokens(info.get("tokens"))
    return [reply for reply in replies if not reply.is_empty()]


def _read_part(part: dict[str, Any], reply: Reply, unread: list[UnreadPart]) -> None:
    kind = part.get("type")
    if kind == "tool":
        _read_tool(part, reply)
    elif kind == "step-finish":
        reply.tokens = added(reply.tokens, read_tokens(part.get("tokens")))
        reply.is_over = True
    elif kind in ("text", "reasoning"):
        said = part.get("text")
        if isinstance(said, str) and said.strip() and part.get("ignored") is not True:
            (reply.texts if kind == "text" else reply.reasoning).append(said)
    elif kind not in _KNOWN:
        unread.append(unread_part(kind))


def _read_tool(part: dict[str, Any], reply: Reply) -> None:
    state = part.get("state")
    state = state if isinstance(state, dict) else {}
    call = ToolCall(
        id=text(part.get("callID")) or text(part.get("id")) or f"unnamed-{len(reply.calls)}",
        name=text(part.get("tool")) or "",
        arguments=tool_arguments(state.get("input")),
    )
    reply.calls.append(call)
    if state.get("status") in (*_FINISHED, "error"):
        reply.results.append(_result(call, state))
    if call.name == "todowrite" and text(state.get("status")) in _FINISHED:
        reply.todos.append((text(part.get("id")), read_entries(call.arguments.get("todos"))))


def _result(call: ToolCall, state: dict[str, Any]) -> ToolResult:
    details = state.get("metadata")
    details = details if isinstance(details, dict) else {}
    code = details.get("exit")
    is_code = isinstance(code, int) and not isinstance(code, bool) and abs(code) < _MAX_EXIT_CODE
    has_failed = state.get("status") == "error"
    content = text(state.get("error" if has_failed else "output")) or ""
    refused = _REJECTION.match(content) if has_failed else None
    attached = state.get("attachments")
    n_images = sum(map(_is_image, attached)) if isinstance(attached, list) else 0
    return ToolResult(
        call_id=call.id,
        content="\n".join(filter(None, [content, *[IMAGE] * n_images])),
        status="rejected" if refused else _status(call, content, details, has_failed=has_failed),
        exit_code=code if is_code else None,
        feedback=refused["said"] if refused else None,
    )


def _status(
    call: ToolCall, content: str, details: dict[str, Any], *, has_failed: bool
) -> ResultStatus:
    if has_failed:
        was_stopped = content == _ABORTED or details.get("interrupted") is True
        return "interrupted" if was_stopped else "error"
    tail = content[-_TAIL_LENGTH:]
    note = tail[max(map(tail.rfind, _NOTES)) :] if any(map(tail.__contains__, _NOTES)) else ""
    if _ABORTED_COMMAND.search(note) or _ABORTED_COMMAND.fullmatch(tail):
        return "interrupted"
    if call.name == _NO_TOOL or details.get("exit") or _TIMED_OUT in note:
        return "error"
    return "unknown" if "exit" in details and details["exit"] is None else "ok"


def _attached(part: dict[str, Any]) -> str | None:
    """Return what stands where an attached file was; that of texts is put in as a text beside."""
    kind = text(part.get("mime")) or ""
    return None if kind.startswith(("text/", "application/x-directory")) else stand_in(kind)


def _is_image(part: object) -> bool:
    return isinstance(part, dict) and str(part.get("mime")).startswith("image/")


def read_tokens(tokens: object) -> Tokens:
    """Return the tokens of one call of the model, thoughts among those that it wrote."""
    if not isinstance(tokens, dict):
        return NO_TOKENS
    cache = tokens.get("cache")
    cache = cache if isinstance(cache, dict) else {}
    output, reasoning = count(tokens.get("output")), count(tokens.get("reasoning"))
    found = (
        count(tokens.get("input")),
        output if output is None or reasoning is None else output + reasoning,
        count(cache.get("read")),
        count(cache.get("write")),
        reasoning,
    )
    # A call that broke off is written down as all zeros.
    return found if any(found) else NO_TOKENS


def read_model(info: dict[str, Any]) -> str | None:
    """Return the model that a message came from."""
    model = info.get("model")
    return text(info.get("modelID")) or (
        text(model.get("modelID")) if isinstance(model, dict) else None
    )


def read_error(info: dict[str, Any]) -> tuple[str, str] | None:
    """Return the name and the text of the error that ended a message, or None."""
    error = info.get("error")
    if not isinstance(error, dict):
        return None
    data = error.get("data")
    said = text(data.get("message")) if isinstance(data, dict) else None
    name = text(error.get("name")) or "error"
    return name, said or text(error.get("message")) or name
