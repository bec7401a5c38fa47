"""How effective a version of a prompt is, in one word, by the gate results of work done with it.

| more than | and | is |
|---|---|---|
| 90 % of judgements pass | fewer than one retry for a piece of work | high |
| 75 % | | medium |
| | | low |

A word, and no test: what a difference between two versions is worth, their intervals say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracemill.records.process.patterns import Measure
from tracemill.records.process.version_metrics import Effectiveness

_HIGH: Final = 0.90
_MEDIUM: Final = 0.75
_FEW_RETRIES: Final = 1.0
_DIGITS: Final = 9
"""Shares are rounded, so that 90 of 100 is no more than 90 %."""


def effectiveness(success_rate: float | None, retry_rate: float | None) -> Effectiveness | None:
    """Return how well a version does; None where it hangs on what is not known.

    Args:
        success_rate: the share of judgements that pass.
        retry_rate: how often a piece of work is tried again, on average; the first try is none.
    """
    if success_rate is None:
        return None
    if success_rate > _HIGH:
        if retry_rate is None:
            return None
        return "high" if retry_rate < _FEW_RETRIES else "medium"
    return "medium" if success_rate > _MEDIUM else "low"


def effectiveness_of(metrics: Mapping[str, Measure]) -> Effectiveness | None:
    """Return how well the work does of which some metrics are counted."""
    failed, retries = metrics.get("gate_failure_rate"), metrics.get("retries")
    rate = failed.value if failed else None
    success_rate = None if rate is None else round(1 - rate, _DIGITS)
    return effectiveness(success_rate, retries.value if retries else None)
