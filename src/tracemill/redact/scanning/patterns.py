"""Patterns of detectors, found line by line by RE2, in as few passes as their states allow."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

import re2

from tracemill.redact.protocol import MANY, CrowdedError
from tracemill.redact.regexes import Regex
from tracemill.redact.scanning.calls import Ends, Owned, Owners, by_pattern, line_end

_AT_ONCE: Final = 60
"""So many patterns run as one: the states of many more would not fit, and RE2 get far slower."""
_ASKED_AT_ONCE: Final = 10
"""So many patterns answer together whether they match a line: a set of them has no order, and more
states than patterns that run as one. With 42 in a set, most of a line's time goes to new states."""
_BEGINS_ANYWHERE: Final = re.compile(rb"(?:\(\?:)?(?:\[|\\\.)")
_COUNT: Final = re.compile(rb"\{(\d+)")
_FAR: Final = 12
_LOOP: Final = re.compile(rb"[\])][*+]")
_RE2_MEMORY: Final = 64 * 2**20
_LONGEST_KNOWN: Final = 256
_MOST_KNOWN: Final = 1_024
"""So many short lines are remembered: the same ones are printed again and again."""

_Search = Callable[[bytes, int], int | None]
"""Returns where the first of what is looked for ends, from an offset on."""


def all_patterns(probes: Sequence[Owned]) -> list[LinePatterns]:
    """Return what finds the patterns of some probes, one for each pass."""
    return [
        LinePatterns(owners, sign)
        for sign, signed in _by_sign(probes).items()
        for owners in ((by_pattern(signed),) if sign else _alike(by_pattern(signed)))
    ]


def _by_sign(probes: Iterable[Owned]) -> Mapping[str, Sequence[Owned]]:
    """Return the probes of each sign, and under no sign those that have none."""
    signed: defaultdict[str, list[Owned]] = defaultdict(list)
    for each in probes:
        signed[each.probe.sign].append(each)
    return signed


def _alike(owners: Owners) -> Iterator[Owners]:
    """Yield the patterns in parts, each of which is one pass.

    A pass has a state for every combination of how far its patterns have come, so those that
    have many of their own, of one kind or the other, stay apart from all others.
    """
    kinds: defaultdict[str, list[bytes]] = defaultdict(list)
    for pattern in owners:
        kinds[_kind(pattern)].append(pattern)
    for patterns in kinds.values():
        for first in range(0, len(patterns), _AT_ONCE):
            yield {each: owners[each] for each in patterns[first : first + _AT_ONCE]}


def _kind(pattern: bytes) -> Literal["counts far", "waits", "plain"]:
    """Tell whether a pattern begins anywhere to count far, or waits in a loop for what follows."""
    if _BEGINS_ANYWHERE.match(pattern) and any(int(n[1]) >= _FAR for n in _COUNT.finditer(pattern)):
        return "counts far"
    return "waits" if _LOOP.search(pattern) else "plain"


class LinePatterns:
    """Finds with RE2 the lines in which patterns match.

    All probes run as one, or their sign is looked for; only where that matches is the line asked
    which probes did.
    """

    def __init__(self, owners: Owners, sign: str = "") -> None:
        patterns = [b"(?m:%b)" % pattern for pattern in owners]
        self._search = _search_for_sign(sign) if sign else _search_for_any(patterns)
        called = list(owners.values())
        self._asked = [
            (_set_of(patterns[first : first + _ASKED_AT_ONCE]), called[first:])
            for first in range(0, len(patterns), _ASKED_AT_ONCE)
        ]
        self._all = sorted({each for owned in called for each in owned})
        self._known = lru_cache(_MOST_KNOWN)(self._matching)

    def find(self, data: bytes, found: Ends, least: int = 0) -> None:
        """Add, for each detector whose probe matches in a line, the end of the line."""
        looked = n_lines = 0
        while (at := self._search(data, looked)) is not None:
            start = data.rfind(b"\n", looked, at) + 1
            looked = line_end(data, at)
            matching = self._known if looked - start <= _LONGEST_KNOWN else self._matching
            for detector in matching(data[start:looked]):
                found[detector].append(looked)
            n_lines += 1
            if n_lines >= MANY and looked < n_lines * least:
                raise CrowdedError

    def _matching(self, line: bytes) -> Sequence[int]:
        """Return the detectors whose probes match a line in which one does."""
        found = [
            detector
            for asked, called in self._asked
            for i in asked.Match(line) or ()
            for detector in called[i]
        ]
        # no answer means that RE2 ran out of memory, for the line does match
        return found or self._all


def _search_for_sign(sign: str) -> _Search:
    search = re.compile(sign.encode()).search

    def end_of(data: bytes, start: int) -> int | None:
        match = search(data, start)
        return match.end() if match else None

    return end_of


def _search_for_any(patterns: Iterable[bytes]) -> _Search:
    search = Regex(b"|".join(patterns), _options()).search

    def end_of(data: bytes, start: int) -> int | None:
        match = search(data, start)
        return match[0][1] if match else None

    return end_of


def _set_of(patterns: Iterable[bytes]) -> re2.Set:
    made = re2.Set.SearchSet(_options())
    for pattern in patterns:
        made.Add(pattern)
    made.Compile()
    return made


def _options() -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _RE2_MEMORY
    options.never_capture = True
    options.log_errors = False
    return options
