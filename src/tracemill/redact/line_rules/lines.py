"""The detector behind every table of the rule files: one RE2 pattern, line by line.

A line ends at a newline and nowhere else, so what stands in one field can never change what
is found in the next, and no text is looked at twice by one rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

import re2

from tracemill.redact.protocol import (
    CLOSE,
    MANY,
    SEPARATOR,
    ByPlace,
    CrowdedError,
    Kind,
    Match,
    Probe,
    Rule,
)
from tracemill.redact.pseudonyms import TOKEN, holds_stand_in, is_address_stand_in
from tracemill.redact.regexes import Regex, Spans

_CONTEXT: Final = 16
_BESIDE: Final = 2
"""Bytes up to a stand-in that count as beside it: a blank, and what begins there."""
_LONGEST_REACH: Final = 400
"""So far does a pattern look over the end of its first line."""
_LONGEST_KNOWN: Final = 256
_MOST_KNOWN: Final = 1_024
_BYTES: Final = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
_BYTES.log_errors = False


@cache
def compile_bytes(pattern: str) -> Regex:
    """Return a pattern that sees bytes, as Hyperscan does, whatever they encode."""
    return Regex(pattern.encode(), _BYTES)


_LONG_LINE: Final = 65_536
_LONGEST_FOUND: Final = 16_384
"""Of what matches in a long line, so many bytes are asked at first where the secret lies."""
_ENDLESS: Final = 2**20
_NAMES: Final = (b"key", b"token", b"secret", b"pass", b"pw", b"auth")
_OFTEN: Final = 256
"""One name in so many bytes of a long line is often."""
_LOOKED: Final = 2**10
_LOOKED_EVERY: Final = 2**14
"""To look at all of it would take as long as Hyperscan needs for what is harmless."""
_TOKEN: Final = re.compile(TOKEN)
_LONGEST_TOKEN: Final = 72
_GROUP: Final = "(?P<secret>"
_WHOLE: Final = re.compile(
    r"(?:\(\?i\))?\(\?P<secret>(?:[^()\\[]|\\.|\[[^\]]+\]|\((?:[^()\\[]|\\.|\[[^\]]+\])*\))*\)\Z"
)
"""A pattern that is nothing but its secret: without a group RE2 finds it twice as fast."""


def has_endless_line(data: bytes) -> bool:
    """Tell whether a long line names secrets so often that Hyperscan is kept busy by each name."""
    start = 0
    while len(data) - start > _ENDLESS:
        next_line = data.rfind(b"\n", start, start + _ENDLESS) + 1
        if next_line == 0:
            end = data.find(b"\n", start + _ENDLESS)
            next_line = end + 1 if end >= 0 else len(data)
            if _names_often(data[start:next_line]):
                return True
        start = next_line
    return False


def _names_often(line: bytes) -> bool:
    pieces = (line[i : i + _LOOKED] for i in range(0, len(line), _LOOKED_EVERY))
    looked = b"".join(pieces).lower()
    return sum(map(looked.count, _NAMES)) > len(looked) // _OFTEN


@dataclass(frozen=True, slots=True, repr=False)
class Candidate:
    """What a pattern matched, for a judge to look at; it prints nothing of itself."""

    line: bytes
    """The whole line."""
    first: int
    """Offset at which the match begins."""
    start: int
    """Offset at which the secret begins."""
    end: int
    """Offset just behind the secret."""

    @property
    def value(self) -> bytes:
        """The secret."""
        return self.line[self.start : self.end]

    @property
    def name(self) -> bytes:
        """What the pattern matched before the secret, such as `password = "`."""
        return self.line[self.first : self.start]

    @property
    def context(self) -> bytes:
        """The name, and some of what stands before it."""
        return self.line[max(0, self.first - _CONTEXT) : self.start]

    def until(self, end: int) -> Candidate:
        """Return the same with another end."""
        return Candidate(self.line, self.first, self.start, end)


class Extent(NamedTuple):
    """The part of a line that is to be replaced."""

    start: int
    end: int


def whole(found: Candidate) -> Extent:
    """Confirm a candidate as it is."""
    return Extent(found.start, found.end)


class Form(NamedTuple):
    """How what a detector finds looks."""

    pattern: str
    """In the syntax of RE2; the group `secret` is what is replaced."""
    n_lines: int = 1
    """How many lines the pattern may reach over."""
    longest: int | None = None
    """How many bytes a value has at most that the judge confirms, if it asks."""


Judge = Callable[[Candidate], Extent | None]
"""Says what of a candidate is to be replaced, or None where nothing is."""
StandIn = Callable[[Candidate], str | None]
"""Says what stands in its place; None where it must stay, whatever other rules say."""


class LineDetector(ByPlace):
    """Finds what one pattern matches and its judge confirms."""

    def __init__(
        self,
        rule: Rule,
        probes: Iterable[Probe],
        form: Form,
        judge: Judge,
        stand_in: StandIn,
    ) -> None:
        self._rule = rule
        pattern, self._n_lines, self._longest = form
        is_whole = _WHOLE.match(pattern) is not None
        self._pattern = pattern.replace(_GROUP, "(?:", 1) if is_whole else pattern
        self._group = 0 if is_whole else 1
        self._judge = judge
        self._stand_in = stand_in
        self._regex: Regex | None = None
        self._known: dict[bytes, tuple[Match, ...]] = {}
        self.probes = tuple(each._replace(is_once_a_line=True) for each in probes)

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the whole line in which `at` stands, and as many more as the pattern may need."""
        start = data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at)
        looked = end = end if end >= 0 else len(data)
        if self._n_lines > 1:
            end = _behind_lines(data, end, self._n_lines - 1)
        line = data[start:end]
        for match in (
            self._known_in(line) if end - start <= _LONGEST_KNOWN else self._found_in(line)
        ):
            first, last, rule, stand_in = match
            found.append(Match(start + first, start + last, rule, stand_in))
        return looked

    def _known_in(self, line: bytes) -> Iterable[Match]:
        """Return what stands in a short line: the same ones are printed again and again."""
        known = self._known.get(line)
        if known is None:
            if len(self._known) == _MOST_KNOWN:
                self._known.clear()
            known = self._known[line] = tuple(self._found_in(line))
        return known

    def _found_in(self, line: bytes) -> Iterator[Match]:
        if self._regex is None:
            self._regex = compile_bytes(self._pattern)
        is_long = len(line) > _LONG_LINE and self._longest is not None
        if is_long and len(line) > MANY * CLOSE and self._is_crowded(line[: MANY * CLOSE]):
            raise CrowdedError
        matches = self._matches_in_long(line) if is_long else self._regex.finditer(line)
        for n_before, match in enumerate(matches):
            first, end = match[0]
            if n_before >= MANY and end < n_before * CLOSE:
                raise CrowdedError
            start, end = match[self._group]
            if line.endswith(b"\r", start, end):  # it belongs to the end of the line
                end -= 1
            candidate = Candidate(line, first, start, end)
            if self._n_lines > 1 and _is_made_by_change(candidate, self._rule.kind):
                continue
            extent = self._judge(candidate)
            if extent and not _begins_in_token(candidate):
                confirmed = Candidate(line, candidate.first, *extent)
                yield Match(*extent, self._rule, self._stand_in(confirmed))

    def _matches_in_long(self, line: bytes) -> Iterator[Spans]:
        """Yield what matches in a long line, but for values that are too long for the judge.

        To tell where in a match the value lies takes RE2 ten times as long as to find the match.
        """
        for outline in self._outlines(line):
            first, end = outline[0]
            beginning = line[first : first + _LONGEST_FOUND]
            if end - first > _LONGEST_FOUND and self._holds_too_long(beginning):
                continue
            if match := compile_bytes(self._pattern).search(line, first):
                yield match

    def _is_crowded(self, beginning: bytes) -> bool:
        """Tell whether a line begins with a crowd; to judge each match of one takes far longer."""
        return any(n_before == MANY for n_before, _ in enumerate(self._outlines(beginning)))

    def _outlines(self, line: bytes) -> Iterator[Spans]:
        return compile_bytes(self._pattern.replace(_GROUP, "(?:", 1)).finditer(line)

    def _holds_too_long(self, beginning: bytes) -> bool:
        """Tell whether in the beginning of a match a value begins and goes on for too long."""
        match = compile_bytes(self._pattern).match(beginning)
        if match is None or self._longest is None:
            return False
        start, end = match[self._group]
        return bool(end == len(beginning) and end - start > self._longest)


