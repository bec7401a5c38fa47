"""What a check looks at: all, or the files, folders and tests that it is narrowed to.

A check is narrowed by what it names, by options that pick tests or packages, and by a search in
what it prints for one file or test. It is run in a folder, where the line says in which.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import Final

from tracemill.label.calls.aims import Aim, Narrowed, program_with_verb
from tracemill.label.calls.shell import Part, clip
from tracemill.records.sessions.recoveries import FailureKind

_PICKING: Final = frozenset(
    {"-run", "--run", "-k", "-t", "-g", "-m", "--grep", "--testNamePattern", "--test-name-pattern"}
    | {"--gtest_filter", "--tests", "--only", "--testPathPattern", "--testPathPatterns"}
    | {"--filter", "--package", "--project", "--testsuite", "--scope"}
    | {"--prefix", "--cwd", "--dir"}
)
"""Options that narrow a check to tests of these names, or to a part of the project."""
_PICKING_OF: Final = {
    "cargo": frozenset({"-p"}),
    **dict.fromkeys(("pnpm", "yarn"), frozenset({"--workspace"})),
    "npm": frozenset({"--workspace", "-w"}),
}
"""Options that do so for one program, and mean something else to others."""
_CARGO_FLAGS: Final = frozenset(
    {"--workspace", "--all", "--all-features", "--all-targets", "--lib", "--release", "--locked"}
    | {"--offline", "--no-default-features", "--no-fail-fast", "-q", "--quiet", "-v", "--verbose"}
    | {"--nocapture", "--exact", "--ignored", "--include-ignored"}
)
"""Options of Cargo behind which no value stands, but maybe the name of a test."""
_EVERYTHING: Final = frozenset({".", "./..."})
_SAYS_TO_RUN: Final = frozenset({"run", "test", "tests", "nextest", "exec"})
_BETWEEN_NAMES: Final = re.compile(r"\||\bor\b|[\s^$()\"']+")
_TEST_NAME: Final = re.compile(r"[A-Za-z_][\w-]{2,}")
_TAKES_BACK: Final = (("checkout",), ("restore",), ("stash",))
_NEAR: Final = 2_000
_SEARCHES: Final = frozenset({"grep", "egrep", "rg"})
_ALTERNATIVES: Final = re.compile(r"\\?\|")
_OF_RESULTS: Final = re.compile(
    r"(?i)err|fail|warn|pass|problem|issue|result|exception|panic|total|summary|success|built|"
    r"complete|tests?\b(?!/)|suites?\b|\bok\b|[^\w\s./|*-]\Z|\\d"
)
"""Words that are looked for in what a check prints to see how it ended, and not in which file."""
_NOT_HERE: Final = (
    *("[setup failed]", "does not contain main module", "Missing script", "error MSB1003"),
    *("could not read package.json", "Could not read package.json", "No rule to make target"),
    "could not find `Cargo.toml`",
)
"""How runners say that there is nothing of the kind in the folder in which they were begun."""
_ANNOUNCED: Final = re.compile(r"> (?<!.> )\S+@\S+ \S+ (/\S+)$", re.MULTILINE)
"""A line in which pnpm says which script it runs, and in which folder; it begins with what is
found fast."""


def takes_back(parts: Sequence[Part]) -> bool:
    """Tell whether commands put files back as they were, so that what was looked at is gone."""
    return any(part.bare[:1] == ("git",) and part.bare[1:2] in _TAKES_BACK for part in parts)


def place_of(named: str | None, text: str) -> str | None:
    """Return the folder in which a check ran: as its line names it, or as its runner says.

    It is unknown where the runner says that there is nothing of the kind: it is a wrong one.
    """
    near = clip(text, _NEAR, _NEAR)
    if any(map(near.__contains__, _NOT_HERE)):
        return None
    announced = _ANNOUNCED.search(near) if named is None else None
    return announced[1] if announced else named


def check_aim(
    kind: FailureKind, part: Part, behind: Sequence[Part] = (), place: str | None = None
) -> Aim:
    """Return what a check wants, by its command and those behind it, in a folder."""
    words = part.bare or part.words
    program = program_with_verb(words)
    name = program.partition(" ")[0]
    rest = words[len(program.split()) :]
    named = (word.rstrip("/") for word in rest if not word.startswith("-"))
    things = frozenset(word for word in named if any(letter in word for letter in "./:"))
    names = {*_picked(words, name), *_sought(part, behind)}
    if kind == "test":
        names.update(_named_tests(rest, _CARGO_FLAGS if name == "cargo" else ()))
    narrowed = Narrowed(frozenset(names), place)
    return Aim(kind, program, program, things - _EVERYTHING, narrowed=narrowed)


def _picked(words: Sequence[str], program: str) -> Iterator[str]:
    """Yield the names, or parts of names, that options pick."""
    picking = _PICKING | _PICKING_OF.get(program, frozenset())
    for before, word in pairwise((*words, "")):
        option, _, value = before.partition("=")
        if option in picking:
            names = _BETWEEN_NAMES.split(value or word)
            yield from (name for name in names if name and not name.startswith("-"))


def _named_tests(words: Sequence[str], flags: Container[str]) -> Iterator[str]:
    """Yield the names of tests among a check's arguments, as in `cargo test parses_dates`."""
    for before, word in pairwise(("", *words)):
        is_value = before.startswith("-") and before != "--" and before not in flags
        if not is_value and word not in _SAYS_TO_RUN and _TEST_NAME.fullmatch(word):
            yield word


def _sought(part: Part, behind: Sequence[Part]) -> Iterator[str]:
    """Yield what a search in a check's output looks for, unless it asks how the check ended."""
    for before, search in pairwise((part, *behind)):
        if before.after != "|":
            return
        words = [word for word in search.words[1:] if word[:1] != "-" and not word.isdecimal()]
        is_inverted = any("v" in word for word in search.words[1:] if word[:1] == "-")
        is_search = search.words[0] in _SEARCHES and not is_inverted
        if is_search and words and not _OF_RESULTS.search(words[0]):
            yield from _ALTERNATIVES.split(words[0])
