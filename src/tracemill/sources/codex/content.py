"""What one Codex item says: its texts, its call, how that ended, what it cost.

Codex flags no failure. A command's exit code stands in the head of its output, in one of
three wordings; of a script that broke off, and of a call that it could not carry out, the program
says so there. Otherwise, how the call ended is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec
import orjson

from tracemill.base.lines import Line
from tracemill.records.events.event import Todo
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.checklists import todo_status
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.codex.lines import Common, Passthrough, Payload, TokenUsage, whole
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import count, fields_of, is_too_deep, text, unread_part
from tracemill.sources.reading.json_lines import BadShapeError

TURN_ABORTED: Final = "<turn_aborted>"
_INJECTED: Final = (
    "# AGENTS.md instructions",
    "<environment_context>",
    "<user_instructions>",
    "<INSTRUCTIONS>",
    "<permissions instructions>",
    "<skill>",
    "<subagent_notification>",
    "<collaboration_mode>",
    TURN_ABORTED,
)
_ABORTED_BY_USER: Final = re.compile(r"(?:Wall time: [\d.]{1,12} seconds\n)?aborted by user")
_REJECTED_BY_USER: Final = frozenset({"exec command rejected by user", "patch rejected by user"})
_MAX_REFUSAL: Final = max(map(len, _REJECTED_BY_USER))
_FAILED: Final = (
    "Script failed\nWall time ",
    "Script failed\nScript error:",
    "apply_patch verification failed: ",
    "exec_command failed",
    "failed to parse function arguments: ",
    "unsupported call: ",
    "unsupported custom tool call: ",
    "write_stdin failed: ",
)
"""How the program itself says that a script broke off, or that a call could not be carried out."""
_HEAD_LENGTH: Final = 400
_MAX_EXIT_CODE: Final = 2**32
_EXIT_CODE: Final = re.compile(
    r"code(?:(?<=Process exited with code) |(?<=Exit code): )(-?\d{1,9})\b"
)
"""Begins with a word, which is found in a tenth of the time that a choice of two takes."""
_CWD: Final = re.compile(r"<cwd>([^<]{1,4096})</cwd>")
_USAGE: Final = TokenUsage.__struct_fields__
"""Where a usage object keeps what `Tokens` hold, but for the prompt, of which it counts all."""
_SCHEDULED: Final = ["user.heartbeat"]
"""What a message consists of that a schedule put in, and no person."""
_COPIES: Final = ("inherited_user_message", "compaction_output", "delivered_assistant_message")
"""Notes on items that say again what stands elsewhere, or in the log of a parent."""
_UNNAMED_TOOLS: Final = {
    "local_shell_call": "local_shell",
    "web_search_call": "web_search",
    "tool_search_call": "tool_search",
}


class Output(msgspec.Struct, frozen=True, gc=False):
    """What a call returned."""

    result: ToolResult
    unread: Sequence[UnreadPart] = ()
    """Parts of it that nothing was made of."""


class Said(msgspec.Struct, frozen=True, gc=False):
    """The text of a message."""

    texts: list[str]
    """Its parts, with `[image]` for each picture."""
    n_images: int
    unread: Sequence[UnreadPart] = ()
    """Parts that nothing was made of."""


def read_content(content: object) -> Said:
    """Return what the content of a message or output says."""
    if isinstance(content, str):
        return Said([content] if content else [], 0)
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        if content is None:
            return Said([], 0)
        raise BadShapeError(f"expected a list or text as content, found {type(content).__name__}")
    texts = [said for part in content if (said := _part(part))]
    n_images = sum(map(_is_image, content)) if IMAGE in texts else 0
    if len(texts) == len(content):
        return Said(texts, n_images)
    unread = [unread_part(part.get("type")) for part in content if _is_unread(part)]
    return Said(texts, n_images, unread)


def _part(part: object) -> str | None:
    if isinstance(part, dict):
        said = text(part.get("text")) or text(part.get("refusal"))
        return said or (IMAGE if _is_image(part) else None)
    return part if isinstance(part, str) else None


def _is_unread(part: object) -> bool:
    """Tell whether a part holds something of a kind that nobody has taught us."""
    return isinstance(part, dict) and "text" not in part and not _part(part)


def _is_image(part: object) -> bool:
    return isinstance(part, dict) and "image" in str(part.get("type")) and not part.get("text")


def is_injected(texts: list[str]) -> bool:
    """Tell whether the harness put in all of `texts`, going by how it begins its own."""
    return all(said.lstrip().startswith(_INJECTED) for said in texts)


def is_scheduled(item: Common) -> bool:
    """Tell whether a message was put in by a schedule."""
    told = item.internal_chat_message_metadata_passthrough
    if isinstance(told, Passthrough):
        return bool(told.content_item_kinds == _SCHEDULED)
    return fields_of(told).get("content_item_kinds") == _SCHEDULED


def is_copied(metadata: object) -> bool:
    """Tell whether a note on an item says that it is said again."""
    told = fields_of(metadata)
    return any(told.get(name) for name in _COPIES)


def find_cwd(texts: list[str]) -> str | None:
    """Return the folder that an environment note names, for versions that name it nowhere else."""
    for said in texts:
        if said.startswith("<environment_context>") and (found := _CWD.search(said)):
            return found[1]
    return None


def read_reasoning(item: Common) -> list[str]:
    """Return the thoughts that an item gives in the clear."""
    parts = (item.summary, item.content)
    if not any(parts):
        return []
    said = [said for part in parts if part for said in read_content(part).texts]
    return list(dict.fromkeys(said))


def read_call(item: Common, kind: str, line: Line) -> ToolCall:
    """Return the call that an item makes."""
    if item.arguments is None or not item.name:
        item = whole(item, line)
    name = text(item.name) or _name(item, kind)
    if item.namespace and (namespace := text(item.namespace)):
        name = f"{namespace}{name}" if name.startswith("_") else f"{namespace}__{name}"
    call_id = text(item.call_id) or text(item.id) or f"unnamed-{line.start}"
    given = item.arguments
    decoded = _decoded(given) if isinstance(given, str) else None
    return ToolCall(
        id=call_id, name=name, arguments=_arguments(item) if decoded is None else decoded
    )


def _name(item: Common, kind: str) -> str:
    """Return the name of a call that does not say it itself."""
    function = item.function if isinstance(item, Payload) else None
    name = text(function.get("name")) if isinstance(function, dict) else None
    return name or _UNNAMED_TOOLS.get(kind, "")


def _arguments(item: Common) -> dict[str, Any]:
    """Return the arguments of a call that are no text of a JSON object."""
    further = (item.input, item.action) if isinstance(item, Payload) else ()
    told = (item.arguments, *further)
    given = next((one for one in told if one is not None), None)
    if given is None:
        return {}
    if not isinstance(given, dict):
        given = {"input": given}
    if is_too_deep(given):
        raise BadShapeError("expected a tool's arguments, found them nested too deeply")
    return given


def _decoded(given: str) -> dict[str, Any] | None:
    try:
        value = orjson.loads(given)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) and not is_too_deep(value) else None


def read_plan(call: ToolCall) -> tuple[Todo, ...]:
    """Return the entries of the plan that a call of `update_plan` writes."""
    plan = call.arguments.get("plan")
    return tuple(map(_planned, plan)) if isinstance(plan, list) else ()


def _planned(entry: object) -> Todo:
    if not isinstance(entry, dict):
        return Todo(text=entry if isinstance(entry, str) else "")
    status = entry.get("status")
    known = todo_status(status)
    return Todo(text=text(entry.get("step")) or "", status=known)


def read_output(item: Common, call_id: str, *, has_failed: bool) -> Output:
    """Return what an output item says; `has_failed` is what another record said of the call."""
    said = item.output
    if not isinstance(said, str):
        return _read_wrapped(item, call_id, has_failed=has_failed)
    return Output(_result(call_id, said, None, has_failed=has_failed))


def _read_wrapped(item: Common, call_id: str, *, has_failed: bool) -> Output:
    """Return what an output says that is no text: it may say, too, whether the call went well."""
    output, success = item.output, None
    if output is None and isinstance(item, Payload) and isinstance(item.tools, list):
        output = bare_output(item.tools)
    elif isinstance(output, dict) and "content" in output:
        output, success = output["content"], output.get("success")
    parts = read_content(output)
    was_successful = success if isinstance(success, bool) else None
    said = output if isinstance(output, str) else "\n".join(parts.texts)
    return Output(_result(call_id, said, was_successful, has_failed=has_failed), parts.unread)


def _result(
    call_id: str, said: str, was_successful: bool | None, *, has_failed: bool
) -> ToolResult:
    """Return how a call ended, by what another record said of it, and by its own words."""
    old = _old_output(said) if said.startswith('{"output"') else None
    if old is not None:
        said, code = old
    else:
        head_end = said.find("Output:", 0, _HEAD_LENGTH)
        found = _EXIT_CODE.search(said, 0, _HEAD_LENGTH if head_end < 0 else head_end)
        code = int(found[1]) if found else None
        if found is None and said.startswith(_FAILED):
            was_successful = False
    status: ResultStatus = "unknown"
    if len(said) <= _MAX_REFUSAL and said in _REJECTED_BY_USER:
        status = "rejected"
    elif code is None and _ABORTED_BY_USER.match(said):
        status = "interrupted"
    elif has_failed or was_successful is False or code:
        status = "error"
    elif was_successful or code == 0:
        status = "ok"
    return ToolResult(call_id=call_id, content=said, status=status, exit_code=code)


def bare_output(result: object) -> str:
    """Return what a tool returned as text, whatever it is."""
    if is_too_deep(result):
        raise BadShapeError("expected a tool's result, found it nested too deeply")
    return result if isinstance(result, str) else orjson.dumps(result).decode()


class _OldOutput(NamedTuple):
    """What old versions wrapped into JSON."""

    content: str
    exit_code: int | None


def _old_output(said: str) -> _OldOutput | None:
    """Return the output that old versions wrapped into JSON together with its exit code."""
    wrapped = _decoded(said)
    if wrapped is None or not isinstance(wrapped.get("output"), str):
        return None
    details = wrapped.get("metadata")
    code = details.get("exit_code") if isinstance(details, dict) else None
    is_code = type(code) is int and abs(code) < _MAX_EXIT_CODE
    return _OldOutput(wrapped["output"], code if is_code else None)


def read_usage(usage: object) -> Tokens:
    """Return the tokens that a usage object reports, the cached ones apart from the fresh."""
    if type(usage) is TokenUsage:
        prompt, output, cached, written, reasoning = msgspec.structs.astuple(usage)
    elif isinstance(usage, dict):
        prompt, output, cached, written, reasoning = map(count, map(usage.get, _USAGE))
    else:
        return NO_TOKENS
    fresh = prompt if prompt is None or cached is None else max(0, prompt - cached)
    return fresh, output, cached, written, reasoning
