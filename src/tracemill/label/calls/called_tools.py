"""What the calls of a session call, beyond their names: at which level, and in which version.

A tool that was there before is `fixed`. Where the model writes code and runs it at once, the code
calls. A program that the model wrote earlier in the session and then runs is a tool of its own
making. Versions are those that programs print of themselves: a result tells the version of its own
call, and of the calls of the same program behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.label.calls.action import action_of
from tracemill.label.calls.edits import patched
from tracemill.label.calls.run_code import run_code
from tracemill.label.calls.shell import Part, parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.shown_versions import is_asked_for_version, shown_versions
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.edit_calls import PATH_ARGUMENTS
from tracemill.records.sessions.shown_tools import ShownTool
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolLevel

_WRITERS: Final = frozenset(
    {"write", "write_file", "create_file", "create", "write_to_file", "createfile"}
)
"""Tools that write whole files; an edit makes no tool of what was there before."""
_CREATING: Final = frozenset({"str_replace_editor", "str_replace_based_edit_tool"})
_PATCHES: Final = ("input", "patch", "patchText", "command")
_ADDS: Final = "*** Add File: "
_CODE_TOOL: Final = re.compile(r"code|python|jupyter|repl")
_PROGRAM: Final = re.compile(
    r"(?:python|node|ruby|deno|bun|perl|php|tsx|ts-node|bash|sh|zsh|pwsh|Rscript|lua)[\d.]{0,5}"
)
"""What runs a file that it is given."""
_RUNS: Final = frozenset({"run", "exec"})
"""Words of these programs before the file."""
_SCRIPT: Final = re.compile(
    r"\.(?:py|pyw|sh|bash|zsh|js|mjs|cjs|ts|mts|cts|tsx|rb|pl|php|ps1|lua|R|r)\Z"
)
_TO_FILE: Final = re.compile(r"(?<![<>&\d])>{1,2}[ \t]{0,4}([\w./~+@-]{1,200}\.[A-Za-z]\w{0,4})")
_MAX_WRITTEN: Final = 2_000
"""Programs of one session that are remembered."""


class CalledTools:
    """Follows the calls of one session, which come in their order."""

    def __init__(self) -> None:
        self._written: dict[str, list[str]] = {}
        """Programs that the session wrote, as paths by their last part."""
        self._n_written = 0
        self._versions: dict[str, str] = {}
        """Versions by program, as they were shown last."""

    def level(self, call: ToolCall) -> ToolLevel | None:
        """Return what a call calls; None where nothing is kept of what it was called with.

        What it writes is a tool of the model's making for the calls behind it.
        """
        name = plain_name(call.name)
        found: ToolLevel | None = "fixed"
        if name in SHELLS:
            found = self._of_command(call)
        elif next(run_code(call), None) is not None:
            found = "code"
        elif not call.arguments and _CODE_TOOL.search(name):
            found = None
        else:
            self._remember(_written_by_tool(name, call))
        return found if call.tool_level == "fixed" else call.tool_level

    def _of_command(self, call: ToolCall) -> ToolLevel | None:
        command = command_of(call.arguments)
        if command is None:
            return None
        found: ToolLevel = "fixed"
        if any(name in command for name in self._written):
            parts = parse(command).parts
            found = "generated" if any(map(self._runs_written, parts)) else "fixed"
        if found == "fixed" and next(run_code(call), None) is not None:
            found = "code"
        if ">" in command:
            self._remember(match[1] for match in _TO_FILE.finditer(command))
        return found

    def _remember(self, paths: Iterable[str]) -> None:
        for path in paths:
            if self._n_written < _MAX_WRITTEN and _SCRIPT.search(path):
                self._written.setdefault(_last(path), []).append(_plain(path))
                self._n_written += 1

    def _runs_written(self, part: Part) -> bool:
        script = _script_of(part)
        if script is None:
            return False
        run = _plain(script)
        return any(
            run == path or path.endswith(f"/{run}") or run.endswith(f"/{path}")
            for path in self._written.get(_last(script), ())
        )

    def hear(self, call: ToolCall, action: str, shown: str) -> None:
        """Take the versions that the result of a call shows."""
        if plain_name(call.name) in SHELLS:
            command = command_of(call.arguments) or ""
            is_asked = is_asked_for_version(command)
            self._versions.update(shown_versions(action, shown, is_asked=is_asked))

    def version(self, call: ToolCall, action: str) -> str | None:
        """Return the version of what a call calls, as far as it is known by now."""
        if call.tool_version is not None:
            return call.tool_version
        if plain_name(call.name) not in SHELLS:
            return None
        return self._versions.get(action.partition(" ")[0])


def called_tools(steps: Iterable[Step]) -> dict[str, ShownTool]:
    """Return what a session shows of the tools that were called, by the ids of the calls."""
    tools = CalledTools()
    calls: dict[str, ToolCall] = {}
    found: dict[str, ShownTool] = {}
    for step in steps:
        for call in step.calls:
            calls[call.id] = call
            version = tools.version(call, action_of(call))
            found[call.id] = ShownTool(level=tools.level(call), version=version)
        for result in step.results:
            made = calls.get(result.call_id)
            if made is not None:
                action = action_of(made)
                tools.hear(made, action, result.content)
                level = found[made.id].level
                found[made.id] = ShownTool(level=level, version=tools.version(made, action))
    return found


def _script_of(part: Part) -> str | None:
    """Return the file that a command runs: by itself, or by the program that reads it."""
    words = part.bare
    if not words:
        return None
    if _PROGRAM.fullmatch(_last(words[0])) is None:
        return words[0] if "/" in words[0] or _SCRIPT.search(words[0]) else None
    given = (word for word in words[1:] if not word.startswith("-") and word not in _RUNS)
    script = next(given, None)
    return script if script is not None and _SCRIPT.search(script) else None


def _written_by_tool(name: str, call: ToolCall) -> Iterator[str]:
    """Yield the files that a call writes as a whole."""
    arguments = call.arguments
    if name in _WRITERS or (name in _CREATING and arguments.get("command") == "create"):
        named = (arguments.get(key) for key in PATH_ARGUMENTS)
        yield from (path for path in named if isinstance(path, str))
    for key in _PATCHES:
        text = arguments.get(key)
        if isinstance(text, str) and _ADDS in text:
            changed = set(patched(text.replace(_ADDS, "")))
            yield from (path for path in patched(text) if path not in changed)


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _plain(path: str) -> str:
    """Return a path without what only says that it begins here."""
    return path.removeprefix("./").lstrip("/")
