"""What a tool call does, in a word or two: the tool, or the command that a shell runs.

A shell within a shell goes by what it was told to run, and a shell's script by its own name.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from tracemill.base.shells import SHELL_NAMES
from tracemill.label.calls.commands import commands_of
from tracemill.label.calls.shell import parse
from tracemill.label.calls.shell_calls import SHELLS, command_of
from tracemill.label.calls.tool_names import plain_name
from tracemill.records.sessions.trajectory import ToolCall

_WITH_VERB: Final = frozenset(
    {"apt", "apt-get", "aws", "brew", "bun", "bundle", "cargo", "deno", "docker", "dotnet", "gh"}
    | {"git", "go", "gradle", "just", "kubectl", "make", "mise", "mvn", "npm", "php", "pip"}
    | {"pnpm", "poetry", "rails", "swift", "task", "terraform", "uv", "yarn"}
)
"""Programs of which the first word says little."""
_PASSING: Final = frozenset(
    {"[", "cd", "echo", "export", "printf", "pwd", "set", "sleep", "source", "test", "true"}
)
"""Commands that only go along with others."""
_WITH_VALUE: Final = frozenset({"-C", "-f", "-n", "--cwd", "--dir", "--namespace", "--prefix"})
"""Options behind which a folder, a file or a name stands, and no verb."""
_VERB: Final = re.compile(r"[a-z][\w:.-]{1,30}")
_MAX_SHOWN: Final = 60


def action_of(call: ToolCall) -> str:
    """Return what a call does, as `Read` or `git status`."""
    command = command_of(call.arguments) if plain_name(call.name) in SHELLS else None
    found = () if command is None else commands_of(parse(command))
    parts = [part.bare for part in found if part.bare]
    if not parts:
        return call.name[:_MAX_SHOWN]
    telling = (part for part in parts if part[0] not in _PASSING and not part[0].startswith("#"))
    words = next(telling, parts[0])
    program = _name(words) or call.name
    given = (word for before, word in pairwise(words) if before not in _WITH_VALUE)
    verb = next(filter(_VERB.fullmatch, given), None) if program in _WITH_VERB else None
    return (program if verb is None else f"{program} {verb}")[:_MAX_SHOWN]


def _name(words: tuple[str, ...]) -> str:
    """Return the name of a program, or of the script that a shell reads."""
    name = words[0].rsplit("/", 1)[-1] or words[0]
    if name not in SHELL_NAMES:
        return name
    script = next((word for word in words[1:] if not word.startswith("-")), name)
    return script.rsplit("/", 1)[-1] or name
