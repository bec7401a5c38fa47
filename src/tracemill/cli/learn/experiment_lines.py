"""How one experiment looks: its plan, what is seen, and who did what."""

from collections.abc import Iterator

from tracemill.base.text import counted, measured, one_line
from tracemill.cli.shared.output import when
from tracemill.flows.experiments.rows import ShownExperiment
from tracemill.records.process.experiments import (
    ExperimentPlan,
    ExperimentResult,
    MetricEffect,
    PlannedMetric,
)


def lines_of(shown: ShownExperiment) -> Iterator[str]:
    """Yield everything about an experiment, line by line."""
    plan = shown.plan
    yield f"{plan.name}  {shown.state.replace('_', ' ')}  {shown.id}"
    yield plan.says
    yield f"Arms         {plan.control} (control), {plan.treatment} (treatment)"
    units, gain = counted(plan.horizon, plan.unit), _gain(plan.target, plan.minimum_effect)
    yield f"Asks         {aim_of(plan.target)}, by {gain} or more, of {units}"
    looks = "at any time" if plan.looks == "any_time" else "once, at the end"
    yield f"Looks        {looks}, wrong at most {plan.alpha:.0%} of the time"
    before, usual = shown.before, "unknown"
    if before.value is not None:
        usual = f"{_value(plan.target, before.value)} in {counted(before.n_units, plan.unit)}"
    needed = "too many to tell" if before.n_needed is None else f"{before.n_needed:,}"
    found = f"found {before.power:.0%} of the time"
    yield f"Before       {usual}; that gain needs {needed} {plan.unit}s, and is {found}"
    if shown.result is not None:
        yield from _figures("Verdict", plan, shown.result)
    if shown.canary is not None:
        yield from _figures("Canary", plan, shown.canary)
    yield ""
    for event in shown.events:
        what = event.kind.replace("_", " ")
        if event.decision is not None:
            what += f" for the {event.decision.chosen}"
        if event.share is not None:
            what += f" to {event.share:.0%}"
        why = f": {one_line(event.reason, 100)}" if event.reason else ""
        yield f"{when(event.at)}  {what} by {event.by}{why}"


def _gain(aim: PlannedMetric, value: float) -> str:
    return f"{value * 100:.0f} points" if aim.ceiling == 1 else measured("mean", value)


def _value(aim: PlannedMetric, value: float) -> str:
    return measured("share" if aim.ceiling == 1 else "mean", value)


def aim_of(aim: PlannedMetric) -> str:
    """Return what is asked of a metric: which way, and of which cases."""
    only = "".join(f", {name} {value}" for name, value in aim.only.items())
    return f"{'lower' if aim.better == 'less' else 'higher'} {aim.metric}{only}"


def _figures(title: str, plan: ExperimentPlan, result: ExperimentResult) -> Iterator[str]:
    yield ""
    yield f"{title:<12} {_standing(result)}"
    yield f"Helps?       {result.answers.helps}"
    yield f"Harms?       {result.answers.harms}"
    if result.design != "canary":
        yield f"Worth it?    {result.answers.worth}"
    aims = (plan.target, *plan.guards)
    for aim, effect in zip(aims, (result.target, *result.guards), strict=True):
        if any(arm.n_units for arm in effect.arms):
            yield f"  {effect.metric}: {_arms(aim, effect)}"
    for reason, n in result.left_aside.items():
        yield f"Left aside   {n:,} {reason}"


def _standing(result: ExperimentResult) -> str:
    """Return where figures stand; of a canary nothing is asked but that it does no harm."""
    if result.design == "canary":
        harms = {"worse", "worse_on_guard"} & set(result.reasons)
        return f"{'a' if harms else 'no'} loss is shown ({counted(result.n_units, 'unit')})"
    reasons = ", ".join(reason.replace("_", " ") for reason in result.reasons)
    more = f"; needs {result.n_more:,} more" if result.n_more else ""
    seen = f"{result.n_units:,} of {result.horizon:,} units{more}"
    return f"{result.verdict}: {reasons} ({seen})"


def _arms(aim: PlannedMetric, effect: MetricEffect) -> str:
    """Return what was seen of both arms."""
    return ", ".join(
        f"{arm.arm} {'unknown' if arm.value is None else _value(aim, arm.value)} "
        f"({counted(arm.n_units, 'unit')}, {counted(arm.n_cases, 'case')})"
        for arm in effect.arms
    )
