"""Texts that stand in longer ones: copies that similarity does not see, since the longer says more.

A text is contained where nine in ten of its shingles stand in one other text (Broder 1997). One
shingle in eight, by its hash, is looked up; texts that share several such are compared exactly.
Shingles that stand in many texts tell of a form and not of a copy, and are not looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tracemill.curate.copies.near_duplicates import Shingled, n_shared, shingled

CONTAINED: Final = 0.9
"""Share of a text's shingles from which it stands in another."""
_MIN_SHINGLES: Final = 20
"""Shorter texts say what many say."""
_LOOKED_UP: Final = np.uint64(8)
_MAX_TEXTS: Final = 20
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
    texts: Sequence[str] | Shingled, threshold: float = CONTAINED
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
    owners = np.repeat(np.arange(len(sizes)), sizes)
    is_looked_up = (found.hashes % _LOOKED_UP == 0) & (sizes[owners] >= _MIN_SHINGLES)
    hashes, owners = found.hashes[is_looked_up], owners[is_looked_up]
    n_own = Counter(owners.tolist())
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    edges = np.flatnonzero(np.concatenate(([True], hashes[1:] != hashes[:-1], [True])))
    shared: Counter[tuple[int, int]] = Counter()
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if 1 < end - start <= _MAX_TEXTS:
            shared.update(combinations(owners[start:end].tolist(), 2))
    for (one, other), n_here in shared.items():
        inner, outer = sorted((one, other), key=lambda text: (int(sizes[text]), -text))
        if n_here >= _MIN_SHARED * n_own[inner]:
            yield inner, outer
