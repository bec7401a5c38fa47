"""Texts that are nearly the same: five words in a row, their MinHash, and every hit verified.

Words are runs of letters, digits and underscores, in lower case; a text is the set of its
shingles, the runs of five words that stand in it (Broder 1997, "On the resemblance and
containment of documents"). MinHash with 128 permutations in 16 bands of 8 rows brings together
pairs whose Jaccard similarity is about 0.7 or higher; each pair is then compared exactly, so no
pair is reported that is not one.

Work is done on whole batches of texts with NumPy: the hash of a word is a difference of prefix
sums of its polynomial hash, so no Python runs for each word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple

import numpy as np
import rensa
from numpy.typing import NDArray

from tracemill.base.text import utf8

WORDS: Final = 5
"""Words in a shingle."""
_PERMUTATIONS: Final = 128
_BANDS: Final = 16
_ROWS: Final = _PERMUTATIONS // _BANDS
_SEED: Final = 42
_SIGNED_AT_ONCE: Final = 4_096
_BATCH_BYTES: Final = 2**18
_BATCH_TEXTS: Final = 2**16
_HELD_CHARS: Final = 2**22
_KEPT_SHINGLES: Final = 2**21
"""How many are remembered, at 8 bytes each."""
_FACING: Final = 8
"""With how many texts across the line one that stands apart is compared in a group, at least."""
_OWNER_BITS: Final = np.uint64(16)
"""Bits of a sort key that hold the text's place in its batch; the hash keeps the other 48."""
_HASH_BITS: Final = np.uint64(48)
_HASH_MASK: Final = np.uint64(2**48 - 1)
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_IN_WORD: Final = bytes(
    not chr(byte).isascii() or chr(byte).isalnum() or chr(byte) == "_" for byte in range(256)
)
"""Whether a byte is part of a word; letters outside ASCII are bytes of 128 and more."""

Hashes = NDArray[np.uint64]
Text = str | bytes
"""A text, or what it is in UTF-8: whoever looks at one several times encodes it once."""


class Pair(NamedTuple):
    """Two texts that are nearly the same."""

    first: int
    """Index of the one that came first."""
    second: int
    similarity: float
    """Jaccard similarity of their shingles, exactly."""


class Shingled(NamedTuple):
    """The shingles of some texts, behind one another, each text's sorted and unique."""

    hashes: Hashes
    """Hashes of all shingles."""
    starts: NDArray[np.int64]
    """Where each text's shingles begin; one more entry marks the end."""

    def of(self, text: int) -> Hashes:
        """Return the shingles of one text."""
        return self.hashes[self.starts[text] : self.starts[text + 1]]


def near_duplicates(
    texts: Sequence[Text] | Shingled, threshold: float = 0.8, apart: Sequence[bool] = ()
) -> Iterator[Pair]:
    """Yield pairs of texts whose similarity reaches `threshold`, ordered by their indexes.

    Texts without a word are like no other. Of a group of texts that share a band only
    neighbours and the first are compared, so that a thousand copies make a thousand pairs and
    not half a million: whoever keeps the first of each group misses none. Texts that `apart`
    marks are compared with the others of their group as well, in a large one with those that
    stand nearest.
    """
    found = texts if isinstance(texts, Shingled) else shingled(texts)
    is_worded = np.diff(found.starts) > 0
    pairs = _candidates(_signatures(found), is_worded, np.array(apart, dtype=bool))
    for first, second in sorted(pairs):
        similarity = _similarity(found, first, second)
        if similarity >= threshold:
            yield Pair(first, second, similarity)


class Signed(NamedTuple):
    """What is held of some texts to tell which may be nearly the same: half a KB of each."""

    signatures: NDArray[np.uint32]
    is_worded: NDArray[np.bool_]
    """Whether a text has any word."""


def sign(texts: Sequence[Text]) -> Signed:
    """Return the signatures of some texts."""
    return _signed(shingled(texts))


def _signed(found: Shingled) -> Signed:
    return Signed(_signatures(found), np.diff(found.starts) > 0)


def candidates(signed: Sequence[Signed], apart: Sequence[bool] = ()) -> list[tuple[int, int]]:
    """Return pairs of all signed texts, by their places, that may be nearly the same."""
    if not signed:
        return []
    signatures = np.concatenate([each.signatures for each in signed])
    is_worded = np.concatenate([each.is_worded for each in signed])
    return sorted(_candidates(signatures, is_worded, np.array(apart, dtype=bool)))


class NearIndex:
    """Finds near-duplicates among more texts than fit into memory: it keeps their signatures."""

    def __init__(self) -> None:
        self.shingles = Shingles()
        """Those of its texts, for whoever compares the same texts."""
        self._signed: list[Signed] = []
        self._held: list[Text] = []
        self._n_held = 0

    def add(self, text: Text) -> None:
        """Take the next text."""
        self._held.append(text)
        self._n_held += len(text)
        if self._n_held >= _HELD_CHARS:
            self._sign()

    def _sign(self) -> None:
        self._signed.append(_signed(self.shingles.of(self._held)))
        self._held, self._n_held = [], 0

    def candidates(self, apart: Sequence[bool] = ()) -> list[tuple[int, int]]:
        """Return pairs of texts, by their places, that may be nearly the same."""
        self._sign()
        return candidates(self._signed, apart)


