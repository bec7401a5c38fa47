"""Whether two numbers rise and fall together: by their ranks, so that no single one decides."""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from statistics import NormalDist
from typing import Final, NamedTuple

from tracemill.stats.beta import incomplete_beta

_FEWEST: Final = 4
"""Pairs below which an interval has no width that could be computed."""
_TIES: Final = 1.06
"""How much wider ranks make the interval: Fieller, Hartley, Pearson, Biometrika 44 (1957) 470."""
_ALMOST: Final = 1 - 1e-12


class Correlation(NamedTuple):
    """How far two numbers go together."""

    n: int
    """Pairs."""
    value: float
    """From -1, where one falls as the other rises, to 1, where both rise together."""
    low: float | None
    """Lower end of its interval; None where there are too few pairs."""
    high: float | None
    """Upper end."""
    p_value: float
    """How often chance alone would do as much."""


def spearman(
    first: Sequence[float], second: Sequence[float], level: float = 0.95
) -> Correlation | None:
    """Return Spearman's correlation; None for fewer than three pairs, or where one never varies.

    C. Spearman, American Journal of Psychology 15 (1904) 72; ties have the mean of their ranks. The
    p-value is that of Student's t, the interval that of Fisher's z.
    """
    n = len(first)
    if n < 3 or len(set(first)) == 1 or len(set(second)) == 1:  # noqa: PLR2004 - t needs three
        return None
    value = _pearson(_ranks(first), _ranks(second))
    bounded = max(-_ALMOST, min(_ALMOST, value))
    low = high = None
    if n >= _FEWEST:
        reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(_TIES / (n - 3))
        low, high = (tanh(atanh(bounded) + side * reach) for side in (-1, 1))
    freedom = n - 2
    p_value = incomplete_beta(freedom / 2, 0.5, 1 - bounded * bounded)
    return Correlation(n, value, low, high, p_value)


def _ranks(numbers: Sequence[float]) -> list[float]:
    """Return the rank of each number, those that are equal sharing the mean of theirs."""
    order = sorted(range(len(numbers)), key=lambda place: numbers[place])
    ranks = [0.0] * len(numbers)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and numbers[order[last + 1]] == numbers[order[first]]:
            last += 1
        for place in order[first : last + 1]:
            ranks[place] = (first + last) / 2
        first = last + 1
    return ranks


def _pearson(first: Sequence[float], second: Sequence[float]) -> float:
    means = sum(first) / len(first), sum(second) / len(second)
    pairs = [(one - means[0], other - means[1]) for one, other in zip(first, second, strict=True)]
    spreads = sqrt(sum(one * one for one, _ in pairs) * sum(other * other for _, other in pairs))
    return sum(one * other for one, other in pairs) / spreads
