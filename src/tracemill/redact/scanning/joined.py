"""Many texts as one run of bytes, and the way back from bytes to the texts' characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, chain, compress
from typing import Final, NamedTuple

from tracemill.redact.protocol import SEPARATOR, Match
from tracemill.redact.scanning.escapes import as_read

_SEPARATOR: Final = SEPARATOR.decode()
_HIGH_BITS: Final = 0xC0
_CONTINUATION: Final = 0x80


class Changes(NamedTuple):
    """What is done to one text: spans of characters, and the match that each stands for."""

    spans: list[tuple[int, int]]
    matches: list[Match]
    is_far: bool = False
    """Whether what was found in one line may change what is found in a line far from it."""


class Joined:
    """Texts as they are read, in UTF-8, plain ASCII first: a byte of that is a character."""

    __slots__ = ("_n_plain", "_order", "_starts", "data")

    def __init__(self, texts: Sequence[str]) -> None:
        read = list(map(as_read, texts))
        is_plain = list(map(str.isascii, read))
        plain = list(compress(read, is_plain))
        others = [i for i, is_ascii in enumerate(is_plain) if not is_ascii]
        blobs = [read[i].encode("utf-8", "surrogatepass") for i in others]
        joined = [_SEPARATOR.join(plain).encode()] if plain else []
        self.data = SEPARATOR.join([*joined, *blobs])
        self._n_plain = len(plain)
        self._order = [*compress(range(len(texts)), is_plain), *others]
        lengths = chain(map(len, plain), map(len, blobs))
        self._starts = list(accumulate([n + len(SEPARATOR) for n in lengths], initial=0))

    def spans(self, indexes: Collection[int]) -> dict[int, tuple[int, int]]:
        """Return where each of some texts stands in the bytes."""
        return {
            index: (self._starts[place], self._starts[place + 1] - len(SEPARATOR))
            for place, index in enumerate(self._order if indexes else ())
            if index in indexes
        }

    def by_text(self, matches: Sequence[Match]) -> Iterator[tuple[int, Changes]]:
        """Yield the index of each text in which matches lie, with them; they are in order."""
        first = 0
        while first < len(matches):
            place = bisect_right(self._starts, matches[first].start) - 1
            start, end = self._starts[place], self._starts[place + 1]
            last = first + 1
            while last < len(matches) and matches[last].start < end:
                last += 1
            own = list(matches[first:last])
            if place < self._n_plain:
                spans = [(match.start - start, match.end - start) for match in own]
            else:
                spans = _spans(self.data[start:end], start, own)
            yield self._order[place], Changes(spans, own)
            first = last


def _spans(blob: bytes, offset: int, matches: list[Match]) -> list[tuple[int, int]]:
    """Return where the matches stand in characters; one that cuts a character takes it whole."""
    spans: list[tuple[int, int]] = []
    done = n_characters = 0
    for match in matches:
        start, end = match.start - offset, match.end - offset
        while start < len(blob) and blob[start] & _HIGH_BITS == _CONTINUATION:
            start -= 1
        while end < len(blob) and blob[end] & _HIGH_BITS == _CONTINUATION:
            end += 1
        first = n_characters + _n_characters(blob[done:start])
        n_characters = first + _n_characters(blob[start:end])
        done = end
        spans.append((first, n_characters))
    return spans


def _n_characters(part: bytes) -> int:
    return len(part if part.isascii() else part.decode("utf-8", "surrogatepass"))
