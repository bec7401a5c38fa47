"""Several questions at once: p-values as they count when all of them were asked."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values so that one false alarm among all is as rare as the level says.

    S. Holm, Scandinavian Journal of Statistics 6 (1979) 65. For guards and promotions.
    """
    n, highest = len(p_values), 0.0
    adjusted = [0.0] * n
    for rank, i in enumerate(sorted(range(n), key=p_values.__getitem__)):
        highest = max(highest, (n - rank) * p_values[i])
        adjusted[i] = min(1.0, highest)
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values so that the share of false ones among all alarms is as low as the level.

    Y. Benjamini and Y. Hochberg, JRSS B 57 (1995) 289. For searching patterns.
    """
    n, lowest = len(p_values), 1.0
    adjusted = [0.0] * n
    for rank, i in enumerate(sorted(range(n), key=p_values.__getitem__, reverse=True)):
        lowest = min(lowest, p_values[i] * n / (n - rank))
        adjusted[i] = lowest
    return tuple(adjusted)
