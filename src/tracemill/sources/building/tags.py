"""Texts between tags, as programs put them into messages; found in one pass, however many.

A pattern that looks for a closing tag behind every opening one reads a text again for each that
is never closed. Here a name that is not closed once is not looked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Tagged(NamedTuple):
    """One text between tags."""

    name: str
    text: str
    start: int
    """Offset of the opening tag."""
    end: int
    """Offset just behind the closing tag."""


def tagged(text: str, opening: re.Pattern[str]) -> Iterator[Tagged]:
    """Yield the texts between tags, none within another; `opening` has the name as its group."""
    unclosed: set[str] = set()
    at = 0
    while found := opening.search(text, at):
        name, at = found[1], found.end()
        end = -1 if name in unclosed else text.find(f"</{name}>", at)
        if end < 0:
            unclosed.add(name)
            continue
        yield Tagged(name, text[at:end], found.start(), end + len(name) + 3)
        at = end + len(name) + 3


def outside(text: str, found: list[Tagged]) -> str:
    """Return what stands outside of `found`, which are in their order."""
    starts = [0, *(tag.end for tag in found)]
    ends = [*(tag.start for tag in found), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
