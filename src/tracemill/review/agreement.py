"""How far people who judged the same things agree, beyond what chance would give.

Cohen's kappa is for two people, Krippendorff's alpha for any number of them, with gaps, and for
ranks. Both are 1 where all agree, 0 where they agree as often as chance would have it, and below
where they agree less. Where everybody always says the same one thing, or nobody shares a thing,
neither is defined: then it is None, not 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import pairwise
from typing import TypeVar

V = TypeVar("V", bound=Hashable)


def cohens_kappa(pairs: Sequence[tuple[V, V]]) -> float | None:
    """Return kappa of two people who judged the same things.

    `kappa = (p_o - p_e) / (1 - p_e)`, with `p_o` the share of things on which both agree and
    `p_e = sum over values of p_1(value) * p_2(value)`, the share on which they would if each kept
    their own habits and tossed. Cohen, "A Coefficient of Agreement for Nominal Scales",
    Educational and Psychological Measurement 20 (1960), 37-46.

    Args:
        pairs: what the one and the other said of each thing.
    """
    n = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[value] * second[value] for value in first)
    if by_chance == n * n:
        return None
    observed = sum(one == other for one, other in pairs)
    return (n * observed - by_chance) / (n * n - by_chance)


def krippendorffs_alpha(
    units: Collection[Collection[V]], ranks: Sequence[V] | None = None
) -> float | None:
    """Return alpha of any number of people, who need not all have judged everything.

    `alpha = 1 - D_o / D_e`. With `n_u` values said of a thing, each of its ordered pairs
    counts `1 / (n_u - 1)` in the table of coincidences `o`; `n_c` are its sums, `n` is their sum.
    `D_o = sum of o_ck * d(c, k) / n`, `D_e = sum of n_c * n_k * d(c, k) / (n * (n - 1))`. For names
    `d` is 1 where values differ; for ranks it is the square of the `n_g` from c to k with half of
    both ends. Krippendorff, "Content Analysis" (2nd ed. 2004), chapter 11; Hayes and Krippendorff,
    "Answering the Call for a Standard Reliability Measure", Communication Methods and Measures 1
    (2007), 77-89.

    Args:
        units: what was said of each thing; things of which only one spoke count for nothing.
        ranks: all values from the lowest to the highest, where they are ranks; None for names.
    """
    shared = [unit for unit in units if len(unit) > 1]
    coincidences: defaultdict[tuple[V, V], float] = defaultdict(float)
    for unit in shared:
        said = list(unit)
        for at, one in enumerate(said):
            for other in said[:at] + said[at + 1 :]:
                coincidences[one, other] += 1 / (len(said) - 1)
    totals: Counter[V] = Counter(value for unit in shared for value in unit)
    n = totals.total()
    distance = _unlike if ranks is None else _apart(totals, ranks)
    expected = sum(
        totals[one] * totals[other] * distance(one, other) for one in totals for other in totals
    )
    if not expected:
        return None
    found = sum(count * distance(one, other) for (one, other), count in coincidences.items())
    return 1 - (n - 1) * found / expected


def _unlike(one: V, other: V) -> float:
    return float(one != other)


def _apart(totals: Counter[V], ranks: Sequence[V]) -> Callable[[V, V], float]:
    """Return the distance of ranks: how many values lie from one to the other, squared."""
    place = {value: at for at, value in enumerate(ranks)}
    before = [0.0]
    for one, other in pairwise(ranks):
        before.append(before[-1] + (totals[one] + totals[other]) / 2)

    def distance(one: V, other: V) -> float:
        return (before[place[one]] - before[place[other]]) ** 2

    return distance
