"""What one message of a Cline task says, by the exact words and tags of the program."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import orjson

from tracemill.records.events.event import Todo
from tracemill.records.sessions.trajectory import IMAGE, ResultStatus, ToolCall, ToolResult
from tracemill.sources.building.checklists import read_checklist
from tracemill.sources.building.message_parts import blocks_of
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens
from tracemill.sources.building.tags import outside, tagged
from tracemill.sources.protocol import UnreadPart
from tracemill.sources.reading.json_fields import count, text, tool_arguments, unread_part

INTERRUPTION: Final = "[Response interrupted by user]"
_TOOLS: Final = (
    "access_mcp_resource|apply_diff|apply_patch|ask_followup_question|attempt_completion|"
    "browser_action|codebase_search|condense|edit_file|execute_command|fetch_instructions|"
    "generate_image|insert_content|list_code_definition_names|list_files|load_mcp_documentation|"
    "new_rule|new_task|plan_mode_respond|read_file|replace_in_file|report_bug|run_slash_command|"
    "search_and_replace|search_files|switch_mode|update_todo_list|use_mcp_tool|use_skill|"
    "web_fetch|web_search|write_to_file"
)
_CALL: Final = re.compile(rf"<({_TOOLS})>")
_PARAMETER: Final = re.compile(r"<(\w{1,40})>")
_LONG: Final = ("content", "diff")
"""Parameters that may hold tags of their own, so they end at the last one."""
_THOUGHT: Final = re.compile(r"<thinking>(.*?)(?:</thinking>|\Z)\s*", re.DOTALL)
_RESULT: Final = re.compile(rf"\[({_TOOLS})(?: for [^\n]*)?\] Result:\s*")
_TYPED: Final = re.compile(r"<(task|user_message|feedback|answer)>")
_FEEDBACK: Final = re.compile(r"<(feedback)>")
_QUOTED_FEEDBACK: Final = re.compile(r'feedback:\n"(.*)"', re.DOTALL)
_FAILURES: Final = (
    "The tool execution failed with the following error",
    "Error executing",
    "[ERROR]",
)
_DENIED: Final = ("The user denied this operation", "Operation denied by user")
_APPROVED: Final = "The user approved this operation and provided the following context:"
_STOPPED: Final = (
    "Task was interrupted before this tool call could be completed",
    "Skipping tool ",
    "Tool was interrupted and not executed",
)
_EDITED: Final = "The user made the following updates to your content"
_EXIT_CODE: Final = re.compile(r"^(?:.{0,4200}\. )?Exit code: (-?\d{1,9})\b", re.MULTILINE)
_HEAD_LENGTH: Final = 5000
_ASKING: Final = frozenset(
    {"ask_followup_question", "attempt_completion", "plan_mode_respond", "new_task"}
)
"""Tools whose result is what the person says next."""
_CWD: Final = re.compile(
    r"^# Current Work(?:ing|space) Directory \((.{1,4096}?)\) Files", re.MULTILINE
)


class Reply(NamedTuple):
    """What the model said in one message."""

    texts: list[str]
    reasoning: list[str]
    calls: list[ToolCall]
    unread: list[UnreadPart]
    """Blocks that nothing was made of."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was made of any block."""
        return not (self.texts or self.reasoning or self.calls)


class Prompt(NamedTuple):
    """What one message said to the model."""

    results: list[ToolResult]
    typed: list[str]
    injected: list[str]
    steering: list[tuple[str | None, str]]
    """What a person said with an approval, and the call that was approved."""
    n_images: int
    unread: list[UnreadPart]
    """Blocks, and parts of results, that nothing was made of."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was made of any block."""
        return not any(self[:-1])


def read_reply(content: object, number: int) -> Reply:
    """Return what the model said in the message of that number."""
    reply = Reply([], [], [], [])
    for block in blocks_of(content):
        kind = text(block.get("type"))
        if kind == "tool_use":
            call_id = text(block.get("id")) or f"{number}.{len(reply.calls)}"
            arguments = tool_arguments(block.get("input"))
            call = ToolCall(id=call_id, name=text(block.get("name")) or "", arguments=arguments)
            reply.calls.append(call)
        elif kind in ("thinking", "reasoning"):
            thought = text(block.get("thinking")) or text(block.get("text"))
            reply.reasoning.extend([thought] if thought else [])
        elif kind == "text":
            _read_text(text(block.get("text")) or "", reply)
        else:
            reply.unread.append(unread_part(kind))
    if not reply.calls:
        _read_tags(reply, number)
    return reply


def _read_text(said: str, reply: Reply) -> None:
    reply.reasoning.extend(found[1].strip() for found in _THOUGHT.finditer(said))
    spoken = _THOUGHT.sub("", said).replace(INTERRUPTION, "").strip()
    if spoken:
        reply.texts.append(spoken)


def _read_tags(reply: Reply, number: int) -> None:
    """Take the calls of older versions out of the texts in which they stand."""
    for position, said in enumerate(reply.texts):
        found = list(tagged(said, _CALL))
        for tag in found:
            call_id = f"{number}.{len(reply.calls)}"
            call = ToolCall(id=call_id, name=tag.name, arguments=_parameters(tag.text))
            reply.calls.append(call)
        reply.texts[position] = outside(said, found).strip()
    reply.texts[:] = [said for said in reply.texts if said]


