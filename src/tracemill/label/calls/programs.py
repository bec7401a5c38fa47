"""Which program a command line runs last, as far as what it prints says how the work stands.

An interpreter that is given a script runs what the script holds, and so does Python that is given
code in place, unless that code only looks at files or writes them. Behind it may stand what lets
the end of its output through. What a project names for itself, as for npm, may never end.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tracemill.label.calls.code_in_place import code_in_shell
from tracemill.label.calls.shell import CommandLine, Part, clip

_NAMES: Final = r"(?:python|node|ruby|php|perl|Rscript|julia|lua)"
_INTERPRETER: Final = re.compile(rf"{_NAMES}(?:\d(?:\.\d+)?)?\Z")
_SHELLS: Final = frozenset({"bash", "sh", "zsh"})
_SCRIPT: Final = re.compile(r"[\w./~-]+\.\w{1,4}\Z")
_RUNS: Final = re.compile(
    rf"\b{_NAMES}[\d.]* +(?:[\w./~-]+\.\w|-)|\b{_NAMES}[\d.]* *<<|\b(?:bash|z?sh) +[\w./~-]+\.\w"
)
_SAYS: Final = frozenset({"echo", "printf"})
_PASSES_END: Final = frozenset({"tail", "tee", "cat", "head"})
"""Commands behind a pipe that let the end of what is printed through."""
_N_LINES: Final = re.compile(r"-(?:n ?|-lines=)?(\d+)$")
_LOOKS: Final = re.compile(r"\bread_text\(|\.read\(|\breadlines\b|\bopen\(|\bos\.walk\(|\bglob\(")
_WRITES: Final = re.compile(
    r"\bwrite|\.save\(|\bdump\(|\bto_(?:csv|excel|json|parquet)\(|\bshutil\.|\bmkdir|\brename\("
    r"|\bunlink\(|\bos\.re(?:move|place)\(|\bsubprocess\b|\bos\.system\("
)
_PARSES: Final = re.compile(r"\b(?:json|tomllib|toml|yaml|ast|ET)\.(?:safe_)?(?:loads?|parse)\b")
_MAX_CODE: Final = 1_000


class Program(NamedTuple):
    """A program that a command line runs."""

    words: tuple[str, ...]
    """What tells it from others: its words, or its interpreter and code."""
    is_in_place: bool = False
    """Whether its code was given in place."""
    n_lines: int | None = None
    """How many lines of its output are let through at most; None where the end always is."""


def may_run(command: str) -> bool:
    """Tell at little cost whether a command line could run a program."""
    return _RUNS.search(command) is not None


def program_of(command: str, line: CommandLine) -> Program | None:
    """Return the program that a command line runs last, or None."""
    place = _last_pipeline(line)
    if place is None:
        return None
    part, n_lines = line.parts[place], _let_through(line.parts[place + 1 :])
    words = part.bare
    name = words[0].rsplit("/", 1)[-1] if words else ""
    if part.after == "&":
        return None
    if len(words) > 1 and _SCRIPT.match(words[1]) and (name in _SHELLS or _INTERPRETER.match(name)):
        return Program(words, n_lines=n_lines)
    is_piped = place > 0 and line.parts[place - 1].after == "|"
    if is_piped or not _INTERPRETER.match(name):
        return None
    code = next(code_in_shell(command), None)
    if code is None or not _does(code):
        return None
    return Program((name, clip(code, _MAX_CODE, _MAX_CODE)), is_in_place=True, n_lines=n_lines)


def hides_end(program: Program, text: str) -> bool:
    """Tell whether a pipe may have hidden the end of what a program printed."""
    return program.n_lines is not None and text.count("\n") + 1 >= program.n_lines


def _last_pipeline(line: CommandLine) -> int | None:
    """Return the place of the last command, what only passes its output on left aside."""
    place = len(line.parts) - 1
    while place > 0 and _follows_success(line, place):
        place -= 1
    while place > 0 and line.parts[place - 1].after == "|":
        if line.parts[place].words[0] not in _PASSES_END:
            return place
        place -= 1
    return place if place >= 0 else None


def _follows_success(line: CommandLine, place: int) -> bool:
    """Tell whether a command only says something where the one before it ended well."""
    return line.parts[place - 1].after == "&&" and line.parts[place].words[0] in _SAYS


def _let_through(filters: tuple[Part, ...]) -> int | None:
    heads = [part.bare for part in filters if part.bare[:1] == ("head",)]
    counts = (_N_LINES.match(" ".join(words[1:])) for words in heads)
    return min((int(found[1]) if found else 10 for found in counts), default=None)


def _does(code: str) -> bool:
    """Tell whether code does something else than to look at files, or to write them."""
    return not _WRITES.search(code) and (not _LOOKS.search(code) or bool(_PARSES.search(code)))
