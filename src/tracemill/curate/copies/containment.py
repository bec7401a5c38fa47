"""Texts that stand in longer ones: copies that similarity does not see, since the longer says more.

A text is contained where nine in ten of its shingles stand in one other text (Broder 1997). One
shingle in eight, by its hash, is looked up; texts that share several such are compared exactly.
Shingles that stand in many texts tell of a form and not of a copy, and are not looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracemill.curate.copies.near_duplicates import Shingled, Text, n_shared, shingled

CONTAINED: Final = 0.9
"""Share of a text's shingles from which it stands in another."""
_MIN_SHINGLES: Final = 20
"""Shorter texts say what many say."""
_NOT_LOOKED_UP: Final = np.uint64(8 - 1)
"""Bits of a hash, none of which is set in those that are looked up."""
_MAX_TEXTS: Final = 20
_TEXT_BITS: Final = 32
"""Bits by which the first text of a pair stands before the second."""
_PAIRS_AT_ONCE: Final = 2**18
"""Pairs of texts that are counted in one go, at 8 bytes each and a few copies."""
_MIN_SHARED: Final = 0.5
"""Share of the looked-up shingles from which two texts are compared."""


class Containment(NamedTuple):
    """A text that stands in another."""

    inner: int
    """Index of the text that is contained."""
    outer: int
    """Index of the longer one."""
    share: float
    """Share of its shingles that stand there, exactly."""


def contained(
    texts: Sequence[Text] | Shingled, threshold: float = CONTAINED
) -> Iterator[Containment]:
    """Yield each text that stands in a longer one, with the first such, ordered by index."""
    found = texts if isinstance(texts, Shingled) else shingled(texts)
    sizes = np.diff(found.starts)
    told: set[int] = set()
    for inner, outer in sorted(_candidates(found, sizes)):
        if inner in told:
            continue
        own = found.of(inner)
        share = n_shared(own, found.of(outer)) / len(own)
        if share >= threshold:
            told.add(inner)
            yield Containment(inner, outer, share)


def _candidates(found: Shingled, sizes: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield pairs of a shorter and a longer text that share enough of what is looked up."""
    places = np.flatnonzero(found.hashes & _NOT_LOOKED_UP == 0)
    owners = np.repeat(np.arange(len(sizes)), sizes)[places]
    is_long = sizes[owners] >= _MIN_SHINGLES
    hashes, owners = found.hashes[places[is_long]], owners[is_long]
    n_own = np.bincount(owners, minlength=len(sizes)).tolist()
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    edges = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1], [True])))
    for (one, other), n_here in _shared(owners, edges).items():
        inner, outer = sorted((one, other), key=lambda text: (int(sizes[text]), -text))
        if n_here >= _MIN_SHARED * n_own[inner]:
            yield inner, outer


def _shared(owners: NDArray[np.int64], edges: NDArray[np.int64]) -> Counter[tuple[int, int]]:
    """Return how many groups each pair of texts is in; each group lies between two edges."""
    shared: Counter[tuple[int, int]] = Counter()
    sizes = np.diff(edges)
    for n_texts in range(2, _MAX_TEXTS + 1):
        ones, others = np.triu_indices(n_texts, 1)
        firsts = edges[:-1][sizes == n_texts]
        n_groups = max(1, _PAIRS_AT_ONCE // len(ones))
        for at in range(0, len(firsts), n_groups):
            groups = owners[firsts[at : at + n_groups, None] + np.arange(n_texts)]
            keys = (groups[:, ones] << _TEXT_BITS) | groups[:, others]
            pairs, counts = np.unique(keys, return_counts=True)
            for pair, n_here in zip(pairs.tolist(), counts.tolist(), strict=True):
                shared[divmod(pair, 1 << _TEXT_BITS)] += n_here
    return shared
