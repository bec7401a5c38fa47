"""Two arms that a draw filled: what they differ by, however often one looks and when one stops.

A unit's score is its outcome less what is usual, with the sign of its arm; what is usual comes from
units before it. The draw makes scores fair, not the outcomes: on average they are the difference of
the arms, whatever the outcomes follow and however the cases within a unit hang together. A bet on
them cannot grow in the long run where there is no difference: I. Waudby-Smith and A. Ramdas, JRSS B
86 (2024) 1, section 4, for scores after D. G. Horvitz and D. J. Thompson, JASA 47 (1952) 663.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp, log, log1p, sqrt
from statistics import NormalDist
from typing import Final, NamedTuple

from tracemill.stats.intervals import Interval
from tracemill.stats.search import first_enough

_STAKES: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.55, 0.8)
"""Shares of the most that one can bet; all are laid at once, small ones for small effects."""
_PRECISION: Final = 1e-4
_FAR: Final = 10.0
"""Standard deviations beyond which nothing lies."""
_MOST_UNITS: Final = 1_000_000


class Unit(NamedTuple):
    """What was assigned as a whole, and what came of it."""

    is_treated: bool
    """Whether it was in the second arm."""
    outcome: float
    """Between 0 and 1."""


def arm_scores(units: Iterable[Unit], share: float = 0.5) -> tuple[float, ...]:
    """Return each unit's score, whose mean is the difference of the arms.

    `share` is how likely a unit is in the second arm. What is usual is the mean of both arms so
    far, each begun with one outcome of 1/2.
    """
    totals, counts = [0.5, 0.5], [1, 1]
    scores = []
    for unit in units:
        first, second = (total / n for total, n in zip(totals, counts, strict=True))
        usual = (1 - share) * second + share * first
        weight = 1 / share if unit.is_treated else -1 / (1 - share)
        scores.append(weight * (unit.outcome - usual))
        totals[unit.is_treated] += unit.outcome
        counts[unit.is_treated] += 1
    return tuple(scores)


class Evidence(NamedTuple):
    """What bets have grown to; by chance alone one ever reaches 1/alpha with probability alpha."""

    more: float
    """On the second arm having more."""
    less: float
    """On it having less."""


def arms_evidence(units: Iterable[Unit], share: float = 0.5) -> Iterator[Evidence]:
    """Yield the evidence after each unit; `arms_sequence` excludes 0 where one is 2/alpha."""
    most = max(1 / share, 1 / (1 - share))
    more, less = [0.0] * len(_STAKES), [0.0] * len(_STAKES)
    for score in arm_scores(units, share):
        x = score / most
        more = [known + log1p(stake * x) for known, stake in zip(more, _STAKES, strict=True)]
        less = [known + log1p(-stake * x) for known, stake in zip(less, _STAKES, strict=True)]
        yield Evidence(exp(_mean_of(more)), exp(_mean_of(less)))


def arms_sequence(units: Iterable[Unit], share: float = 0.5, level: float = 0.95) -> Interval:
    """Return an interval of the second arm's mean less the first's that holds at all moments."""
    scores = arm_scores(units, share)
    most, limit = max(1 / share, 1 / (1 - share)), log(2 / (1 - level))
    low = _lowest([score / most for score in scores], most, limit)
    high = -_lowest([-score / most for score in scores], most, limit)
    return Interval(max(-1.0, low), min(1.0, high))


def _lowest(scores: Sequence[float], most: float, limit: float) -> float:
    """Return the smallest difference that a bet on more has not refuted."""
    low, high = -1.0, most * sum(scores) / max(1, len(scores))
    if _grown(scores, low / most) < limit:
        return low
    while high - low > _PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if _grown(scores, middle / most) >= limit else (low, middle)
    return low


def _grown(scores: Sequence[float], null: float) -> float:
    """Return the logarithm of what bets on a mean above `null` have become, of scores up to 1."""
    room = 1 + null
    laid = ((stake / room, -stake * null / room) for stake in _STAKES)
    return _mean_of([sum(map(log1p, [part * x + rest for x in scores])) for part, rest in laid])


def _mean_of(logarithms: Sequence[float]) -> float:
    top = max(logarithms)
    return top + log(sum(exp(each - top) for each in logarithms) / len(logarithms))


def arms_power(n: int, effect: float, spread: float, alpha: float = 0.05) -> float:
    """Return about how likely `n` units of two equal arms show a difference of `effect`.

    `spread` is the standard deviation of outcomes within an arm. The growth of each bet is taken as
    normal, and all of them as moving together; what is usual is not known at first, which adds to
    the spread. Simulation stays within a few points of it.
    """
    if n <= 0 or effect <= 0:
        return 0.0
    bets, limit = _bets(n, effect, spread), log(2 / alpha)
    low, high = -_FAR, _FAR
    if _at(bets, n, high) < limit:
        return 0.0
    while high - low > _PRECISION:
        middle = (low + high) / 2
        low, high = (low, middle) if _at(bets, n, middle) >= limit else (middle, high)
    return NormalDist().cdf(-high)


def _bets(n: int, effect: float, spread: float) -> list[_Growth]:
    wide = spread * sqrt(1 + (1 + log(n)) / n)
    return [_per_unit(stake, effect, wide) for stake in _STAKES]


def _at(bets: Sequence[_Growth], n: int, deviations: float) -> float:
    """Return what bets have become where chance is so many standard deviations kind."""
    return _mean_of([n * bet.mean + deviations * sqrt(n * bet.variance) for bet in bets])


class _Growth(NamedTuple):
    mean: float
    variance: float


def _per_unit(stake: float, effect: float, spread: float) -> _Growth:
    """Return what a unit adds to a bet's logarithm where outcomes lie at plus or minus `spread`."""
    logs = [
        log1p(max(-0.999, stake * (side * spread + effect / 2))) for side in (-1.0, 1.0)
    ]  # a treated unit's score and an untreated one's are alike, with the sign of its arm
    mean = sum(logs) / 2
    return _Growth(mean, sum((each - mean) ** 2 for each in logs) / 2)


def units_needed(
    effect: float, spread: float, *, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Return about how many units show a difference of `effect`, or None: too many to tell."""
    if effect <= 0:
        return None
    unkind, limit = -NormalDist().inv_cdf(power), log(2 / alpha)

    def is_enough(n: int) -> bool:
        return _at(_bets(n, effect, spread), n, unkind) >= limit

    return first_enough(is_enough, _MOST_UNITS)
