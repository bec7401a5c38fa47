"""Two arms of separate units: so many of these passed, so many of those."""

from __future__ import annotations

from math import comb


def fisher_exact(passed: tuple[int, int], sizes: tuple[int, int]) -> float:
    """Return the exact two-sided p-value that two arms pass equally often.

    R. A. Fisher, JRSS 98 (1935) 39: sums all tables with these margins that are no likelier than
    the one seen. In whole numbers throughout, so ties are ties.
    """
    total, first = sum(passed), sizes[0]
    low, high = max(0, total - sizes[1]), min(total, first)
    ways = {k: comb(first, k) * comb(sizes[1], total - k) for k in range(low, high + 1)}
    seen = ways[passed[0]]
    return sum(n for n in ways.values() if n <= seen) / sum(ways.values())