def verified(
    pairs: Sequence[tuple[int, int]], texts: Mapping[int, Text], threshold: float = 0.8
) -> Iterator[Pair]:
    """Yield those of some candidates whose similarity reaches `threshold`."""
    places = {text: at for at, text in enumerate(texts)}
    found = shingled(list(texts.values()))
    for first, second in pairs:
        similarity = _similarity(found, places[first], places[second])
        if similarity >= threshold:
            yield Pair(first, second, similarity)


class Shingles:
    """Makes the shingles of texts, and remembers them while they are few."""

    def __init__(self) -> None:
        self._known: dict[bytes, Hashes] = {}
        self._n_known = 0

    def of(self, texts: Sequence[Text]) -> Shingled:
        """Return the shingles of some texts."""
        names = list(map(_name, texts))
        unknown = {
            name: text for name, text in zip(names, texts, strict=True) if name not in self._known
        }
        made = shingled(list(unknown.values()))
        found = self._known | {name: made.of(at) for at, name in enumerate(unknown)}
        self._n_known += len(made.hashes)
        is_few = self._n_known <= _KEPT_SHINGLES
        self._known, self._n_known = (found, self._n_known) if is_few else ({}, 0)
        parts = [made.hashes[:0], *(found[name] for name in names)]
        return Shingled(np.concatenate(parts), np.cumsum([*map(len, parts)], dtype=np.int64))


def _name(text: Text) -> bytes:
    """Return what a text is known by: processors make this hash twice as fast as others."""
    return sha256(utf8(text), usedforsecurity=False).digest()


def shingled(texts: Sequence[Text]) -> Shingled:
    """Return the shingles of some texts."""
    parts: list[Hashes] = []
    sizes: list[NDArray[np.int64]] = []
    for batch in _batches(texts):
        hashes, owners = _shingles(batch)
        keys = (owners.astype(np.uint64) << _HASH_BITS) | (hashes >> _OWNER_BITS)
        keys.sort()
        is_new = np.ones(len(keys), dtype=bool)
        is_new[1:] = keys[1:] != keys[:-1]
        keys = keys[is_new]
        parts.append(keys & _HASH_MASK)
        counted = np.bincount((keys >> _HASH_BITS).astype(np.int64), minlength=len(batch))
        sizes.append(counted.astype(np.int64))
    counts = np.concatenate(sizes) if sizes else np.zeros(0, dtype=np.int64)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    return Shingled(np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64), starts)


def _batches(texts: Sequence[Text]) -> Iterator[list[bytes]]:
    held: list[bytes] = []
    n_bytes = 0
    for text in texts:
        data = utf8(text)
        held.append(data)
        n_bytes += len(data)
        if n_bytes >= _BATCH_BYTES or len(held) == _BATCH_TEXTS:
            yield held
            held, n_bytes = [], 0
    if held:
        yield held


def run_hashes(texts: Sequence[Text], n_words: int) -> Hashes:
    """Return the hash of each run of words in some texts; texts of fewer words have none."""
    parts = [np.zeros(0, dtype=np.uint64)]
    for batch in _batches(texts):
        words, owners = _words(batch)
        hashes, is_whole = _joined(words, owners, n_words)
        parts.append(hashes[is_whole])
    return np.concatenate(parts)


