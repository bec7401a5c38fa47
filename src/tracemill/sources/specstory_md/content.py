"""What a block of SpecStory's Markdown says: who spoke, what was called, how that ended."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from tracemill.records.events.event import Todo, TodoStatus
from tracemill.records.sessions.trajectory import ResultStatus, ToolCall, ToolResult
from tracemill.sources.specstory_md.labelled import Labelled, is_unfinished, read_labelled

SESSION: Final = re.compile(
    r"<!-- (?P<agent>.{1,60}) Session (?P<id>[0-9A-Za-z-]{8,64}) "
    r"\(\d{4}-\d\d-\d\d[ _]\d\d[:-]\d\d(?:[:-]\d\d)?Z\) -->\s*\Z"
)
SPEAKER: Final = re.compile(
    r"_\*\*(?P<who>User|Agent|Assistant)(?P<side> - sidechain)?"
    r"(?: \((?!sidechain\))(?:(?P<model>[^()\n]{1,80}?)(?: |(?=\))))??"
    r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?Z)?\))?"
    r"(?P<late_side> \(sidechain\))?\*\*_\s*\Z"
)
TOOL: Final = re.compile(r'<tool-use data-tool-type="([^"]*)" data-tool-name="([^"]*)">')
TOOL_END: Final = "</tool-use>"
THOUGHT: Final = re.compile(r"<think>(?:<details>)?(?:<summary>[^<]*</summary>)?")
THOUGHT_END: Final = re.compile(r"(?:</details>)?</think>\s*\Z")
INTERRUPTION: Final = "[Request interrupted by user"
_INJECTED: Final = (
    "<command-name>",
    "<command-message>",
    "<local-command-",
    "<bash-input>",
    "<bash-stdout>",
    "<system-reminder>",
    "<task-notification>",
    "Caveat: The messages below",
    "Base directory for this skill: ",
    "This session is being continued from a previous conversation",
)
_SUMMARY: Final = re.compile(r"\s*(?:<details>)?<summary>Tool use: \*\*[^*\n]*\*\*(.*?)</summary>")
_FENCE: Final = re.compile(r"```(\w*)\s*\Z")
_RESULT_FENCES: Final = frozenset({"", "text"})
_FORMER_KINDS: Final = {"bash": "shell", "grep": "search"}
"""What Markdown of version 2.0.0 calls kinds of tools that others call so."""
_CODE: Final = re.compile(r"`([^`]+)`")
_NAMED: Final = re.compile(r"(\w{1,40}):? `([^`]*)`")
_INPUT: Final = re.compile(r"- (\w{1,40}): (.*)")
_FILE: Final = re.compile(r"(?:Read|Edit|Write|Create)(?: file)?: (.+)")
_WRITTEN: Final = re.compile(
    r"(?:The file (.+?) has been (?:updated|created)|File created successfully at: (.+))"
)
_ENTRY: Final = re.compile(r"- \[(.)\] (?:[\U0001f321\U0001f525\u2744]\ufe0f? )?(.+)")
_CHECKS: Final[dict[str, TodoStatus]] = {
    " ": "pending",
    "x": "completed",
    "X": "completed",
    "\u26a1": "in_progress",
    "~": "in_progress",
    "-": "cancelled",
}
_REJECTION: Final = "The user doesn't want to proceed with this tool use"
_FEEDBACK: Final = "the user said:\n"
_FAILURE: Final = "<tool_use_error>"
_EXIT_CODE: Final = re.compile(
    r"(?:Error: )?Exit code:? (\d{1,9})\b|(?s:.{0,300}?)^Process exited with code (\d{1,9})\b",
    re.MULTILINE,
)
_SAYS_FAILURES: Final = frozenset({"claude-code"})
"""Agents whose results tell by their own words whenever a call failed."""
_IN_TERMINALS: Final = _SAYS_FAILURES | {"codex", "gemini-cli"}
"""Agents that SpecStory's program saves; the others are saved by its extension for editors."""
_ESCAPED: Final = re.compile(r"&(lt|gt|amp|quot|#96|#39);")
_UNESCAPED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "#96": "`", "#39": "'"}


class Tool(NamedTuple):
    """One call, and what was shown of its result."""

    call: ToolCall
    result: ToolResult | None
    todos: tuple[Todo, ...]


class _Body(NamedTuple):
    told: list[str]
    """Lines outside of fences."""
    given: tuple[str, str] | None
    """What was handed in within a fence, and its language."""
    result: str | None


def is_injected(said: str) -> bool:
    """Tell whether no person typed what stands under their name."""
    return said.startswith(_INJECTED)


def is_summary(said: str) -> bool:
    """Tell whether a text stands for all that was said before."""
    return said.startswith(_INJECTED[-1])


def model_of(said: str | None) -> str | None:
    """Return the model that the line above a block names; Cursor's tells a mode beside it."""
    if said is None or not said.startswith(("model ", "mode ")):
        return said
    named = said.partition(", mode ")[0]
    is_known = named.startswith("model ") and named != "model default"
    return named.removeprefix("model ") if is_known else None


