"""From numbers to words: better, worse, equivalent, and inconclusive where nothing is shown."""

from __future__ import annotations

from typing import Literal

from tracemill.stats.intervals import Interval

Verdict = Literal["better", "worse", "equivalent", "inconclusive"]
"""`equivalent` is shown, not assumed: the whole interval lies within the margin."""


def judge(
    difference: float, p_value: float, interval: Interval, *, margin: float, alpha: float = 0.05
) -> Verdict:
    """Return what is shown of a difference.

    For `equivalent`, `interval` is to have the level 1 - 2 alpha, which makes it two one-sided
    tests: D. J. Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15 (1987) 657.
    """
    if p_value <= alpha and difference:
        return "better" if difference > 0 else "worse"
    return "equivalent" if -margin <= interval.low <= interval.high <= margin else "inconclusive"


def is_not_worse(interval: Interval, margin: float) -> bool:
    """Tell whether a loss of more than `margin` is ruled out."""
    return interval.low >= -margin
