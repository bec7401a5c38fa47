"""Means of numbers: how sure one is, whether it lies above a limit, and whether two differ."""

from __future__ import annotations

from math import exp, isclose, lgamma, sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

from tracemill.stats.beta import incomplete_beta, t_quantile
from tracemill.stats.intervals import Interval

_NOISE: Final = 2e-15
"""What rounding leaves of a spread that is none, as a part of the squares, for each root of n."""
_SAME: Final = 1e-6
"""Numbers that differ by less of themselves are one number."""


class Moments(NamedTuple):
    """What is to be known of some numbers, whose order does not matter."""

    n: int
    """How many there are."""
    mean: float
    """Their mean."""
    variance: float
    """Their variance, with n - 1 below."""


def moments(n: int, total: float, squares: float) -> Moments:
    """Return the moments of `n` numbers from their sum and the sum of their squares."""
    if not n:
        return Moments(0, 0.0, 0.0)
    mean = total / n
    spread = squares - n * mean * mean
    is_noise = spread <= _NOISE * sqrt(n) * squares
    return Moments(n, mean, 0.0 if n == 1 or is_noise else spread / (n - 1))


def mean_interval(found: Moments, level: float = 0.95) -> Interval | None:
    """Return Student's interval of a mean; None where all numbers are the same one.

    Student, Biometrika 6 (1908) 1. Right for many numbers, or for those that are nearly normal.
    """
    if found.n < 2 or found.variance == 0:  # noqa: PLR2004 - one number has no spread
        return None
    reach = t_quantile((1 + level) / 2, found.n - 1) * sqrt(found.variance / found.n)
    return Interval(found.mean - reach, found.mean + reach)


def mean_above(found: Moments, limit: float) -> float:
    """Return the one-sided p-value that a mean lies above a limit; 1 where nobody can tell.

    Where all numbers are the same one, it is how often a coin would put them all on that side.
    """
    if found.n < 2:  # noqa: PLR2004 - one number has no spread
        return 1.0
    if found.variance == 0:
        return 0.5**found.n if found.mean > limit else 1.0
    return _tail((found.mean - limit) / sqrt(found.variance / found.n), found.n - 1)


def welch(first: Moments, second: Moments) -> float:
    """Return the two-sided p-value that two means differ; 1 where nobody can tell.

    B. L. Welch, Biometrika 34 (1947) 28: the spreads need not be equal. Where neither has any, each
    side is one number over and over, and Fisher's exact test says how often chance parts them so.
    """
    error = _error(first, second)
    if error is None:
        return _apart(first, second)
    return min(1.0, 2 * _tail(abs(first.mean - second.mean) / error.size, error.freedom))


def difference_interval(first: Moments, second: Moments, level: float = 0.95) -> Interval | None:
    """Return Welch's interval of the second mean less the first; None where nobody can tell."""
    error = _error(first, second)
    if error is None:
        return None
    reach = t_quantile((1 + level) / 2, error.freedom) * error.size
    middle = second.mean - first.mean
    return Interval(middle - reach, middle + reach)


def difference_power(n: int, effect: float, spread: float, alpha: float = 0.05) -> float:
    """Return about how likely `n` units of two equal arms show a difference of means at one look.

    `spread` is the standard deviation within an arm; the difference is taken as normal.
    """
    if spread <= 0:
        return float(n > 0 < effect)
    normal = NormalDist()
    return normal.cdf(abs(effect) * sqrt(n) / (2 * spread) - normal.inv_cdf(1 - alpha / 2))


def _apart(first: Moments, second: Moments) -> float:
    are_the_same = isclose(first.mean, second.mean, rel_tol=_SAME)
    if min(first.n, second.n) < 2 or are_the_same:  # noqa: PLR2004 - one number has no spread
        return 1.0
    ways = lgamma(first.n + second.n + 1) - lgamma(first.n + 1) - lgamma(second.n + 1)
    return min(1.0, (1 + (first.n == second.n)) * exp(-ways))


class _Error(NamedTuple):
    size: float
    freedom: float


def _error(first: Moments, second: Moments) -> _Error | None:
    """Return the standard error of a difference of means, with its degrees of freedom."""
    if min(first.n, second.n) < 2:  # noqa: PLR2004 - one number has no spread
        return None
    one, other = first.variance / first.n, second.variance / second.n
    if one + other == 0:
        return None
    freedom = (one + other) ** 2 / (one**2 / (first.n - 1) + other**2 / (second.n - 1))
    return _Error(sqrt(one + other), freedom)


def _tail(t: float, freedom: float) -> float:
    """Return how often Student's t lies above a point."""
    half = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2
    return half if t >= 0 else 1 - half
