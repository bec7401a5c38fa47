"""Bytes folded into as few classes as an automaton of keywords can do with.

A state of the automaton has a cell for every class, and a power of two of them: with 148 classes
each takes a KiB, and few of them stay in the caches of a processor; with 64, a quarter of that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

_CLASSES: Final = 63
"""One class more, of the bytes of no keyword, makes 64."""
_SHARED: Final = 12
"""So many classes hold several bytes each, those that the fewest keywords have. Bytes outside ASCII
are among them first: few texts have many, where `/` and `~` stand in every path."""
_ASCII: Final = 0x80
_OTHER: Final = 255


class Alphabet:
    """Folds texts and keywords; letters of either case are one."""

    def __init__(self, keywords: Iterable[bytes]) -> None:
        """Prepare for keywords in lower case."""
        n_with: Counter[int] = Counter(byte for keyword in keywords for byte in set(keyword))
        ranked = sorted(n_with, key=lambda byte: (byte >= _ASCII, -n_with[byte], byte))
        alone = ranked[: _CLASSES - _SHARED] if len(ranked) > _CLASSES else ranked
        rest = ranked[len(alone) :]
        folded = {byte: place for place, byte in enumerate(alone)}
        folded |= {byte: len(alone) + place % _SHARED for place, byte in enumerate(rest)}
        self._table = bytes(folded.get(byte, _OTHER) for byte in bytes(range(256)).lower())
        self._sharing = bytes(rest)

    def fold(self, data: bytes) -> bytes:
        """Return the class of each byte."""
        return data.translate(self._table)

    def is_certain(self, keyword: bytes) -> bool:
        """Tell whether the keyword alone is folded to what it is folded to."""
        return keyword.translate(None, self._sharing) == keyword
