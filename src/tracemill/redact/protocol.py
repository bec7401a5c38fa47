"""The seam: a prefilter says where to look, a detector says what stands there.

Text arrives as the UTF-8 of many fields joined by `SEPARATOR`, which no detector may cross:
all but one stop at a newline, and the one for key blocks stops at NUL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

SEPARATOR: Final = b"\n\0\n"
"""Stands between the texts that are scanned together."""


Kind = Literal["secret", "pii"]
"""Whether something gives access or points at a person."""


class Probe(NamedTuple):
    """What must stand in a text before a detector has to look at it."""

    pattern: str
    """In the syntax that RE2 and Hyperscan share; it never matches a newline."""
    keywords: tuple[str, ...] = ()
    """Lower-case texts, one of which stands wherever the pattern matches."""
    has_common_keywords: bool = False
    """Whether the keywords often stand elsewhere, so that looking for the pattern is worth it."""
    is_personal: bool = False
    """Whether it names somebody, so that nothing that is kept outside the vault may hold it."""
    is_apart: bool = False
    """Whether Hyperscan looks for it by itself: a long run of a class slows all that is looked for
    beside it."""
    is_once_a_line: bool = False
    """Whether its detector looks at whole lines, so that one place in a line is as good as all."""
    sign: str = ""
    """What stands in a line wherever the pattern matches there, in the syntax of `re`: it begins
    with a character that is rare, and so soon found, and takes linear time. Of probes that share
    one, a pattern matches wherever it stands."""


Places = Mapping[int, Sequence[int]]
"""By the index of each detector that has to look, the ends of what its probes matched, in order."""


class Rule(NamedTuple):
    """What a finding says about the detector that made it."""

    id: str
    """Its name, for example `github-pat`."""
    kind: Kind
    """What it gives away."""
    rank: int
    """Of two that overlap, the lower rank stays."""


class Match(NamedTuple):
    """Bytes to take out, and what to put in their place; never the bytes themselves."""

    start: int
    """Offset of the first byte in the joined text."""
    end: int
    """Offset just behind the last byte."""
    rule: Rule
    """What was found."""
    stand_in: str | None
    """What to put there; None protects the bytes from every other rule."""


FAR: Final = Rule("far", "secret", 20_000)
"""Of a match of no bytes: what a detector finds there depends on lines far from it. A text in which
something changes is then looked at as a whole again."""


class CrowdedError(Exception):
    """Detectors would have to look nearly everywhere in a text: it was made to take long."""


MANY: Final = 32_768
CLOSE: Final = 32
"""So many places to look at, and no more bytes than this for each, are a crowd."""


class Detector(Protocol):
    """Finds one kind of sensitive text."""

    @property
    def probes(self) -> tuple[Probe, ...]:
        """What calls it."""
        ...

    def find_all(self, data: bytes, ends: Sequence[int], found: list[Match]) -> None:
        """Look around the ends of what probes matched, in order, and add what stands there.

        Raises:
            CrowdedError: In one line there was too much to look at.
        """
        ...


class _LooksAround(Protocol):
    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look around the end `at` of what a probe matched, and add what stands there.

        Returns how far it looked: places up to there need not be shown to it again.
        """
        ...


class ByPlace:
    """A detector that looks around one place after another."""

    def find_all(self: _LooksAround, data: bytes, ends: Sequence[int], found: list[Match]) -> None:
        """Look around each end that no look before has reached."""
        looked = 0
        for at in ends:
            if at > looked:
                looked = self.find(data, at, found)
