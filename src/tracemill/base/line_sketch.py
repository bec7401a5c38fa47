"""Small sketches of which lines a text has, to tell later how many two texts share.

A line is known by a short hash of it without any white space, so formatting changes little.
Short lines, such as a brace, stand in every file and are left out. A bare hash tells whether a
guess at a line is right, so a sketch is made of sealed ones: nobody without the key can test a
guess. Of many lines those with the lowest sealed hashes are kept: two sketches under one key
keep the same lines, and what they share is a fair measure of what the texts share.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from heapq import nsmallest
from struct import unpack
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


class Compared(NamedTuple):
    """What two sketches share, as far as both of them hold every line."""

    n_shared: int
    """Lines that stand in both."""
    n_first: int
    """Lines of the first."""
    n_second: int
    """Lines of the second."""


class Sketch(NamedTuple):
    """A sketch to compare with."""

    hashes: frozenset[int]
    ordered: tuple[int, ...]
    """The same, the lowest first."""
    highest: int
    """Up to which sealed hash it holds every line."""

    @classmethod
    def of(cls, data: bytes, most: int) -> Sketch:
        """Return the sketch of at most so many lines that `data` holds."""
        ordered = _unpacked(data)
        is_cut = len(ordered) >= most
        return cls(frozenset(ordered), ordered, ordered[-1] if is_cut else _N_SEALED)

    def compared(self, other: Sketch) -> Compared:
        """Return what this shares with another."""
        highest = min(self.highest, other.highest)
        shared = self.hashes & other.hashes
        return Compared(
            sum(each <= highest for each in shared),
            bisect_right(self.ordered, highest),
            bisect_right(other.ordered, highest),
        )


def _unpacked(data: bytes) -> tuple[int, ...]:
    """Return sealed hashes; with a zero before each all of them are read in one go."""
    n_hashes = len(data) // _SEALED_BYTES
    padded = bytearray(4 * n_hashes)
    for place in range(_SEALED_BYTES):
        padded[place + 1 :: 4] = data[place : n_hashes * _SEALED_BYTES : _SEALED_BYTES]
    return unpack(f">{n_hashes}I", padded)
