"""Calls as SpecStory's older files show them: sections between rules, with nothing that names them.

A section that is no more than a command, a change, a file's name or a list of what was found is
a call. Nothing names its tool, so it is called by its kind, and `unknown` where only its end is
shown. A section that begins with words of its own is what the agent said.
"""

from __future__ import annotations

import re
from typing import Any, Final

from tracemill.records.trajectory import ResultStatus, ToolCall, ToolResult
from tracemill.sources.specstory_md.content import Tool

RULE: Final = "---"
"""What stands between two sections."""
GOES_ON: Final = "_****_"
"""What stands in the oldest files above each further section of the agent."""
TITLE: Final = re.compile(r"##? (?P<title>\S.{0,2000}?) \((?P<at>\d[^()]{5,40})\)\s*\Z")
FENCE: Final = "```"

_COMMAND: Final = f"{FENCE}bash\n"
_CHANGE: Final = f"{FENCE}diff"
_BESIDE_CHANGE: Final = re.compile(r"\s*(?:Lines added: .*|\*\*Chunk \d+\*\*)?\s*\Z")
_FILE: Final = re.compile(r"Read file: (.+)")
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


def read_section(said: str, call_id: str) -> Tool | None:
    """Return the call that a section shows, or None where the agent speaks in it."""
    if said.startswith(_COMMAND):
        return _command(said, call_id)
    if said.startswith(_CHANGE):
        return _change(said, call_id)
    if said.startswith("<details>"):
        return _found(said, call_id)
    return _read(said, call_id) or _not_ended(said, call_id)


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
    content = printed[len(FENCE) : -len(FENCE)].strip("\n") if printed else None
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
    return _tool(call_id, "edit", {"diff": "\n".join(shown)})


def _read(said: str, call_id: str) -> Tool | None:
    """Read which file was read, or which of the person's rules, whose text is shown."""
    if guide := _GUIDE.match(said):
        return _tool(call_id, "read", {"rule": guide[1].strip()}, said[guide.end() :].strip())
    if (file := _FILE.fullmatch(said)) is None:
        return None
    return _tool(call_id, "read", {} if file[1] == "undefined" else {"file_path": file[1]})


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
    for name, form in _FOUND:
        if given := form.match(summary):
            shown = {key: value for key, value in given.groupdict().items() if value is not None}
            return _tool(call_id, name, shown, table)
    return _tool(call_id, _UNKNOWN, {"description": summary}, table)
