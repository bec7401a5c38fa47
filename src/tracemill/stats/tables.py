"""Two arms of separate units: so many of these passed, so many of those."""

from __future__ import annotations

from math import comb


def fisher_exact(passed: tuple[int, int], sizes: tuple[int, int]) -> float:
    """Return the exact two-sided p-value that two arms pass equally often.

    R. A. Fisher, JRSS 98 (1935) 39: sums all tables with these margins that are no likelier than
    the one seen. In whole numbers throughout, so ties are ties.
    """
    ways = table_ways(sizes, sum(passed))
    seen = ways[passed[0]]
    return sum(n for n in ways.values() if n <= seen) / sum(ways.values())


def table_ways(sizes: tuple[int, int], total: int) -> dict[int, int]:
    """Return, by how many of `total` fall to the first arm, in how many ways they can."""
    first, second = sizes
    low, high = max(0, total - second), min(total, first)
    n = comb(first, low) * comb(second, total - low)
    ways = {low: n}
    for k in range(low, high):
        n = n * (first - k) * (total - k) // ((k + 1) * (second - total + k + 1))
        ways[k + 1] = n
    return ways
