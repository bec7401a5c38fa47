"""Intervals of one share: `k` of `n` cases passed, what is the share in the long run?"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from tracemill.stats.beta import beta_quantile


class Interval(NamedTuple):
    """A range that holds the true value, as often as its level says."""

    low: float
    """Lower end."""
    high: float
    """Upper end."""


def z_value(level: float) -> float:
    """Return how many standard deviations hold `level` of a normal distribution."""
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """Return the score interval of a share; right on average over shares.

    E. B. Wilson, JASA 22 (1927) 209. Of no cases it knows nothing: 0 to 1.
    """
    if not n:
        return Interval(0.0, 1.0)
    z, share = z_value(level), k / n
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    middle, scale = share + z * z / (2 * n), 1 + z * z / n
    low = 0.0 if k == 0 else (middle - spread) / scale
    high = 1.0 if k == n else (middle + spread) / scale
    return Interval(low, high)


def clopper_pearson(k: int, n: int, level: float = 0.95) -> Interval:
    """Return the exact interval of a share; never too narrow, whatever the share.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404. For promises, not for plots.
    """
    tail = (1 - level) / 2
    low = beta_quantile(tail, k, n - k + 1) if k else 0.0
    high = beta_quantile(1 - tail, k + 1, n - k) if k < n else 1.0
    return Interval(low, high)


def shares_interval(
    passed: tuple[int, int], sizes: tuple[int, int], level: float = 0.95
) -> Interval:
    """Return the interval of the second share less the first, of separate cases.

    R. G. Newcombe, Statistics in Medicine 17 (1998) 873, method 10: from both score intervals.
    """
    first, second = (k / n if n else 0.5 for k, n in zip(passed, sizes, strict=True))
    one, other = (wilson(k, n, level) for k, n in zip(passed, sizes, strict=True))
    middle = second - first
    return Interval(
        middle - sqrt((second - other.low) ** 2 + (one.high - first) ** 2),
        middle + sqrt((other.high - second) ** 2 + (first - one.low) ** 2),
    )
