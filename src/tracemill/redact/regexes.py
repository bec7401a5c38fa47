"""Patterns of RE2 that see bytes, as spans and nothing else.

Most searches are of one short line and find nothing. What the package `re2` puts around RE2 for
each, a generator and an object for a match, takes longer than such a search, so RE2 is asked
itself here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import re2

Span = tuple[int, int]
Spans = Sequence[Span]
"""Where a match stands, and then where each of its groups does."""

_ANYWHERE: Final = re2._Anchor.UNANCHORED  # noqa: SLF001 - the module's docstring says why
_AT_START: Final = re2._Anchor.ANCHOR_START  # noqa: SLF001 - likewise
_NOWHERE: Final = (-1, -1)


class Regex:
    """One pattern."""

    __slots__ = ("_match",)

    def __init__(self, pattern: bytes, options: re2.Options) -> None:
        """Compile a pattern."""
        self._match = re2.compile(pattern, options=options)._regexp.Match  # noqa: SLF001 - likewise

    def search(self, data: bytes, start: int = 0) -> Spans | None:
        """Return the first match from `start` on."""
        spans: Spans = self._match(_ANYWHERE, data, start, len(data))
        return None if spans[0] == _NOWHERE else spans

    def match(self, data: bytes) -> Spans | None:
        """Return the match that begins where the data does."""
        spans: Spans = self._match(_AT_START, data, 0, len(data))
        return None if spans[0] == _NOWHERE else spans

    def finditer(self, data: bytes) -> Iterator[Spans]:
        """Yield all matches, none of which overlap."""
        match, end = self._match, len(data)
        spans: Spans = match(_ANYWHERE, data, 0, end)
        while (whole := spans[0]) != _NOWHERE:
            yield spans
            after = whole[1] + (whole[0] == whole[1])
            if after > end:
                return
            spans = match(_ANYWHERE, data, after, end)
