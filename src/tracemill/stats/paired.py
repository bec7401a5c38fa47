"""Two models on the same cases: only cases on which they differ say anything.

`gains` are cases that only the second one passes, `losses` those that only the first one passes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from math import sqrt
from typing import Literal

from tracemill.stats.beta import binomial_at_least, t_quantile
from tracemill.stats.intervals import Interval, z_value

Alternative = Literal["differs", "better", "worse"]
"""What the second one is suspected of."""


def mcnemar(gains: int, losses: int, alternative: Alternative = "differs") -> float:
    """Return the exact p-value of McNemar's test.

    Q. McNemar, Psychometrika 12 (1947) 153, with binomial tails in place of chi-square.
    """
    n = gains + losses
    match alternative:
        case "better":
            return binomial_at_least(gains, n, 0.5)
        case "worse":
            return binomial_at_least(losses, n, 0.5)
        case "differs":
            return min(1.0, 2 * binomial_at_least(max(gains, losses), n, 0.5))


def paired_interval(gains: int, losses: int, n: int, level: float = 0.95) -> Interval:
    """Return the score interval of the difference of two paired shares; holds at zero gains too.

    T. Tango, Statistics in Medicine 17 (1998) 891.
    """
    if not n:
        return Interval(-1.0, 1.0)
    z, middle = z_value(level), (gains - losses) / n
    low = _crossing(lambda d: _score(gains, losses, n, d) > z, -1.0, middle)
    high = _crossing(lambda d: _score(gains, losses, n, d) > -z, middle, 1.0)
    return Interval(low, high)


def _crossing(is_below: Callable[[float], bool], low: float, high: float) -> float:
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return middle


def _score(gains: int, losses: int, n: int, difference: float) -> float:
    """Return how many standard deviations the data lie above an assumed difference."""
    b = (2 * n - gains + losses) * difference - gains - losses
    c = -losses * difference * (1 - difference)
    share = (sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    above = gains - losses - n * difference
    if variance <= 0:
        return 0.0 if above == 0 else above * float("inf")
    return above / sqrt(variance)


def clustered_interval(
    differences: Sequence[float], groups: Sequence[Hashable], level: float = 0.95
) -> Interval:
    """Return the interval of a mean difference whose cases come in groups.

    Cluster-robust variance with G/(G-1) and Student's t of G-1 degrees of freedom: Cameron and
    Miller, Journal of Human Resources 50 (2015) 317. One group alone says nothing: -inf to inf.
    """
    sums = sums_by_group(differences, groups)
    n, n_groups = len(differences), len(sums)
    if n_groups <= 1:
        return Interval(float("-inf"), float("inf"))
    mean = sum(differences) / n
    squares = sum((total - size * mean) ** 2 for total, size in sums)
    error = sqrt(squares * n_groups / (n_groups - 1)) / n
    reach = t_quantile((1 + level) / 2, n_groups - 1) * error
    return Interval(mean - reach, mean + reach)


def sums_by_group(
    values: Iterable[float], groups: Iterable[Hashable]
) -> tuple[tuple[float, int], ...]:
    """Return sum and number of each group's values, in the order in which groups come."""
    held: dict[Hashable, list[float]] = defaultdict(list)
    for value, group in zip(values, groups, strict=True):
        held[group].append(value)
    return tuple((sum(listed), len(listed)) for listed in held.values())
