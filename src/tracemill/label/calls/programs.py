"""Which program a command line runs last, as far as what it prints says how the work stands.

An interpreter that is given a script runs what the script holds, and so does Python that is given
code in place, unless that code only looks at files or writes them. Code in place and scripts of a
shell say how the work stands only where they use, or are, what was edited: a line of Python may as
well ask for its version. Behind it may stand what lets the end of its output through. What a
project names for itself, as for npm, may never end.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
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
_RUN_MARKS: Final = (
    "python", "node", "ruby", "php", "perl", "Rscript", "julia", "lua", "sh ",
)  # fmt: skip
"""Texts of which every command line that runs a program holds one."""
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
_IMPORTS: Final = re.compile(
    r"(?:^|;)[ \t]*(?:from[ \t]+(?P<package>[\w.]+)[ \t]+)?"
    r"import[ \t]*(?P<names>\([^()]*\)|[\w., \t*]+)",
    re.MULTILINE,
)
_IMPORTED: Final = re.compile(r"import_module\(\s*['\"](?P<name>[\w.]+)['\"]")
_NAMED: Final = re.compile(r"['\"]([\w./\\~@+-]*\w\.\w{1,10})['\"]")
_HERE: Final = re.compile(r"(?:(?:~|\.{1,2}|[A-Za-z]:)?/)+")
_MODULE: Final = re.compile(r"(?:/__init__)?\.pyx?\Z")
_MAX_CODE: Final = 1_000


class Program(NamedTuple):
    """A program that a command line runs."""

    words: tuple[str, ...]
    """What tells it from others: its words, or its interpreter and code."""
    n_lines: int | None = None
    """How many lines of its output are let through at most; None where the end always is."""
    uses: frozenset[str] | None = None
    """The files and modules of which one has to be edited; None where it shows more than they."""


def may_run(command: str) -> bool:
    """Tell at little cost whether a command line could run a program."""
    return any(map(command.__contains__, _RUN_MARKS)) and _RUNS.search(command) is not None


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
        script = frozenset({_plain(words[1])}) if name in _SHELLS else None
        return Program(words, n_lines=n_lines, uses=script)
    is_piped = place > 0 and line.parts[place - 1].after == "|"
    if is_piped or not _INTERPRETER.match(name):
        return None
    code = next(code_in_shell(command), None)
    if code is None or not _does(code):
        return None
    code = clip(code, _MAX_CODE, _MAX_CODE)
    return Program((name, code), n_lines=n_lines, uses=frozenset(_used(code)))


def is_about(program: Program, edited: Iterable[str]) -> bool:
    """Tell whether a program uses one of the files that were edited, where it has to."""
    if program.uses is None:
        return True
    known = {name for path in map(_plain, edited) for name in (path, _MODULE.sub("", path))}
    return any(_is_end(one, other) for one in known for other in program.uses)


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


def _used(code: str) -> Iterator[str]:
    """Yield the modules that code imports, as paths without endings, and the files it names."""
    for found in _IMPORTS.finditer(code):
        package = found["package"]
        names = [name.split()[0] for name in found["names"].strip("()").split(",") if name.strip()]
        modules = names if package is None else [package, *(f"{package}.{name}" for name in names)]
        yield from (name.replace(".", "/") for name in modules if _is_of_work(name))
    yield from (found["name"].replace(".", "/") for found in _IMPORTED.finditer(code))
    yield from map(_plain, _NAMED.findall(code))


def _is_of_work(module: str) -> bool:
    """Tell whether a module is none of Python's own, whose names projects give to files as well."""
    return module.partition(".")[0] not in sys.stdlib_module_names


def _plain(path: str) -> str:
    """Return a path without what says where it begins."""
    path = path.replace("\\", "/")
    found = _HERE.match(path)
    return path[found.end() :] if found else path


def _is_end(one: str, other: str) -> bool:
    """Tell whether one of two paths ends with the other."""
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and f"/{longer}".endswith(f"/{shorter}")
