"""Tests that ask how often chance alone would do as much, by exchanging what could be exchanged.

E. S. Edgington and P. Onghena, Randomization Tests, 4th ed. (2007). They hold for few groups and
for any distribution; only the exchange must be fair.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tracemill.stats.paired import Alternative


def sign_flip(totals: Sequence[int], alternative: Alternative = "differs") -> float:
    """Return the exact p-value of a sum over groups whose signs might be the other way round.

    Each total is what one group of cases won less what it lost. With one case a group this is
    McNemar's exact test. All 2^G sign patterns are counted at once, as the product of
    1 + x^|total|, held in one integer.
    """
    sizes = [abs(total) for total in totals if total]
    width = (len(sizes) + 8) // 8
    counts = 1
    for size in sizes:
        counts += counts << (8 * width * size)
    reach, won = sum(sizes), sum(total for total in totals if total > 0)
    packed = counts.to_bytes(width * (reach + 1), "little")
    at = [int.from_bytes(packed[i : i + width], "little") for i in range(0, len(packed), width)]
    whole = 1 << len(sizes)
    better, worse = sum(at[won:]) / whole, sum(at[: won + 1]) / whole
    match alternative:
        case "better":
            return better
        case "worse":
            return worse
        case "differs":
            return min(1.0, 2 * min(better, worse))


def signs_drawn(totals: Sequence[float], random: Random, n_draws: int = 9_999) -> float:
    """Return the two-sided p-value of `sign_flip` for totals that are no whole numbers.

    Counts the data as one draw more, so it is never 0: Phipson and Smyth, SAGMB 9 (2010) 39.
    """
    observed = abs(sum(totals)) * (1 - 1e-12)
    draws = (sum(t if random.getrandbits(1) else -t for t in totals) for _ in range(n_draws))
    return (1 + sum(abs(drawn) >= observed for drawn in draws)) / (1 + n_draws)


def arms_permuted(
    first: Sequence[float], second: Sequence[float], random: Random, n_draws: int = 9_999
) -> float:
    """Return the two-sided p-value of the difference of two arms' means, one value a unit.

    The unit is what was assigned to an arm: a project, a session; never the cases within it.
    """
    pooled, n, whole = [*first, *second], len(first), sum(first) + sum(second)

    def distance(total: float) -> float:
        return abs(total / n - (whole - total) / len(second))

    observed = distance(sum(first)) * (1 - 1e-12)
    hits = 0
    for _ in range(n_draws):
        random.shuffle(pooled)
        hits += distance(sum(pooled[:n])) >= observed
    return (1 + hits) / (1 + n_draws)
