"""Calls as SpecStory's older files show them: sections of their own, without tags around them.

A section that begins with `Tool use:` names its tool, and tells whether that failed. Another is a
call where it is no more than a command, a change, a file's name or a list of what was found. It
is called by its kind then, and `unknown` where only its end is shown. A section that begins with
words of its own is what the agent said.
"""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from tracemill.records.sessions.trajectory import ResultStatus, ToolCall, ToolResult
from tracemill.sources.specstory_md.content import Tool, read_tool, unescaped

RULE: Final = "---"
"""What stands between two sections."""
GOES_ON: Final = "_****_"
"""What stands in the oldest files above each further section of the agent."""
TITLE: Final = re.compile(r"##? (?P<title>\S.{0,2000}?) \((?P<at>\d[^()]{5,40})\)\s*\Z")
FENCE: Final = "```"

_COMMAND: Final = f"{FENCE}bash\n"
_CHANGE: Final = f"{FENCE}diff"
_BESIDE_CHANGE: Final = re.compile(r"\s*+(?:Lines added: .*|\*\*Chunk \d+\*\*)?\s*\Z")
_FILE: Final = re.compile(r"Read file: (.+)")
_NAMED: Final = re.compile(r"Tool use: \*\*([^*\n]{1,80})\*\*[ \u2022]*")
_TODOS: Final = "**Agent task list:**\n"
_ENDS: Final = ("Result:", "Error:")
_KINDS: Final = {
    **dict.fromkeys(("bash", "run_terminal_cmd", "run_terminal_command"), "shell"),
    **dict.fromkeys(("edit", "multiedit", "write", "notebookedit"), "write"),
    **dict.fromkeys(("grep", "glob"), "search"),
    **dict.fromkeys(("read", "read_file"), "read"),
}
_EDITED: Final = re.compile(r"Edit file: (.+)")
_EDITED_PARTS: Final = re.compile(rf"^(?:\*\*Chunk \d+\*\*|{FENCE}diff)\s*$", re.MULTILINE)
_UNSAID: Final = "undefined"
_GUIDE: Final = re.compile(r"### Rule: ([^\n]+)\n")
_DETAILS: Final = re.compile(r"<details>\s*<summary>([^<]*)</summary>")
_DETAILS_END: Final = "</details>"
_FOUND: Final = (
    ("search", re.compile(r'Searched codebase "(?P<query>.*)"')),
    ("search", re.compile(r'Grep search for "(?P<pattern>.*)"')),
    ("search", re.compile(r'Searched web "(?P<query>.*)"')),
    ("list", re.compile(r"Listed (?:current directory|directory (?P<path>.+?)) \u2022 ")),
)
_FAILED: Final = re.compile(
    r"Tool call timed out after [\w.]+(?: \(([\w ]+)\))?|Error calling tool\.?"
)
_CANCELLED: Final = "Cancelled"
_UNKNOWN: Final = "unknown"


def read_section(said: str, call_id: str, agent: str) -> Tool | None:
    """Return the call that a section shows, or None where the agent speaks in it."""
    if named := _NAMED.match(said):
        return _named(named[1], said[named.end() :], call_id, agent)
    if said.startswith(_TODOS):
        return read_tool("todo", "task", said.split("\n"), call_id, agent)
    if said.startswith(_COMMAND):
        return _command(said, call_id)
    if said.startswith(_CHANGE):
        return _change(said, call_id)
    if said.startswith("<details>"):
        return _found(said, call_id)
    return _read(said, call_id) or _not_ended(said, call_id)


def _named(name: str, shown: str, call_id: str, agent: str) -> Tool:
    """Read a call of a tool that is named: what it was given, and how it ended."""
    if (found := _found(shown.strip(), call_id)) is not None:
        return found._replace(call=msgspec.structs.replace(found.call, name=name))
    lines = shown.split("\n")
    end = next((at for at in range(len(lines)) if _tells_end(lines[at : at + 3])), None)
    has_failed = end is not None and lines.pop(end).startswith("Error")
    tool = read_tool(name, _KINDS.get(name.lower(), _UNKNOWN), lines, call_id, agent)
    if tool.result is None or not has_failed or tool.result.status in {"rejected", "interrupted"}:
        return tool
    return tool._replace(result=msgspec.structs.replace(tool.result, status="error"))


