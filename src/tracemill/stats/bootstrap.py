"""Intervals by drawing groups again: cases of one session stand and fall together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from random import Random

from tracemill.stats.intervals import Interval
from tracemill.stats.paired import sums_by_group


def bootstrap_interval(
    differences: Sequence[float],
    groups: Sequence[Hashable],
    random: Random,
    *,
    level: float = 0.95,
    n_draws: int = 2_000,
) -> Interval:
    """Return the percentile interval of the mean difference, drawing whole groups.

    B. Efron, Annals of Statistics 7 (1979) 1; groups: Davison and Hinkley, Bootstrap Methods
    (1997), 3.8. Too narrow below about 20 groups; `clustered_interval` holds better there.
    """
    held = sums_by_group(differences, groups)
    if not held:
        return Interval(float("-inf"), float("inf"))
    means = sorted(_mean(random.choices(held, k=len(held))) for _ in range(n_draws))
    cut = int((1 - level) / 2 * n_draws)
    return Interval(means[cut], means[n_draws - 1 - cut])


def _mean(drawn: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in drawn) / sum(size for _, size in drawn)
