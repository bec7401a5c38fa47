"""Python that a tool call runs: as an argument, in a command of the shell, as a here-document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.label.calls.shell import heredocs_with_lines
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.trajectory import ToolCall

_ARGUMENTS: Final = ("code", "python", "python_code")
_PYTHON: Final = r"(?<![\w/.-])(?:[\w./~-]{0,200}/)?i?python[\d.]{0,5}"
_OPTIONS: Final = r"(?:[ \t]+-[a-zA-Z]+){0,5}"
_COMMAND: Final = re.compile(
    rf"""{_PYTHON}{_OPTIONS}[ \t]+-[a-zA-Z]*c[ \t]*(?:'([^']*)'|"((?:[^"\\]++|\\.)*+)")""",
    re.DOTALL,
)
_READS_HERE: Final = re.compile(rf"{_PYTHON}{_OPTIONS}(?:[ \t]+-)?[ \t]*\Z")
_ESCAPED: Final = re.compile(r'\\(["\\$`])')
_MAGIC: Final = re.compile(r"^([ \t]*)[%!][^\n]*", re.MULTILINE)
"""Lines of notebooks that are no Python and run all the same."""
_MAX_COMMAND: Final = 200_000


def run_code(call: ToolCall) -> Iterator[str]:
    """Yield each piece of Python that a call runs, in order."""
    if plain_name(call.name) in SHELLS:
        yield from _run_by_shell((command_of(call.arguments) or "")[:_MAX_COMMAND])
        return
    language = call.arguments.get("language")
    if isinstance(language, str) and not language.lower().startswith("py"):
        return
    for name in _ARGUMENTS:
        code = call.arguments.get(name)
        if isinstance(code, str):
            yield _MAGIC.sub(r"\1pass", code).strip()


def _run_by_shell(command: str) -> Iterator[str]:
    if "python" not in command:
        return
    for match in _COMMAND.finditer(command):
        yield match[1] if match[1] is not None else _ESCAPED.sub(r"\1", match[2])
    for line, held in heredocs_with_lines(command):
        if _READS_HERE.search(line):
            yield held
