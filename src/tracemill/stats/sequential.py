"""Statements that hold at every moment, however often one looks and whenever one stops.

An e-value is what a fair bet against the null hypothesis has grown to from 1; Ville's inequality
says that it ever reaches 1/alpha with probability at most alpha if the null is true. So one may
look after each session and stop at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, inf, log, log1p, sqrt
from typing import Final, Literal

from tracemill.stats.beta import incomplete_beta, log_beta
from tracemill.stats.intervals import Interval

Side = Literal["above", "below", "either"]
"""Where the true share is suspected, seen from the null."""

_MAX_BET: Final = 0.5


def e_value(successes: int, n: int, null: float = 0.5, side: Side = "above") -> float:
    """Return the evidence against a share of `null`, or against it and the other side.

    Mixture of likelihood ratios with a uniform weight over the side: H. Robbins, Annals of
    Mathematical Statistics 41 (1970) 1397. Over gains among discordant cases with the null 1/2 it
    is the anytime McNemar test.
    """
    a, b = successes + 1, n - successes + 1
    weight, room = _side(a, b, null, side)
    if weight <= 0:
        return 0.0
    against = successes * log(null) + (n - successes) * log1p(-null)
    power = log_beta(a, b) + log(weight) - log(room) - against
    return exp(power) if power < 700 else inf  # noqa: PLR2004 - the largest double is e^709


def _side(a: int, b: int, null: float, side: Side) -> tuple[float, float]:
    """Return how much of a beta distribution lies on a side, and how much of a uniform one."""
    match side:
        case "above":
            return incomplete_beta(b, a, 1 - null), 1 - null
        case "below":
            return incomplete_beta(a, b, null), null
        case "either":
            return 1.0, 1.0


def confidence_sequence(successes: int, n: int, level: float = 0.95) -> Interval:
    """Return an interval of a share that holds at all moments together: shares not yet refuted."""
    if not n:
        return Interval(0.0, 1.0)
    alpha, share = 1 - level, successes / n
    low = 0.0 if successes == 0 else _edge(lambda p: _is_open(successes, n, p, alpha), share, 0.0)
    high = 1.0 if successes == n else _edge(lambda p: _is_open(successes, n, p, alpha), share, 1.0)
    return Interval(low, high)


def _is_open(successes: int, n: int, share: float, alpha: float) -> bool:
    return 0 < share < 1 and e_value(successes, n, share, "either") < 1 / alpha


def _edge(is_open: Callable[[float], bool], inner: float, outer: float) -> float:
    """Return where a share stops being possible, between one that is and one that is not."""
    while abs(inner - outer) > 1e-12:  # noqa: PLR2004 - far below what any count can tell
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if is_open(middle) else (inner, middle)
    return outer


def bounded_sequence(values: Iterable[float], level: float = 0.95) -> Interval:
    """Return an interval of the mean of values between 0 and 1 that holds at all moments.

    The predictable plug-in empirical-Bernstein sequence: I. Waudby-Smith and A. Ramdas, JRSS B 86
    (2024) 1, theorem 2.
    """
    scale = log(2 / (1 - level))
    total, squares, weights, weighted, spread = 0.5, 0.25, 0.0, 0.0, 0.0
    for t, value in enumerate(values, start=1):
        bet = min(_MAX_BET, sqrt(2 * scale / (squares * log(t + 1))))
        weighted += bet * value
        weights += bet
        spread += (value - total / t) ** 2 * (-log1p(-bet) - bet)
        total += value
        squares += (value - total / (t + 1)) ** 2
    if not weights:
        return Interval(0.0, 1.0)
    mean, reach = weighted / weights, (scale + spread) / weights
    return Interval(max(0.0, mean - reach), min(1.0, mean + reach))
