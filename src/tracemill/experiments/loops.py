"""Loops: which observations call for an experiment, and what that experiment asks.

All six are data in `loops.toml`, and each goes through the same states: what is noticed leads to a
suggestion, that to an experiment, a decision, and a roll-out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from tracemill.base.text import measured
from tracemill.records.process.experiments import (
    Call,
    ExperimentPlan,
    Loop,
    LoopName,
    PlannedMetric,
)
from tracemill.records.process.patterns import Measure, Pattern
from tracemill.records.process.suggestions import Suggestion

_FOUND: Final = "found"
_LEAST: Final = 0.02
"""Part of the ceiling below which no gain is worth an experiment."""


@cache
def shipped_loops() -> tuple[Loop, ...]:
    """Return the loops, in the order in which they are told."""
    text = (files("tracemill.experiments") / "loops.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["loop"], tuple[Loop, ...])


def loop_of(kind: str) -> Loop | None:
    """Return the loop that patterns of a kind call for."""
    return next((loop for loop in shipped_loops() if kind in loop.patterns), None)


def find_calls(
    patterns: Iterable[Pattern],
    slices: Mapping[LoopName, Sequence[Measure]],
    suggestions: Iterable[Suggestion],
) -> Iterator[Call]:
    """Yield what calls for a loop, those that are more than chance first.

    `slices` holds the metric of each loop that starts at a value.
    """
    suggested = {each.pattern: each.suggestion_id for each in suggestions}
    calls = [
        Call(
            loop=loop.name,
            says=pattern.says,
            pattern=pattern.id,
            is_shown=pattern.verdict == _FOUND,
            suggestion_id=suggested.get(pattern.id),
        )
        for pattern in patterns
        if (loop := loop_of(pattern.kind)) is not None and _has_reason(loop, pattern)
    ]
    by_pattern = {call.loop for call in calls}
    calls += [
        call
        for loop in shipped_loops()
        if loop.name not in by_pattern
        for call in _at_value(loop, slices.get(loop.name, ()))
    ]
    order = [loop.name for loop in shipped_loops()]
    return iter(sorted(calls, key=lambda call: (order.index(call.loop), not call.is_shown)))


def _has_reason(loop: Loop, pattern: Pattern) -> bool:
    n_same = pattern.reasons[0].n if pattern.reasons else 0
    return n_same >= loop.same_reason


def _at_value(loop: Loop, slices: Sequence[Measure]) -> Iterator[Call]:
    if loop.starts_at is None:
        return
    for found in slices:
        value = found.value
        if value and value >= loop.starts_at and found.n >= loop.least_cases:
            facts = ", ".join(f"{name} {each}" for name, each in found.slice.items())
            says = f"{found.metric} of {facts} is {measured(found.unit, value)} ({found.n:,} cases)"
            yield Call(loop=loop.name, says=says, pattern=None, is_shown=False)


def plan_for(
    loop: Loop,
    facts: Mapping[str, str],
    arms: tuple[str, str],
    usual: float | None,
    ceilings: Mapping[str, float],
) -> ExperimentPlan:
    """Return the plan of a loop's experiment; its horizon is for the flow to set.

    Args:
        loop: the loop.
        facts: what called for it is about, for example its gate and role.
        arms: what was in use, and what is tried.
        usual: the target as it was before, or None where nothing is held of it.
        ceilings: what values of each metric that is a mean count at most.
    """
    narrow = {name: facts[name] for name in loop.narrow if name in facts}
    role = {"role": facts["role"]} if "role" in facts else {}
    target = _planned(loop.target, narrow, ceilings)
    return ExperimentPlan(
        name=arms[1],
        says=loop.proposes,
        target=target,
        guards=tuple(
            _planned(guard, role if _is_of_roles(guard) else {}, ceilings) for guard in loop.guards
        ),
        control=arms[0],
        treatment=arms[1],
        horizon=2,
        minimum_effect=max(_LEAST * target.ceiling, loop.minimum_effect * (usual or 1.0)),
    )


def _is_of_roles(aim: PlannedMetric) -> bool:
    """Tell whether a metric counts what single roles do, and not whole projects."""
    return not aim.metric.startswith(("project_", "quality_", "escalations"))


def _planned(
    aim: PlannedMetric, only: Mapping[str, str], ceilings: Mapping[str, float]
) -> PlannedMetric:
    ceiling = ceilings.get(aim.metric, aim.ceiling)
    return msgspec.structs.replace(aim, only=dict(only), ceiling=ceiling)
