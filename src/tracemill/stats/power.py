"""Before measuring: how large must a difference be, or the suite, for a verdict to be likely?

Exact: every outcome is enumerated with its probability, with the very test that judges later.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from math import ceil, exp, lgamma, log, sqrt
from statistics import NormalDist
from typing import Final

from tracemill.stats.beta import binomial_at_least, binomial_at_most
from tracemill.stats.paired import mcnemar
from tracemill.stats.search import first_enough
from tracemill.stats.tables import table_ways

_MAX_CASES: Final = 100_000
_PRECISION: Final = 1e-4


def paired_power(n: int, gain: float, loss: float, alpha: float = 0.05) -> float:
    """Return how likely McNemar's test finds the second model better.

    `gain` and `loss` are the shares of cases that only the second or only the first one passes.
    """
    either = gain + loss
    if either <= 0:
        return 0.0
    return sum(
        _binomial(m, n, either) * binomial_at_least(won, m, gain / either)
        for m in _likely(n, either)
        if (won := _wins_needed(m, alpha)) <= m
    )


def _likely(n: int, share: float, least: int = 1) -> range:
    """Return how many of `n` it may be; what lies beyond ten standard deviations adds nothing."""
    reach = 10 * sqrt(n * share * (1 - share)) + 10
    return range(max(least, int(n * share - reach)), min(n, int(n * share + reach)) + 1)


@cache
def _wins_needed(n: int, alpha: float) -> int:
    """Return the fewest wins of `n` that are significant; more than `n` where none are."""
    low, high = n // 2, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if mcnemar(middle, n - middle) <= alpha else (middle, high)
    return high


def _binomial(k: int, n: int, p: float) -> float:
    if p in (0, 1):
        return float(k == n * p)
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(p) + (n - k) * log(1 - p))


def smallest_effect(
    n: int, loss: float, *, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """Return the smallest difference that `n` cases find with that power, or None: none is.

    `loss` is the share of cases that the better model is thought to lose in spite of all.
    """
    if paired_power(n, 1 - loss, loss, alpha) < power:
        return None
    low, high = 0.0, 1 - 2 * loss
    while high - low > _PRECISION:
        middle = (low + high) / 2
        is_enough = paired_power(n, loss + middle, loss, alpha) >= power
        low, high = (low, middle) if is_enough else (middle, high)
    return high


def cases_needed(
    gain: float, loss: float, *, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Return how many cases find that difference with that power, or None: too many to tell."""
    if gain <= loss:
        return None
    return first_enough(lambda n: paired_power(n, gain, loss, alpha) >= power, _MAX_CASES)


def fisher_power(sizes: tuple[int, int], shares: tuple[float, float], alpha: float = 0.05) -> float:
    """Return how likely Fisher's test finds any difference between two arms of these shares."""
    first, second = (
        {k: _binomial(k, n, p) for k in _likely(n, p, 0)}
        for n, p in zip(sizes, shares, strict=True)
    )
    totals = range(min(first) + min(second), max(first) + max(second) + 1)
    return sum(
        first[i] * second[total - i]
        for total in totals
        for i in _significant(sizes, total, alpha)
        if i in first and total - i in second
    )


def _significant(sizes: tuple[int, int], total: int, alpha: float) -> Iterator[int]:
    """Yield how many of `total` may fall to the first arm for Fisher's test to find it too rare."""
    ways = table_ways(sizes, total)
    whole, seen = sum(ways.values()), 0
    by_ways = groupby(sorted(ways, key=ways.__getitem__), key=ways.__getitem__)
    for n, tied in by_ways:
        held = list(tied)
        seen += n * len(held)
        if seen / whole > alpha:
            return
        yield from held


def chance_of_false_alarm(n: int, either: float, alpha: float = 0.05) -> float:
    """Return how often McNemar's test calls one of two equal models better or worse."""
    return sum(
        _binomial(m, n, either)
        * (binomial_at_least(won, m, 0.5) + binomial_at_most(m - won, m, 0.5))
        for m in _likely(n, either)
        if (won := _wins_needed(m, alpha)) <= m
    )


def shares_needed(
    one: float, other: float, *, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Return how many cases of each tell two shares apart with that power; None where none do.

    By the normal distribution: J. L. Fleiss, Statistical Methods for Rates and Proportions, 3.2.
    """
    if one == other:
        return None
    normal, middle = NormalDist(), (one + other) / 2
    among = normal.inv_cdf(1 - alpha / 2) * sqrt(2 * middle * (1 - middle))
    between = normal.inv_cdf(power) * sqrt(one * (1 - one) + other * (1 - other))
    return ceil(((among + between) / (one - other)) ** 2)
