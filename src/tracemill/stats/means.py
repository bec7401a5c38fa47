"""Means of numbers: how sure one is, whether it lies above a limit, and whether two differ."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from tracemill.stats.beta import incomplete_beta, t_quantile
from tracemill.stats.intervals import Interval


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
    return Moments(n, mean, max(0.0, (squares - n * mean * mean) / (n - 1)) if n > 1 else 0.0)


def mean_interval(found: Moments, level: float = 0.95) -> Interval | None:
    """Return Student's interval of a mean; None where all numbers are the same one.

    Student, Biometrika 6 (1908) 1. Right for many numbers, or for those that are nearly normal.
    """
    if found.n < 2 or found.variance == 0:  # noqa: PLR2004 - one number has no spread
        return None
    reach = t_quantile((1 + level) / 2, found.n - 1) * sqrt(found.variance / found.n)
    return Interval(found.mean - reach, found.mean + reach)


def mean_above(found: Moments, limit: float) -> float:
    """Return the one-sided p-value that a mean lies above a limit; 1 where nobody can tell."""
    if found.n < 2 or found.variance == 0:  # noqa: PLR2004 - one number has no spread
        return 1.0
    return _tail((found.mean - limit) / sqrt(found.variance / found.n), found.n - 1)


def welch(first: Moments, second: Moments) -> float:
    """Return the two-sided p-value that two means differ; 1 where nobody can tell.

    B. L. Welch, Biometrika 34 (1947) 28: the spreads need not be equal.
    """
    error = _error(first, second)
    if error is None:
        return 1.0
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