def _parameters(inside: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rest = inside
    for name in _LONG:
        before, opening, behind = rest.partition(f"<{name}>")
        held, closing, after = behind.rpartition(f"</{name}>")
        if opening and closing:
            found[name], rest = held.strip("\n"), before + after
    found |= {tag.name: tag.text.strip("\n") for tag in tagged(rest, _PARAMETER)}
    return found or ({"input": inside.strip()} if inside.strip() else {})


def read_prompt(content: object, open_calls: dict[str, str]) -> Prompt:
    """Return what a message says; `open_calls` are names of calls that have not come back."""
    prompt = Prompt([], [], [], [], 0, [])
    n_images = 0
    waiting = dict(open_calls)
    answered: tuple[str | None, list[str]] | None = None
    for block in blocks_of(content):
        said = text(block.get("text")) or ""
        kind = block.get("type")
        if kind == "tool_result":
            call_id = text(block.get("tool_use_id"))
            failed = block.get("is_error") is True
            content = _said_by(block, prompt.unread)
            _add_result(prompt, call_id, waiting, content, failed=failed)
        elif kind == "image":
            n_images += 1
        elif "text" not in block:
            prompt.unread.append(unread_part(kind))
        elif found := _RESULT.match(said):
            _flush(prompt, answered, waiting)
            answered = (_call_named(found[1], waiting), [said[found.end() :]])
        elif answered is not None and not said.startswith("<environment_details>"):
            answered[1].append(said)
        else:
            _flush(prompt, answered, waiting)
            answered = None
            _add_said(prompt, said)
    _flush(prompt, answered, waiting)
    return prompt._replace(n_images=n_images)


def _flush(
    prompt: Prompt, answered: tuple[str | None, list[str]] | None, waiting: dict[str, str]
) -> None:
    if answered is not None:
        content = "\n".join(filter(None, answered[1]))
        _add_result(prompt, answered[0], waiting, content, failed=False)
        answered[1].clear()


def _call_named(name: str, waiting: dict[str, str]) -> str | None:
    return next((call_id for call_id, called in waiting.items() if called == name), None)


def _add_result(
    prompt: Prompt, call_id: str | None, waiting: dict[str, str], content: str, *, failed: bool
) -> None:
    name = waiting.pop(call_id, "") if call_id else ""
    result = read_result(call_id or "unnamed", name, content, failed=failed)
    prompt.results.append(result)
    if result.status == "rejected":
        return
    if name in _ASKING:
        prompt.typed.extend(tag.text.strip() for tag in tagged(content, _TYPED))
    elif content.startswith(_APPROVED) and (said := _feedback(content)):
        prompt.steering.append((call_id, said))


def _add_said(prompt: Prompt, said: str) -> None:
    found = list(tagged(said, _TYPED))
    prompt.typed.extend(tag.text.strip() for tag in found)
    rest = outside(said, found).strip()
    if rest:
        prompt.injected.append(rest)


def read_result(call_id: str, name: str, content: str, *, failed: bool) -> ToolResult:
    """Return how a call ended."""
    said = _structured(content)
    code = _EXIT_CODE.search(content, 0, _HEAD_LENGTH) if name == "execute_command" else None
    exit_code = int(code[1]) if code else None
    status = _status(said or content, name, exit_code, failed=failed)
    return ToolResult(
        call_id=call_id,
        content=content,
        status=status,
        exit_code=exit_code,
        feedback=_feedback(content) if status == "rejected" else None,
        user_modified=_EDITED in content,
    )


def _feedback(content: str) -> str | None:
    """Return what a person said about a call."""
    tag = next(tagged(content, _FEEDBACK), None)
    quoted = _QUOTED_FEEDBACK.search(content) if tag is None else None
    said = tag.text if tag else quoted[1] if quoted else ""
    return said.strip() or None


def _structured(content: str) -> str | None:
    """Return the older wording of an end that newer versions write as an object."""
    if not content.startswith('{"status":'):
        return None
    try:
        ending = orjson.loads(content).get("status")
    except (orjson.JSONDecodeError, AttributeError):
        return None
    return {"denied": _DENIED[0], "error": _FAILURES[0]}.get(ending)


def _status(said: str, name: str, exit_code: int | None, *, failed: bool) -> ResultStatus:
    if said.startswith(_DENIED):
        return "rejected"
    if said.startswith(_STOPPED):
        return "interrupted"
    if failed or exit_code or said.startswith(_FAILURES):
        return "error"
    return "unknown" if name == "execute_command" and exit_code is None else "ok"


def _said_by(block: dict[str, Any], unread: list[UnreadPart]) -> str:
    """Return the text of a result, with a mark for each picture."""
    texts: list[str | None] = []
    for part in blocks_of(block.get("content")):
        kind = part.get("type")
        if kind == "image":
            texts.append(IMAGE)
        elif "text" in part:
            texts.append(text(part["text"]))
        else:
            unread.append(unread_part(kind))
    return "\n".join(filter(None, texts))


def read_todos(call: ToolCall) -> tuple[Todo, ...]:
    """Return the checklist that a call brings along, or nothing."""
    key = "todos" if call.name == "update_todo_list" else "task_progress"
    return read_checklist(call.arguments.get(key))


def find_cwd(texts: list[str]) -> str | None:
    """Return the folder that a description of the surroundings names."""
    return next((found[1] for said in texts if (found := _CWD.search(said))), None)


def read_tokens(told: object) -> Tokens:
    """Return the tokens that the note on a request tells."""
    if not isinstance(told, dict):
        return NO_TOKENS
    names = ("tokensIn", "tokensOut", "cacheReads", "cacheWrites")
    fresh, output, read, written = (count(told.get(name)) for name in names)
    # A request that broke off is written down as all zeros.
    return (fresh, output, read, written, None) if any((fresh, output)) else NO_TOKENS


def model_of(record: dict[str, Any]) -> str | None:
    """Return the model that a message names."""
    told = record.get("modelInfo")
    return text(told.get("modelId")) if isinstance(told, dict) else None


def decoded(value: object) -> dict[str, Any]:
    """Return the object that stands as JSON within a text; an empty one where none does."""
    if not isinstance(value, str):
        return {}
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