def _begins_in_token(found: Candidate) -> bool:
    """Tell whether a name is the end of a token, as `pw` is of `[SECRET:jwt:q3x7pw]`: none is."""
    opened = found.line.rfind(b"[", max(0, found.first - _LONGEST_TOKEN), found.first)
    token = _TOKEN.match(found.line, opened) if opened >= 0 else None
    # its last bracket may be the edge before a name
    return token is not None and found.first < token.end() - 1


def _is_made_by_change(found: Candidate, kind: Kind) -> bool:
    """Tell whether a match over several lines may be there because redaction changed one of them.

    A changed line is looked at once more, but not together with those around it: what another pass
    would find beside a stand-in below another line, or right behind one, was something else. For a
    secret that is told of what touches the stand-in alone, lest one be kept by what looks so.
    """
    line, first = found.line, found.first
    if b"\n" not in line[first : found.end]:
        return False
    if is_address_stand_in(line[found.start : found.end]):
        return True
    start, end = found.start - _BESIDE, found.end + _BESIDE
    if kind == "pii":
        start, end = line.rfind(b"\n", 0, found.start), line.find(b"\n", found.end)
    beside = holds_stand_in(line, max(first, start), end if end >= 0 else None)
    return beside or holds_stand_in(line, first - 1, first + 1)


def _behind_lines(data: bytes, end: int, n: int) -> int:
    """Return where `n` more lines end, all within one text."""
    farthest = min(len(data), end + _LONGEST_REACH)
    stop = data.find(SEPARATOR, end, farthest)
    stop = stop if stop >= 0 else farthest
    for _ in range(n):
        if end >= stop:
            return stop
        end = data.find(b"\n", end + 1, stop)
        if end < 0:
            return stop
    return end