def _shingles(texts: Sequence[bytes]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the hash of each shingle of some texts, and the index of the text that it is in."""
    words, owners = _words(texts)
    hashes, is_whole = _joined(words, owners, WORDS)
    is_first = np.ones(len(words), dtype=bool)
    is_first[1:] = owners[1:] != owners[:-1]
    is_run = is_whole | is_first
    return hashes[is_run], owners[is_run]


def _words(texts: Sequence[bytes]) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the hash of each word of some texts, and the index of the text that it is in."""
    data = b"\0".join([*texts, b""])  # a text ends with a byte that is no word's
    in_word = np.frombuffer(b"\0" + data.translate(_IN_WORD), dtype=bool)
    edges = np.flatnonzero(in_word[1:] != in_word[:-1])
    starts, ends = edges[::2], edges[1::2]
    ends_of_texts = np.cumsum([len(text) + 1 for text in texts])
    n_words = np.diff(np.searchsorted(starts, ends_of_texts), prepend=0)
    letters = np.frombuffer(data.lower(), dtype=np.uint8)
    return _word_hashes(letters, starts, ends), np.repeat(np.arange(len(texts)), n_words)


def _word_hashes(
    letters: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Hashes:
    """Return the polynomial hash of each word, whatever its place, modulo 2**64."""
    powers, back = _powers(len(letters))
    terms = letters.astype(np.uint64)
    terms += np.uint64(1)
    terms *= powers[: len(letters)]
    firsts = terms[starts]
    np.cumsum(terms, out=terms)
    return _mixed((terms[ends - 1] - terms[starts] + firsts) * back[starts])


@cache
def _powers_of_two(exponent: int) -> tuple[Hashes, Hashes]:
    inverse = np.uint64(pow(int(_BASE), -1, 2**64))
    both = np.empty((2, 2**exponent), dtype=np.uint64)
    for powers, factor in zip(both, (_BASE, inverse), strict=True):
        powers[0], powers[1:] = 1, factor
        np.cumprod(powers, out=powers)
    return both[0], both[1]


def _powers(n_bytes: int) -> tuple[Hashes, Hashes]:
    """Return the powers of the base and of its inverse, at least as many as there are bytes."""
    return _powers_of_two(n_bytes.bit_length())


def _mixed(hashes: Hashes) -> Hashes:
    """Return hashes whose every bit depends on every bit (Steele et al. 2014, SplitMix64)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _MIX[0]
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _MIX[1]
    return hashes ^ (hashes >> np.uint64(31))


def _joined(
    words: Hashes, owners: NDArray[np.int64], n_joined: int
) -> tuple[Hashes, NDArray[np.bool_]]:
    """Return the hash of the run that begins with each word, and whether its text has all of it."""
    n_words = len(words)
    joined = np.zeros(n_words, dtype=np.uint64)
    reach = np.zeros(n_words, dtype=np.int64)
    for place in range(min(n_joined, n_words)):
        inside = owners[place:] == owners[: n_words - place] if place else np.ones(n_words, bool)
        factor = np.uint64(pow(int(_BASE), place + 1, 2**64))
        shifted = words[place:] * factor
        joined[: n_words - place] += np.where(inside, shifted, np.uint64(0))
        reach[: n_words - place] += inside
    return _mixed(joined), reach == n_joined


def _signatures(found: Shingled) -> NDArray[np.uint32]:
    n_texts = len(found.starts) - 1
    signatures = np.empty((n_texts, _PERMUTATIONS), dtype=np.uint32)
    for first in range(0, n_texts, _SIGNED_AT_ONCE):
        starts = found.starts[first : first + _SIGNED_AT_ONCE + 1]
        hashes = found.hashes[starts[0] : starts[-1]]
        matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
            hashes, (starts - starts[0]).astype(np.uint64), _PERMUTATIONS, _SEED
        )
        signatures[first : first + len(starts) - 1] = matrix.to_rows()
    return signatures


def _candidates(
    signatures: NDArray[np.uint32], is_worded: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> set[tuple[int, int]]:
    """Return pairs that share a band: each text with the first and the one before it there."""
    found: set[tuple[int, int]] = set()
    texts = np.flatnonzero(is_worded)
    for band in range(_BANDS):
        rows = np.ascontiguousarray(signatures[texts, band * _ROWS : (band + 1) * _ROWS])
        keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * _ROWS))).ravel()
        order = np.argsort(keys, kind="stable")
        is_same = keys[order][1:] == keys[order][:-1]
        found.update(_linked(texts[order], is_same))
        if len(apart):
            found.update(_crossing(texts[order], is_same, apart))
    return found


def _linked(texts: NDArray[np.int64], is_same: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield pairs out of texts of which each may be the same as the one before it."""
    first = 0
    for place in np.flatnonzero(is_same).tolist():
        if place == 0 or not is_same[place - 1]:
            first = place
        yield int(texts[place]), int(texts[place + 1])
        yield int(texts[first]), int(texts[place + 1])


def _crossing(
    texts: NDArray[np.int64], is_same: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of a band of which one text stands apart and the other does not."""
    edges = np.diff(np.concatenate(([False], is_same, [False])).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        group = texts[start:end]
        is_apart = apart[group]
        yield from _facing(group[is_apart], group[~is_apart])
        yield from _facing(group[~is_apart], group[is_apart])


def _facing(texts: NDArray[np.int64], others: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield pairs of each text and the others nearest to it, all of them where they are few.

    A group of a thousand texts would otherwise make a quarter of a million pairs, all of them to
    say the same.
    """
    last = max(0, len(others) - _FACING)
    firsts = np.clip(np.searchsorted(others, texts) - _FACING // 2, 0, last)
    for one, first in zip(texts.tolist(), firsts.tolist(), strict=True):
        for other in others[first : first + _FACING].tolist():
            yield min(one, other), max(one, other)


def _similarity(found: Shingled, first: int, second: int) -> float:
    a, b = found.of(first), found.of(second)
    shared = n_shared(a, b)
    return shared / (len(a) + len(b) - shared)


def n_shared(one: Hashes, other: Hashes) -> int:
    """Return how many shingles two texts share; the longer's are in order, so each is looked up."""
    few, many = sorted((one, other), key=len)
    places = np.searchsorted(many, few)
    places[places == len(many)] = 0
    return int(np.count_nonzero(many[places] == few))
