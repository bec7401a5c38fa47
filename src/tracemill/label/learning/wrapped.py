"""Prose that was broken into short lines, put together again, every character at its place.

Messages of commits, and some documents, break a sentence wherever a line is full. A line goes on
with the one before where neither is blank, and it is no heading, entry of a list, quote, table or
code; its line break then counts as a space.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_OF_ITS_OWN: Final = re.compile(
    r"\s*(?:[-*+>•|]\s|\d{1,2}[.)]\s|#{1,6}\s|\||[✅✔☑❌✗⚠🔧🎯]|[-=_*]{3,}\s*$)|\s*$|\t|    "
)
"""How a line begins that goes on with nothing."""
_ENDS: Final = re.compile(r".*(?::|\*\*|[|{}])\s*|\s*#{1,6}\s.*|\s*")
"""A line that nothing goes on with: blank, a heading, or what leads into a list."""


def unwrapped(text: str) -> str:
    """Return a text of the same length, with spaces for the line breaks within sentences."""
    lines = text.split("\n")
    parts = [lines[0]]
    is_code = bool(_FENCE.match(lines[0]))
    for before, line in pairwise(lines):
        is_fence = bool(_FENCE.match(line))
        goes_on = not (is_code or is_fence or _OF_ITS_OWN.match(line) or _ENDS.fullmatch(before))
        parts += [" " if goes_on and not _FENCE.match(before) else "\n", line]
        is_code ^= is_fence
    return "".join(parts)
