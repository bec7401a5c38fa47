"""Python that a command line is given in place: behind `-c`, or as a here-document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.label.calls.shell import heredocs_with_lines

_PYTHON: Final = r"(?<![\w/.-])(?:[\w./~-]{0,200}/)?i?python[\d.]{0,5}"
_OPTIONS: Final = r"(?:[ \t]+-[a-zA-Z]+){0,5}"
_COMMAND: Final = re.compile(
    rf"""{_PYTHON}{_OPTIONS}[ \t]+-[a-zA-Z]*c[ \t]*(?:'([^']*)'|"((?:[^"\\]++|\\.)*+)")""",
    re.DOTALL,
)
_READS_HERE: Final = re.compile(rf"{_PYTHON}{_OPTIONS}(?:[ \t]+-)?[ \t]*\Z")
_ESCAPED: Final = re.compile(r'\\(["\\$`])')
_MAX_COMMAND: Final = 200_000


def code_in_shell(command: str) -> Iterator[str]:
    """Yield each piece of Python that a command line runs in place."""
    if "python" not in command:
        return
    command = command[:_MAX_COMMAND]
    for match in _COMMAND.finditer(command):
        yield match[1] if match[1] is not None else _ESCAPED.sub(r"\1", match[2])
    for line, held in heredocs_with_lines(command):
        if _READS_HERE.search(line):
            yield held