def _tells_end(lines: list[str]) -> bool:
    """Tell whether a line says how a call ended: behind it and a blank one stands what came."""
    return lines[0].rstrip() in _ENDS and [line.rstrip() for line in lines[1:]] == ["", FENCE]


def _tool(
    call_id: str,
    name: str,
    arguments: dict[str, Any],
    content: str | None = None,
    status: ResultStatus = "unknown",
) -> Tool:
    call = ToolCall(id=call_id, name=name, arguments=arguments)
    if content is None:
        return Tool(call, None, ())
    return Tool(call, ToolResult(call_id=call_id, content=content, status=status), ())


def _command(said: str, call_id: str) -> Tool | None:
    """Read a command, and the fence behind it that holds what was printed."""
    command, end, behind = f"{said}\n".removeprefix(_COMMAND).partition(f"\n{FENCE}\n")
    printed = behind.strip()
    if not end or (printed and not _is_fenced(printed)):
        return None
    content = unescaped(printed[len(FENCE) : -len(FENCE)].strip("\n")) if printed else None
    return _tool(call_id, "shell", {"command": command}, content)


def _is_fenced(text: str) -> bool:
    return text.startswith(f"{FENCE}\n") and text.endswith(FENCE) and len(text) > 2 * len(FENCE)


def _change(said: str, call_id: str) -> Tool | None:
    """Read a change of one file, in one or more fences."""
    shown: list[str] = []
    is_inside = False
    for line in said.split("\n"):
        if is_inside and line.rstrip() != FENCE:
            shown.append(line)
        elif is_inside or line.rstrip() == _CHANGE:
            is_inside = not is_inside
        elif not _BESIDE_CHANGE.match(line):
            return None
    return _tool(call_id, "edit", {"diff": unescaped("\n".join(shown))}, "")


def _noted_change(table: str, path: str, call_id: str) -> Tool | None:
    """Read a change of a file that is named, and what the agent noted of it before its parts."""
    first = _EDITED_PARTS.search(table)
    change = None if first is None else _change(table[first.start() :], call_id)
    if first is None or change is None:
        return None
    change.call.arguments["file_path"] = path
    if (note := table[: first.start()].strip()) not in {"", _UNSAID}:
        change.call.arguments["instructions"] = note
    return change


def _read(said: str, call_id: str) -> Tool | None:
    """Read which file was read, or which of the person's rules, whose text is shown."""
    if guide := _GUIDE.match(said):
        return _tool(call_id, "read", {"rule": guide[1].strip()}, said[guide.end() :].strip())
    if (file := _FILE.fullmatch(said)) is None:
        return None
    return _tool(call_id, "read", {} if file[1] == _UNSAID else {"file_path": file[1]})


def _not_ended(said: str, call_id: str) -> Tool | None:
    """Read that a call came to nothing, which is all that is shown of it."""
    if said == _CANCELLED:
        return _tool(call_id, _UNKNOWN, {}, said, "interrupted")
    failed = _FAILED.fullmatch(said)
    return _tool(call_id, failed[1] or _UNKNOWN, {}, said, "error") if failed else None


def _found(said: str, call_id: str) -> Tool | None:
    """Read what was looked for, and the table of what was found."""
    top = _DETAILS.match(said)
    if top is None or not said.endswith(_DETAILS_END):
        return None
    summary, table = top[1].strip(), said[top.end() :].removesuffix(_DETAILS_END).strip()
    if named := _NAMED.match(summary):
        summary = summary[named.end() :]
    edited = _EDITED.match(summary)
    if edited and (change := _noted_change(table, edited[1], call_id)) is not None:
        return change
    for name, form in _FOUND:
        if given := form.match(summary):
            shown = {key: value for key, value in given.groupdict().items() if value is not None}
            return _tool(call_id, name, shown, table)
    return _tool(call_id, _UNKNOWN, {"description": summary}, table)
