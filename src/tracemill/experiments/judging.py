"""The verdict: which arm the figures speak for, why, and how many units are still needed.

A unit counts once, by the mean of its cases, and for the arm that it was drawn into, whatever it
worked with: what hangs together within a unit cannot make an effect look surer than it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.experiments.effects import WIDEST, Effect, measure
from tracemill.experiments.telling import tell
from tracemill.experiments.units import Outcome, Settled, Span, settle
from tracemill.records.process.experiments import (
    ExperimentPlan,
    ExperimentResult,
    ExperimentVerdict,
    VerdictReason,
)
from tracemill.stats import arms_power, e_value, units_needed
from tracemill.stats.means import difference_power

_POWER: Final = 0.8
_UNEVEN: Final = 100
"""Evidence against a fair draw at which nothing is believed: one of so many fair ones gets it."""
_MOST_CROSSED: Final = 0.1
_FEW_CROSSED: Final = 1
"""Crossed units that are a slip and no contamination, however few units there are."""


class Filed(NamedTuple):
    """An experiment as it was filed, and what was known then."""

    experiment_id: str
    """The experiment, which is the salt of its draw."""
    plan: ExperimentPlan
    """What is asked."""
    is_plan_kept: bool = True
    """Whether the plan is still the one that was filed."""
    spread: float = WIDEST
    """Standard deviation of units before, as a share of the ceiling."""


class _Found(NamedTuple):
    verdict: ExperimentVerdict
    reasons: tuple[VerdictReason, ...]


def judge(
    filed: Filed,
    held: Sequence[Sequence[Outcome]],
    span: Span,
    until: datetime,
    told: Mapping[str, datetime] | None = None,
) -> ExperimentResult:
    """Return what an experiment says, of the outcomes of its target and of each guard.

    Args:
        filed: the experiment.
        held: outcomes of the target, then of each guard.
        span: when units may begin.
        until: the moment of the look.
        told: when anything at all was first told of each unit; without it, cases alone tell.
    """
    plan = filed.plan
    units = settle(filed.experiment_id, plan, held, span, until, told)
    counted = _planned(units.settled, plan.horizon)
    if beyond := len(units.settled) - len(counted):
        units.left_aside["units after the last one that was planned"] = beyond
    if n_silent := sum(unit.is_silent for unit in counted):
        units.left_aside["units of which the target tells nothing"] = n_silent
    n_units = len(counted) - n_silent
    target = measure(plan, plan.target, 0, counted)
    level = plan.alpha / max(1, len(plan.guards))
    guards = [
        measure(plan, guard, number, counted, alpha=level)
        for number, guard in enumerate(plan.guards, start=1)
    ]
    invalid = tuple(_invalid(plan, counted, is_plan_kept=filed.is_plan_kept))
    found = _Found("invalid", invalid) if invalid else _found(plan, target, guards, n_units)
    spread = filed.spread if target.spread is None else target.spread
    n_more = _n_more(plan, spread, n_units)
    return ExperimentResult(
        verdict=found.verdict,
        reasons=found.reasons,
        n_units=n_units,
        horizon=plan.horizon,
        n_more=n_more if found.verdict == "inconclusive" else None,
        power=_power(plan, spread),
        target=target.told,
        guards=tuple(guard.told for guard in guards),
        left_aside=units.left_aside,
        answers=tell(plan, found.verdict, found.reasons, target, guards),
    )


def _planned(units: Sequence[Settled], horizon: int) -> Sequence[Settled]:
    """Return units up to the last one that is planned; those that are silent take no place."""
    n_heard = 0
    for number, unit in enumerate(units, start=1):
        n_heard += not unit.is_silent
        if n_heard == horizon:
            return units[:number]
    return units


def _invalid(
    plan: ExperimentPlan, units: Sequence[Settled], *, is_plan_kept: bool
) -> Sequence[VerdictReason]:
    """Return why nothing that was seen may be believed."""
    reasons: list[VerdictReason] = []
    if not is_plan_kept:
        reasons.append("changed_plan")
    if _evidence(units, plan.share) >= _UNEVEN:
        reasons.append("uneven_draw")
    if _evidence([unit for unit in units if unit.is_silent], plan.share) >= 1 / plan.alpha:
        reasons.append("uneven_silence")
    n_crossed = sum(unit.is_crossed for unit in units)
    if n_crossed > max(_FEW_CROSSED, _MOST_CROSSED * len(units)):
        reasons.append("crossed_arms")
    return reasons


def _evidence(units: Sequence[Settled], share: float) -> float:
    """Return the evidence against these being a fair draw, whatever happened in them."""
    n_treated = sum(unit.is_treated for unit in units)
    return e_value(n_treated, len(units), share, "either")


def _found(plan: ExperimentPlan, target: Effect, guards: Sequence[Effect], n_units: int) -> _Found:
    """Return what is shown of an experiment that may be believed."""
    is_over = n_units >= plan.horizon
    if plan.looks == "once" and not is_over:
        return _Found("inconclusive", ("more_units_needed",))
    if any(guard.told.is_harmed for guard in guards):
        return _Found("control", ("worse_on_guard",))
    if target.is_better:
        is_safe = all(guard.told.is_safe for guard in guards)
        return _Found("treatment", ("better",)) if is_safe else _open("guard_not_shown")
    return _without_gain(plan, target, is_over=is_over)


def _without_gain(plan: ExperimentPlan, target: Effect, *, is_over: bool) -> _Found:
    """Return what follows where no gain is shown."""
    if target.told.is_harmed:
        return _Found("control", ("worse",))
    if target.gain is not None and target.gain.high < plan.minimum_effect:
        return _Found("control", ("no_gain",))
    return _open("horizon_reached" if is_over else "more_units_needed")


def _open(reason: VerdictReason) -> _Found:
    return _Found("inconclusive", (reason,))


def _n_more(plan: ExperimentPlan, spread: float, n_units: int) -> int | None:
    if plan.looks == "once":
        return max(0, plan.horizon - n_units)
    effect = plan.minimum_effect / plan.target.ceiling
    needed = units_needed(effect, spread, alpha=plan.alpha, power=_POWER)
    return None if needed is None else max(0, needed - n_units)


def _power(plan: ExperimentPlan, spread: float) -> float | None:
    """Return how likely the least gain that is worth it is shown by the horizon."""
    effect = plan.minimum_effect / plan.target.ceiling
    power = arms_power if plan.looks == "any_time" else difference_power
    return round(power(plan.horizon, effect, spread, plan.alpha), 4)
