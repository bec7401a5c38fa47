"""Patterns of RE2 that see bytes, as spans and nothing else.

Most searches are of one short line and find nothing. What the package `re2` puts around RE2 for
each, a generator and an object for a match, takes longer than such a search, so RE2 is asked
itself here. No public name of the package leads there; where a release lacks the private ones, its
public methods are asked, which find the same and take longer: `tracemill doctor` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import re2

Span = tuple[int, int]
Spans = Sequence[Span]
"""Where a match stands, and then where each of its groups does."""

_Match = Callable[[Any, bytes, int, int], Spans]
"""Takes where a match may begin, the data, and between which places of it; returns its spans."""

_NOWHERE: Final = (-1, -1)


def _own_match(pattern: bytes, options: re2.Options) -> _Match:
    """Return how RE2 itself is asked."""
    match: _Match = re2.compile(pattern, options=options)._regexp.Match  # noqa: SLF001 - see above
    return match


def _public_match(pattern: bytes, options: re2.Options) -> _Match:
    """Return the same by public methods alone."""
    compiled = re2.compile(pattern, options=options)

    def match(anchor: Any, data: bytes, start: int, end: int) -> Spans:
        ask = compiled.match if anchor == _AT_START else compiled.search
        found = ask(data, start, end)
        if found is None:
            return [_NOWHERE]
        return [found.span(group) for group in range(compiled.groups + 1)]

    return match


def _has_own() -> bool:
    """Tell whether RE2 itself can be asked, and answers as it is understood here."""
    try:
        match = _own_match(b"b(c)", re2.Options())
        spans = match(re2._Anchor.UNANCHORED, b"abc", 0, 3)  # noqa: SLF001 - see above
        at_start = match(re2._Anchor.ANCHOR_START, b"abc", 0, 3)  # noqa: SLF001 - see above
    except (AttributeError, TypeError):
        return False
    return list(spans) == [(1, 3), (2, 3)] and at_start[0] == _NOWHERE


IS_DIRECT: Final = _has_own()
"""Whether RE2 itself is asked, and not the slower methods around it."""
_ANYWHERE: Final[Any] = re2._Anchor.UNANCHORED if IS_DIRECT else "anywhere"  # noqa: SLF001
_AT_START: Final[Any] = re2._Anchor.ANCHOR_START if IS_DIRECT else "start"  # noqa: SLF001
_matcher: Final = _own_match if IS_DIRECT else _public_match


class Regex:
    """One pattern."""

    __slots__ = ("_match",)

    def __init__(self, pattern: bytes, options: re2.Options) -> None:
        """Compile a pattern."""
        self._match = _matcher(pattern, options)

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
