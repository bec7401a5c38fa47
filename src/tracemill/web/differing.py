"""Two texts side by side: line by line, and within lines that were changed word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, NamedTuple

_CONTEXT: Final = 3
_MOST_LINES: Final = 6_000
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")


class Part(NamedTuple):
    """Some words of a line."""

    text: str
    is_other: bool
    """Whether the other side has others in their place."""


class Side(NamedTuple):
    """A line of one text."""

    number: int
    """Counted from 1."""
    parts: list[Part]
    is_other: bool
    """Whether the other side lacks it, or has another in its place."""


class Line(NamedTuple):
    """A line of both texts; a side that has none there is None."""

    old: Side | None
    new: Side | None


def beside(old: str, new: str) -> list[list[Line]]:
    """Return the stretches in which two texts differ, each with a few lines around it."""
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _MOST_LINES:
        before, after = before[: _MOST_LINES // 2], after[: _MOST_LINES // 2]
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_CONTEXT)
    return [[line for code in group for line in _lines(before, after, code)] for group in groups]


def _lines(
    before: Sequence[str], after: Sequence[str], code: tuple[str, int, int, int, int]
) -> Iterator[Line]:
    tag, first, last, new_first, new_last = code
    for at, new_at in zip_longest(range(first, last), range(new_first, new_last)):
        if tag == "equal" or at is None or new_at is None:
            yield Line(_side(before, at, tag), _side(after, new_at, tag))
        else:
            old, new = _words(before[at], after[new_at])
            yield Line(Side(at + 1, old, is_other=True), Side(new_at + 1, new, is_other=True))


def _side(lines: Sequence[str], at: int | None, tag: str) -> Side | None:
    if at is None:
        return None
    return Side(at + 1, [Part(lines[at], is_other=False)], is_other=tag != "equal")


def _words(old: str, new: str) -> tuple[list[Part], list[Part]]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    ours: list[Part] = []
    theirs: list[Part] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        is_other = tag != "equal"
        ours.append(Part("".join(before[first:last]), is_other))
        theirs.append(Part("".join(after[new_first:new_last]), is_other))
    return [part for part in ours if part.text], [part for part in theirs if part.text]
