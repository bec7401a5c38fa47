"""Small sketches of which lines a text has, to tell later how many two texts share.

A line is known by a short hash of it without any white space, so formatting changes little.
Short lines, such as a brace, stand in every file and are left out. A bare hash tells whether a
guess at a line is right, so a sketch is made of sealed ones: nobody without the key can test a
guess. Of many lines those with the lowest sealed hashes are kept: two sketches under one key
keep the same lines, and what they share is a fair measure of what the texts share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from heapq import nsmallest
from typing import Final, NamedTuple
from zlib import crc32

MAX_OF_SESSION: Final = 2_048
MAX_OF_COMMIT: Final = 512
MIN_BYTES: Final = 12
_HASH_BYTES: Final = 4
_SEALED_BYTES: Final = 3
_N_SEALED: Final = 256**_SEALED_BYTES
WHITE: Final = b" \t\n\r\v\f"
_DOMAIN: Final = b"tracemill lines"


def hashes_of(lines: Iterable[bytes]) -> Iterator[int]:
    """Yield the bare hash of each line that is long enough to mean something."""
    for line in lines:
        packed = line.translate(None, WHITE)
        if len(packed) >= MIN_BYTES:
            yield crc32(packed)


def pack_hashes(hashes: Iterable[int]) -> bytes:
    """Return bare hashes as bytes, each once, in their order."""
    return b"".join(each.to_bytes(_HASH_BYTES, "big") for each in sorted(set(hashes)))


def unpack_hashes(data: bytes) -> Iterator[int]:
    """Yield the bare hashes that were packed."""
    return (
        int.from_bytes(data[at : at + _HASH_BYTES], "big")
        for at in range(0, len(data), _HASH_BYTES)
    )


class Seal:
    """Seals the hashes of lines with a key."""

    def __init__(self, key: bytes) -> None:
        self._keyed = blake2b(digest_size=_SEALED_BYTES, key=key, person=_DOMAIN)

    def __call__(self, hashes: Iterable[int]) -> Iterator[int]:
        """Yield each bare hash sealed."""
        for each in hashes:
            sealed = self._keyed.copy()
            sealed.update(each.to_bytes(_HASH_BYTES, "big"))
            yield int.from_bytes(sealed.digest(), "big")


def sketch(sealed: Iterable[int], most: int) -> bytes:
    """Return the lowest of the sealed hashes as bytes, at most so many."""
    lowest = nsmallest(most, set(sealed))
    return b"".join(each.to_bytes(_SEALED_BYTES, "big") for each in lowest)


class Sketch(NamedTuple):
    """A sketch to compare with."""

    hashes: frozenset[int]
    highest: int
    """Up to which sealed hash it holds every line."""

    @classmethod
    def of(cls, data: bytes, most: int) -> Sketch:
        """Return the sketch of at most so many lines that `data` holds."""
        places = range(0, len(data), _SEALED_BYTES)
        hashes = [int.from_bytes(data[at : at + _SEALED_BYTES], "big") for at in places]
        is_cut = len(hashes) >= most
        return cls(frozenset(hashes), hashes[-1] if is_cut else _N_SEALED)

    def shared(self, other: Sketch) -> tuple[int, int]:
        """Return how many lines of this stand in the other too, and of how many."""
        highest = min(self.highest, other.highest)
        own = {each for each in self.hashes if each <= highest}
        return len(own & other.hashes), len(own)
