"""What a treatment does to one metric: a difference of means over units, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from random import Random
from statistics import fmean, pvariance
from typing import Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.experiments.units import Settled
from tracemill.records.process.experiments import (
    ArmFigures,
    ArmName,
    ExperimentPlan,
    MetricEffect,
    PlannedMetric,
)
from tracemill.stats import (
    Interval,
    Unit,
    arms_permuted,
    arms_sequence,
    fisher_exact,
    shares_interval,
)
from tracemill.stats.means import difference_interval, moments

_FEW: Final = 4
"""Units an arm below which their spread says nothing."""
WIDEST: Final = 0.5
"""The standard deviation of values between 0 and 1 that is assumed until it is known."""


class Effect(NamedTuple):
    """What the treatment does to one metric, and what follows."""

    told: MetricEffect
    """The record of it."""
    gain: Interval | None
    """What the treatment gains, in the metric's unit; None where nothing is known."""
    is_better: bool
    """Whether a gain is shown."""
    spread: float | None
    """Standard deviation of units within an arm, as a share of the ceiling; None of few units."""


class _Counted(NamedTuple):
    """One unit of one metric."""

    unit: Unit
    n_cases: int


def measure(
    plan: ExperimentPlan,
    aim: PlannedMetric,
    number: int,
    units: Sequence[Settled],
    *,
    alpha: float | None = None,
) -> Effect:
    """Return what the treatment does to the metric that stands at `number` in every unit."""
    counted = [
        _Counted(Unit(unit.is_treated, _share(cases, aim.ceiling)), len(cases))
        for unit in units
        if (cases := unit.cases[number])
    ]
    held = [each.unit for each in counted]
    arms = tuple(_arm(plan, name, counted, aim.ceiling) for name in ("control", "treatment"))
    level = 1 - (alpha or plan.alpha)
    is_known = all(arm.n_units for arm in arms)
    p_value = _p_value(held) if plan.looks == "once" and is_known else None
    interval = _interval(plan, held, level) if is_known else None
    if interval is not None:
        interval = Interval(interval.low * aim.ceiling, interval.high * aim.ceiling)
    gain = interval if interval is None or aim.better == "more" else _turned(interval)
    difference = _difference(arms)
    shown = _shown(gain, p_value, level)
    return Effect(
        told=MetricEffect(
            metric=aim.metric,
            better=aim.better,
            arms=arms,
            effect=difference,
            low=interval.low if interval else None,
            high=interval.high if interval else None,
            p_value=p_value,
            is_harmed=shown < 0,
            is_safe=aim.margin is None or (gain is not None and gain.low >= -aim.margin),
        ),
        gain=gain,
        is_better=shown > 0,
        spread=_spread(held),
    )


def _shown(gain: Interval | None, p_value: float | None, level: float) -> int:
    """Return 1 where a gain is shown, -1 where a loss is, 0 otherwise."""
    if gain is None or (p_value is not None and p_value > 1 - level):
        return 0
    middle = gain.low + gain.high if p_value is not None else 0.0
    is_gain = gain.low > 0 or middle > 0
    is_loss = gain.high < 0 or middle < 0
    return is_gain - is_loss


def _share(cases: Sequence[float], ceiling: float) -> float:
    """Return the mean of a unit's cases, each as a share of the ceiling."""
    return fmean(min(max(value, 0.0), ceiling) for value in cases) / ceiling


def _arm(
    plan: ExperimentPlan, name: ArmName, counted: Sequence[_Counted], ceiling: float
) -> ArmFigures:
    is_treatment = name == "treatment"
    own = [each for each in counted if each.unit.is_treated == is_treatment]
    return ArmFigures(
        arm=name,
        uses=plan.treatment if is_treatment else plan.control,
        n_units=len(own),
        n_cases=sum(each.n_cases for each in own),
        value=fmean(each.unit.outcome for each in own) * ceiling if own else None,
    )


def _difference(arms: Sequence[ArmFigures]) -> float | None:
    first, second = (arm.value for arm in arms)
    return None if first is None or second is None else second - first


def _interval(plan: ExperimentPlan, units: Sequence[Unit], level: float) -> Interval | None:
    if plan.looks == "any_time":
        return arms_sequence(units, plan.share, level)
    both = _both(units)
    if _are_cases(both):
        return shares_interval(_passed(both), (len(both[0]), len(both[1])), level)
    first, second = (
        moments(len(own), sum(own), sum(value * value for value in own)) for own in both
    )
    return difference_interval(first, second, level)


def _p_value(units: Sequence[Unit]) -> float:
    """Return the exact p-value of single cases, and that of many redrawn arms otherwise."""
    both = _both(units)
    if _are_cases(both):
        return fisher_exact(_passed(both), (len(both[0]), len(both[1])))
    seed = digest(*(repr(unit) for unit in units))
    return arms_permuted(*both, Random(seed))  # noqa: S311 - no secret


class _Arms(NamedTuple):
    control: list[float]
    treatment: list[float]


def _are_cases(both: _Arms) -> bool:
    """Tell whether every unit just passed or failed."""
    return all(value in (0, 1) for arm in both for value in arm)


def _passed(both: _Arms) -> tuple[int, int]:
    return round(sum(both.control)), round(sum(both.treatment))


def _both(units: Sequence[Unit]) -> _Arms:
    first = [unit.outcome for unit in units if not unit.is_treated]
    return _Arms(first, [unit.outcome for unit in units if unit.is_treated])


def _turned(interval: Interval) -> Interval:
    return Interval(-interval.high, -interval.low)


def _spread(units: Sequence[Unit]) -> float | None:
    arms = _both(units)
    if min(map(len, arms)) < _FEW:
        return None
    return sqrt(sum(pvariance(arm) * len(arm) for arm in arms) / len(units))
