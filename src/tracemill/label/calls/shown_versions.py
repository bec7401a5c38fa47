"""Versions that programs print of themselves, as far as they say whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.label.calls.shell import clip, parse

_NUMBER: Final = r"(\d[\w.+-]{0,30})"
_BANNERS: Final = tuple(
    (program, mark, re.compile(pattern, re.MULTILINE))
    for program, mark, pattern in (
        (
            "pytest",
            ", pytest-",
            rf"^platform \S{{1,40}} -- Python [\w.+]{{1,30}}, pytest-{_NUMBER}",
        ),
        ("python", ", pytest-", rf"^platform \S{{1,40}} -- Python {_NUMBER}, pytest-"),
        ("bun", "bun ", rf"^bun \w{{1,20}} v{_NUMBER}"),
        ("vitest", "  v", rf"^ ?(?:RUN|DEV)  v{_NUMBER}"),
        ("yarn", "yarn ", rf"^yarn \w{{1,20}} v{_NUMBER}"),
        ("node", "Node.js v", rf"^Node\.js v{_NUMBER}$"),
        ("phpunit", "PHPUnit ", rf"^PHPUnit {_NUMBER} by "),
        ("eslint", "ESLint: ", rf"^ESLint: {_NUMBER}\.$"),
        ("gradle", "Welcome to Gradle ", rf"^Welcome to Gradle {_NUMBER}!"),
    )
)
"""Lines with which programs begin or end, and in which no other program's version stands; each with
what hardly stands anywhere else, so that most results are looked through at little cost."""
_READERS: Final = frozenset(
    {"awk", "bat", "cat", "diff", "find", "gh", "git", "grep", "head", "jq", "less", "ls", "nl"}
    | {"rg", "sed", "tail"}
)
"""Programs that show what others once printed."""
_ASKS: Final = frozenset({"--version", "-V", "-v", "-version", "version"})
_FIRST_NUMBER: Final = re.compile(r"(?<![\d.])\d{1,6}\.\d{1,6}(?:[.+-][\w.+-]{1,30})?")
_MAX_START: Final = 4_000
_MAX_END: Final = 1_000
_WORDS: Final = 2


def is_asked_for_version(command: str) -> bool:
    """Tell whether a command asks one program for its version, and nothing else."""
    if not command.endswith(tuple(_ASKS)):
        return False
    parts = parse(command).parts
    return len(parts) == 1 and len(parts[0].bare) == _WORDS and parts[0].bare[1] in _ASKS


def shown_versions(action: str, shown: str, *, is_asked: bool) -> Iterator[tuple[str, str]]:
    """Yield programs with the versions that a result shows.

    Args:
        action: What was called, as `bun test`.
        shown: The result.
        is_asked: Whether the program was asked for its version.
    """
    program = action.partition(" ")[0]
    if is_asked:
        first = _FIRST_NUMBER.search(shown[:_MAX_START].partition("\n")[0])
        if first is not None:
            yield program, first[0]
        return
    if program in _READERS:
        return
    text = clip(shown, _MAX_START, _MAX_END)
    for name, mark, banner in _BANNERS:
        found = banner.search(text) if mark in text else None
        if found is not None:
            yield name, found[1].rstrip(".")
