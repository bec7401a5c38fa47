"""The three questions that every experiment is asked, answered in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tracemill.base.text import measured
from tracemill.experiments.effects import Effect
from tracemill.records.process.experiments import (
    Answers,
    ExperimentPlan,
    ExperimentVerdict,
    PlannedMetric,
    VerdictReason,
)

_WORTH: Final[dict[VerdictReason, str]] = {
    "better": "yes: the gain is shown, and no loss is",
    "worse": "no: it does worse than what was in use before",
    "worse_on_guard": "no: a loss is shown on what it must not harm",
    "no_gain": "no: a gain as large as the plan asks for is ruled out",
    "guard_not_shown": "not yet: a loss beyond a guard's margin is not ruled out",
    "more_units_needed": "not yet to be told: more units are needed",
    "horizon_reached": "not to be told: the planned units are there, and they show neither",
    "changed_plan": "not to be told: the plan is not the one that was filed",
    "uneven_draw": "not to be told: no fair draw gives arms of these sizes, so units are missing",
    "uneven_silence": "not to be told: one arm has more units of which the target tells nothing",
    "crossed_arms": "not to be told: units worked with something else than they were drawn for",
}  # fmt: skip


def tell(
    plan: ExperimentPlan,
    verdict: ExperimentVerdict,
    reasons: Sequence[VerdictReason],
    target: Effect,
    guards: Sequence[Effect],
) -> Answers:
    """Return the three answers."""
    is_blind = verdict == "invalid"
    return Answers(
        helps="not to be told" if is_blind else _says(plan, plan.target, target),
        harms="not to be told" if is_blind else _harms(plan, guards),
        worth="; ".join(_WORTH[reason] for reason in reasons),
    )


def _harms(plan: ExperimentPlan, guards: Sequence[Effect]) -> str:
    if not guards:
        return "nobody asked: the plan names no guard"
    harmed = [
        _says(plan, aim, guard)
        for aim, guard in zip(plan.guards, guards, strict=True)
        if guard.told.is_harmed
    ]
    if harmed:
        return "; ".join(harmed)
    names = ", ".join(aim.metric for aim in plan.guards)
    unseen = [guard.told.metric for guard in guards if guard.gain is None]
    if len(unseen) == len(guards):
        return "nothing is seen of the guards"
    return f"no loss is shown on {names}" + (
        f" (no cases of {', '.join(unseen)})" if unseen else ""
    )


def _says(plan: ExperimentPlan, aim: PlannedMetric, effect: Effect) -> str:
    """Return what a metric does, for example `retries 1.8 → 0.6, better (-1.7 to -0.4 at 95%)`."""
    told = effect.told
    first, second = (arm.value for arm in told.arms)
    if first is None or second is None or told.low is None or told.high is None:
        return f"{aim.metric}: too little is seen"
    if told.is_harmed:
        found = "worse"
    else:
        found = "better" if effect.is_better else "neither better nor worse is shown"
    unit = "share" if aim.ceiling == 1 else "mean"
    both = f"{measured(unit, first)} → {measured(unit, second)}"
    low, high = (_signed(unit, end) for end in (told.low, told.high))
    points = " points" if unit == "share" else ""
    level = f"{1 - plan.alpha:.0%}"
    return f"{aim.metric} {both}, {found} ({low} to {high}{points} at {level})"


def _signed(unit: str, value: float) -> str:
    """Return a difference: of shares in points, of means in their own unit."""
    if unit == "share":
        return f"{value * 100:+.0f}"
    return ("+" if value >= 0 else "") + measured(unit, value)
