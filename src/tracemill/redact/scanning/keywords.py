"""Keywords of detectors, found by an automaton, which reports each wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from tracemill.redact.protocol import MANY, CrowdedError, Probe
from tracemill.redact.scanning.alphabets import Alphabet
from tracemill.redact.scanning.calls import Ends, Owned, by_keyword, line_end

BYTES_AT_ONCE: Final = 2**18
CLOSE_TOGETHER: Final = 64
"""More places than one in so many bytes are not named one by one."""
_Found = tuple[int, int, int]
"""A keyword, where it begins, and where it ends."""


class _Keyword(NamedTuple):
    """What is to be done where a keyword stands."""

    called: Sequence[int]
    """The detectors that look there."""
    is_once_a_line: bool
    """Whether all of them look at whole lines."""
    is_counted: bool
    """Whether it counts towards a crowd."""
    folded: bytes | None
    """The keyword, where others are folded to the same."""


class Keywords:
    """Finds keywords with an automaton, which reports each wherever it stands."""

    def __init__(self, probes: Sequence[Owned]) -> None:
        owners = by_keyword(probes)
        several = _keywords(probe for _, probe in probes if not probe.is_once_a_line)
        counted = _keywords(probe for _, probe in probes if not probe.has_common_keywords)
        self._alphabet = Alphabet(owners)
        # all states at once: half a MiB more for each thousand keywords, and twice as fast
        self._automaton = BytesAhoCorasick(
            map(self._alphabet.fold, owners), implementation=Implementation.DFA
        )
        self._keywords = [
            _Keyword(
                called,
                keyword not in several,
                keyword in counted,
                None if self._alphabet.is_certain(keyword) else keyword,
            )
            for keyword, called in owners.items()
        ]
        self._longest = max(map(len, owners), default=0)

    def find(self, data: bytes, found: Ends, least: int = 0) -> None:
        """Add the ends of keywords to what is found.

        Common keywords do not count, since they do not call detectors with Hyperscan.
        """
        looked: dict[int, int] = {}
        keywords = self._keywords
        n_found = 0
        for first, part in self._parts(self._alphabet.fold(data)):
            matches = self._automaton.find_matches_as_indexes(part, overlapping=True)
            if len(matches) > len(part) // CLOSE_TOGETHER:
                matches = self._news(matches, looked, first + len(part))
            for number, _, end in matches:
                at = first + end
                if at <= looked.get(number, 0):
                    continue
                called, is_once_a_line, is_counted, folded = keywords[number]
                if folded is not None and data[at - len(folded) : at].lower() != folded:
                    continue
                for detector in called:
                    found[detector].append(at)
                looked[number] = line_end(data, at) if is_once_a_line else at
                n_found += is_counted
            if n_found >= MANY and first + len(part) < n_found * least:
                raise CrowdedError

    def _news(self, matches: list[_Found], looked: Mapping[int, int], end: int) -> list[_Found]:
        """Return those of a part that ends at `end` but for keywords of whole lines that go on."""
        known = {
            i for i, done in looked.items() if done >= end and self._keywords[i].is_once_a_line
        }
        return [each for each in matches if each[0] not in known]

    def _parts(self, data: bytes) -> Iterator[tuple[int, memoryview]]:
        """Yield parts in which no keyword is lost between two, since each match takes memory."""
        whole = memoryview(data)
        for start in range(0, len(data), BYTES_AT_ONCE):
            first = max(0, start - self._longest)
            yield first, whole[first : start + BYTES_AT_ONCE]


def _keywords(probes: Iterable[Probe]) -> set[bytes]:
    return {keyword.encode() for probe in probes for keyword in probe.keywords}
