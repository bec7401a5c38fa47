"""Cases that come in clusters, such as the calls of one session: how many separate ones are they?

What happens twice in one session has often one cause, so a hundred calls of two sessions say less
than a hundred sessions with one call each.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

from tracemill.stats.beta import t_quantile
from tracemill.stats.intervals import Interval, wilson
from tracemill.stats.means import Moments, moments

_LEVEL: Final = 0.975
"""Of the quantiles that say how far the spread of few clusters can be trusted."""


class ClusterSums(NamedTuple):
    """Sums over clusters, each with its size m and the total T of its values."""

    n: int = 0
    """How many clusters there are."""
    sizes: int = 0
    """The sum of m²."""
    crossed: float = 0.0
    """The sum of m T."""
    totals: float = 0.0
    """The sum of T²."""

    def plus(self, other: ClusterSums) -> ClusterSums:
        """Return the sums with those of more clusters."""
        return ClusterSums(
            self.n + other.n,
            self.sizes + other.sizes,
            self.crossed + other.crossed,
            self.totals + other.totals,
        )

    def less(self, other: ClusterSums) -> ClusterSums:
        """Return the sums without some of the clusters."""
        return ClusterSums(
            self.n - other.n,
            self.sizes - other.sizes,
            self.crossed - other.crossed,
            self.totals - other.totals,
        )


def sums_of(clusters: Iterable[tuple[int, float]]) -> ClusterSums:
    """Return the sums over clusters, each with its size and its total."""
    n, sizes, crossed, totals = 0, 0, 0.0, 0.0
    for size, total in clusters:
        n += 1
        sizes += size * size
        crossed += size * total
        totals += total * total
    return ClusterSums(n, sizes, crossed, totals)


def share_within(clusters: Collection[tuple[int, float]], level: float = 0.95) -> Interval:
    """Return the interval of a share of cases that come in clusters: Wilson's, of their worth.

    Each cluster is told by how many cases it has, and how many of them count. Of no cases it knows
    nothing: 0 to 1.
    """
    n, total = sum(size for size, _ in clusters), sum(hits for _, hits in clusters)
    found = moments(n, total, total)
    worth = separate_cases(found, sums_of(clusters))
    return wilson(worth * found.mean, worth, level)


def separate_cases(found: Moments, sums: ClusterSums) -> int:
    """Return how many separate cases say as much of their mean as these, which come in clusters.

    The variance of the mean by clusters (A. C. Cameron and D. L. Miller, Journal of Human Resources
    50 (2015) 317, with G/(G-1)) says how many cases of that spread it would take if each stood by
    itself, less what few clusters leave open: the squared ratio of Student's quantiles (E. L. Korn
    and B. I. Graubard, Survey Methodology 24 (1998) 193), with as many clusters as those of unequal
    size are worth, (Σm)²/Σm² (A. V. Carter, K. T. Schnepel and D. G. Steigerwald, Review of
    Economics and Statistics 99 (2017) 698). It is no more than all cases, and no less than where
    clusters agree within, (Σm)²/Σm² again (L. Kish, Survey Sampling, 1965, 8.2), which is taken
    where fewer than two clusters, or cases that are all the same, leave no spread to tell it by.
    """
    n_clusters = found.n**2 / max(sums.sizes, 1)
    if n_clusters < 2 or found.variance == 0:  # noqa: PLR2004 - one cluster has no spread
        return int(n_clusters)
    mean = found.mean
    squares = sums.totals - 2 * mean * sums.crossed + mean * mean * sums.sizes
    error = squares * sums.n / (sums.n - 1) / found.n**2
    trust = t_quantile(_LEVEL, found.n - 1) / t_quantile(_LEVEL, n_clusters - 1)
    worth = found.variance * trust * trust
    return max(int(n_clusters), round(worth / error)) if worth < error * found.n else found.n
