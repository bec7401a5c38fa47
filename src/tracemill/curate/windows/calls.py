"""What the calls of two sides run: whether one is another way of the other, or the same again.

Commands go by their programs, and by the verb of a program that does many things. What a call is
said to be for changes nothing of it, and neither does to wait before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tracemill.base.ids import digest
from tracemill.base.shells import told_to_run
from tracemill.curate.windows.families import family_of
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import Message, PreferenceExample
from tracemill.records.sessions.trajectory import ToolCall

_PROGRAM: Final = re.compile(
    r"(?:^|[;&|(\n])[ \t]*(?:\w+=\S+\s+)*([a-zA-Z_.~/][\w./-]*)([^;&|()\n]*)"
)
_WORD: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|\S)+")
_VERB: Final = re.compile(r"[a-z][\w:-]*")
_VALUED: Final[Mapping[str, frozenset[str]]] = {
    program: frozenset(options.split())
    for program, options in {
        "git": "-C -c --git-dir --work-tree --namespace --config-env",
        "gh": "-R --repo",
        "npm": "-C --prefix -w --workspace",
        "pnpm": "-C --dir -F --filter",
        "yarn": "--cwd",
        "bun": "--cwd -c --config",
        "docker": "-H --host -c --context -l --log-level --config",
        "kubectl": "-n --namespace --context --kubeconfig --cluster --user -s --server",
        "cargo": "-C --color --config -Z",
        "go": "-C",
        "uv": "--directory --project --config-file --color",
        "pip": "--python --proxy --log --cache-dir",
        "make": "-C --directory -f --file --makefile -I --include-dir -o -W",
    }.items()
}
"""Programs that do many things, each with the options that a word of their own follows, where they
stand before the verb."""
_BESIDE: Final = frozenset({"cd", "echo", "export", "head", "sleep", "tail", "wc"})
"""Programs that stand beside what a command is about."""
_WAITING: Final = re.compile(r"(?:^|(?<=[;&\n]))[ \t]*sleep [\d.]+[smh]?\s*(?:&&|;)\s*")
_COMMANDS: Final = ("command", "cmd")
_TOKEN: Final = re.compile(r"[^\s\"'`,;(){}\[\]\\]+")
"""What a call is made of: a word, an option, a path, a key with its value."""
_TOLD: Final = frozenset({"description", "justification", "explanation"})
"""Arguments that say what a call is for."""


def ways(calls: Iterable[ToolCall]) -> set[str]:
    """Return what calls are for, of commands what they run.

    To look something up is no other way of an edit, nor `git status` one of `git commit`.
    """
    found: set[str] = set()
    for call in calls:
        line = _line(call.arguments)
        if family_of(call.name) == "run" and line is not None:
            found |= {_with_verb(name, rest) for name, rest in _PROGRAM.findall(line)} - _BESIDE
        else:
            found.add(family_of(call.name))
    return found


def _with_verb(program: str, rest: str) -> str:
    """Return a program with its verb, where it does many things and the verb is told."""
    valued = _VALUED.get(program)
    words = () if valued is None else (found[0] for found in _WORD.finditer(rest))
    is_value = False
    for word in words:
        is_beside = is_value or word[0] in "-+" or "=" in word or word.isdigit()
        is_value = not is_value and valued is not None and word in valued
        if not is_beside:
            verb = _VERB.match(word)
            return program if verb is None else f"{program} {verb[0]}"
    return program


def said(message: Message) -> object:
    """Return what tells a side from another: its words, and its calls without what they are for."""
    return message.content.strip(), [_plain(call["function"]) for call in message.tool_calls]


def sides_key(example: PreferenceExample) -> str:
    """Return what pairs share that hold one mistake and one cure, wherever they were made."""
    sides = [[said(message) for message in side] for side in (example.chosen, example.rejected)]
    return digest(canonical_json([example.builder, sides]))


def habit_key(example: PreferenceExample) -> str:
    """Return what pairs share of which the better side differs from the worse by the same words.

    Where one person's tools are called in the same wrong way each day, the calls differ, and what
    makes them right does not.
    """
    better, worse = (_words(side) for side in (example.chosen, example.rejected))
    if better == worse:
        return sides_key(example)
    tools = [call["function"]["name"] for message in example.chosen for call in message.tool_calls]
    return digest(
        canonical_json([example.builder, tools, sorted(better - worse), sorted(worse - better)])
    )


def _words(side: Iterable[Message]) -> set[str]:
    return set(_TOKEN.findall(canonical_json([said(message) for message in side]).decode()))


def _plain(function: Mapping[str, Any]) -> object:
    arguments = function["arguments"]
    if not isinstance(arguments, Mapping):
        return function["name"], arguments
    plain = {key: value for key, value in arguments.items() if key not in _TOLD}
    for key in _COMMANDS:
        if isinstance(command := plain.get(key), str):
            plain[key] = _WAITING.sub("", command).strip()
    return function["name"], plain


def _line(arguments: Mapping[str, Any]) -> str | None:
    """Return the line that a call runs, whether it is one text or words."""
    command = next((arguments[key] for key in _COMMANDS if arguments.get(key)), None)
    if isinstance(command, str):
        return command
    if isinstance(command, list) and all(isinstance(word, str) for word in command):
        return told_to_run(command) or " ".join(command)
    return None