def read_tool(name: str, kind: str, lines: list[str], call_id: str, agent: str) -> Tool:
    """Return the call that a block shows; `kind` is what SpecStory takes the tool for."""
    kind, is_by_editor = _FORMER_KINDS.get(kind, kind), agent not in _IN_TERMINALS
    if is_by_editor and kind != "task" and (labelled := read_labelled(lines)) is not None:
        return _of_labels(name, labelled, call_id)
    body = _taken_apart(lines)
    if is_by_editor:
        body = _as_it_was(kind, body, is_over=not is_unfinished(lines))
    todos = tuple(_todo(found) for line in body.told if (found := _ENTRY.match(line.rstrip())))
    arguments = _arguments(kind, body)
    if todos:
        arguments["todos"] = [{"content": todo.text, "status": todo.status} for todo in todos]
    call = ToolCall(id=call_id, name=name, arguments=arguments)
    result = None if body.result is None else _result(call_id, body.result, agent)
    return Tool(call, result, todos if name.lower().startswith("todo") else ())


def _of_labels(name: str, labelled: Labelled, call_id: str) -> Tool:
    call = ToolCall(id=call_id, name=name, arguments=_unescaped_all(labelled.arguments))
    if labelled.result is None:
        return Tool(call, None, ())
    code = labelled.exit_code
    is_bad = bool(code) or labelled.has_failed
    status: ResultStatus = "error" if is_bad else "unknown" if code is None else "ok"
    content = unescaped(labelled.result)
    result = ToolResult(call_id=call_id, content=content, status=status, exit_code=code)
    return Tool(call, result, ())


def _unescaped_all(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        key: unescaped(value) if isinstance(value, str) else value
        for key, value in arguments.items()
    }


def unescaped(text: str) -> str:
    """Return a text without the escapes of HTML that the extension for editors writes.

    Not all versions do. One that does leaves none of the characters behind that it escapes.
    """
    if "&" not in text or any(map(text.__contains__, "<>`")):
        return text
    return _ESCAPED.sub(lambda found: _UNESCAPED[found[1]], text)


def _as_it_was(kind: str, body: _Body, *, is_over: bool) -> _Body:
    """Return a block as the extension for editors was given it.

    It shows no result of a change, but only changes that were made or are just being made.
    """
    given, result = body.given, body.result
    if given is not None and given[1] == "diff":
        given = (unescaped(given[0]), given[1])
    if result is None and is_over and kind == "write" and _names_change(body):
        result = ""
    return body._replace(given=given, result=None if result is None else unescaped(result))


def _names_change(body: _Body) -> bool:
    return body.given is not None or any(_FILE.match(_shown(line)) for line in body.told)


def _taken_apart(lines: list[str]) -> _Body:
    """Return the parts of a block; the last fence is the result, if it may be one."""
    told: list[str] = []
    given: tuple[str, str] | None = None
    closing, at = _last_closing(lines), 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence is None:
            told.append(lines[at])
            at += 1
            continue
        last = closing if closing > at else len(lines)  # a result may hold fences itself
        if fence[1] in _RESULT_FENCES:
            return _Body(told, given, "\n".join(lines[at + 1 : last]))
        end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == "```"), last)
        given = ("\n".join(lines[at + 1 : end]), fence[1])
        at = end + 1
    return _Body(told, given, None)


def _last_closing(lines: list[str]) -> int:
    """Return where the last line stands that may end a fence; -1 where none does."""
    places = range(len(lines) - 1, -1, -1)
    return next((at for at in places if lines[at].rstrip() == "```"), -1)


def _arguments(kind: str, body: _Body) -> dict[str, Any]:
    found: dict[str, Any] = {}
    texts: list[str] = []
    for line in body.told:
        shown = _shown(line)
        if given := _INPUT.match(line):
            found[given[1]] = given[2].strip("` ")
        elif file := _FILE.match(shown):
            found["file_path"] = file[1].strip("` ")
        elif kind == "search" and (pairs := _NAMED.findall(shown)):
            found.update(pairs)
        elif (code := _CODE.fullmatch(shown)) is not None:
            found["command" if kind == "shell" else "file_path"] = code[1]
        elif shown and not shown.startswith(("**", "<", "- [")):
            texts.append(shown)
    if body.given is not None:
        key = {"shell": "command"}.get(kind, "diff" if body.given[1] == "diff" else "content")
        found[key] = body.given[0]
    written = _WRITTEN.match(body.result or "") if kind == "write" else None
    if written is not None:
        found.setdefault("file_path", written[1] or written[2])
    if texts:
        found.setdefault("description", "\n".join(texts))
    return found


def _shown(line: str) -> str:
    summary = _SUMMARY.match(line)
    return (summary[1] if summary else line).strip(" \u2022\t")


def _todo(found: re.Match[str]) -> Todo:
    return Todo(text=found[2], status=_CHECKS.get(found[1], "unknown"))


def _result(call_id: str, content: str, agent: str) -> ToolResult:
    code = _EXIT_CODE.match(content)
    exit_code = int(code[1] or code[2]) if code else None
    status = _status(content, exit_code, agent)
    said = content.partition(_FEEDBACK)[2].strip() if status == "rejected" else ""
    return ToolResult(
        call_id=call_id,
        content=content,
        status=status,
        exit_code=exit_code,
        feedback=said or None,
    )


def _status(content: str, exit_code: int | None, agent: str) -> ResultStatus:
    if content.startswith(_REJECTION):
        return "rejected"
    if content.startswith(INTERRUPTION):
        return "interrupted"
    if exit_code or content.startswith(_FAILURE):
        return "error"
    return "ok" if exit_code == 0 or agent in _SAYS_FAILURES else "unknown"
