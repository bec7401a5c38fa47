"""Before an experiment: what is usual, and how many units its question needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean, pstdev
from typing import Final, NamedTuple

from tracemill.experiments.effects import WIDEST
from tracemill.experiments.units import Outcome
from tracemill.records.process.experiments import ExperimentPlan
from tracemill.stats import arms_power, units_needed
from tracemill.stats.means import difference_power

_POWER: Final = 0.8
_FEW: Final = 8
"""Units below which their spread says nothing."""
_HEADROOM: Final = 1.5


class Usual(NamedTuple):
    """A metric as it was before, unit by unit."""

    n_units: int
    """Units that had cases."""
    mean: float | None
    """Mean over units; None of no units."""
    spread: float | None
    """Standard deviation over units; None where there are too few to tell."""
    highest: float | None
    """The highest case."""


def usual_of(outcomes: Iterable[Outcome]) -> Usual:
    """Return how a metric was, each unit counted once."""
    units: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        units[outcome.unit].append(outcome.value)
    means = [fmean(values) for values in units.values()]
    return Usual(
        n_units=len(means),
        mean=fmean(means) if means else None,
        spread=pstdev(means) if len(means) >= _FEW else None,
        highest=max((max(values) for values in units.values()), default=None),
    )


def ceiling_for(usual: Usual) -> float:
    """Return what a mean's values should count at most: 1, or one digit and zeros above all."""
    if (usual.highest or 0) <= 1:
        return 1.0
    wanted = (usual.highest or 1.0) * _HEADROOM
    size = 10.0 ** (len(str(int(wanted))) - 1)
    return float(-(-wanted // size) * size)


def units_for(plan: ExperimentPlan, usual: Usual) -> int | None:
    """Return how many units find the least gain that is worth it; None: too many to tell."""
    effect = plan.minimum_effect / plan.target.ceiling
    return units_needed(effect, spread_of(plan, usual), alpha=plan.alpha, power=_POWER)


def power_of(plan: ExperimentPlan, usual: Usual) -> float:
    """Return how likely the least gain that is worth it is found by the horizon."""
    effect = plan.minimum_effect / plan.target.ceiling
    power = arms_power if plan.looks == "any_time" else difference_power
    return power(plan.horizon, effect, spread_of(plan, usual), plan.alpha)


def spread_of(plan: ExperimentPlan, usual: Usual) -> float:
    """Return the standard deviation of units as a share of the ceiling, the widest if unknown."""
    return WIDEST if usual.spread is None else usual.spread / plan.target.ceiling
