"""Python that a tool call runs: as an argument, in a command of the shell, as a here-document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.label.calls.code_in_place import code_in_shell
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.trajectory import ToolCall

_ARGUMENTS: Final = ("code", "python", "python_code")
_MAGIC: Final = re.compile(r"^([ \t]*)[%!][^\n]*", re.MULTILINE)
"""Lines of notebooks that are no Python and run all the same."""


def run_code(call: ToolCall) -> Iterator[str]:
    """Yield each piece of Python that a call runs, in order."""
    if plain_name(call.name) in SHELLS:
        yield from code_in_shell(command_of(call.arguments) or "")
        return
    language = call.arguments.get("language")
    if isinstance(language, str) and not language.lower().startswith("py"):
        return
    for name in _ARGUMENTS:
        code = call.arguments.get(name)
        if isinstance(code, str):
            yield _MAGIC.sub(r"\1pass", code).strip()
