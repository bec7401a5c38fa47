"""What was hoped for beside what was measured, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.text import measured
from tracemill.records.process.patterns import Measure
from tracemill.records.process.targets import MeasuredTarget, Target

_SMALL: Final = 0.01


def target_lines(targets: tuple[MeasuredTarget, ...]) -> Iterator[str]:
    """Yield what was hoped for beside what was measured, as Markdown; nothing of none."""
    if not targets:
        return
    yield "## Beside what was hoped for"
    yield ""
    yield "What was hoped for when such systems were described; none of it is a result."
    yield ""
    yield "| what | measured | cases | hoped for |"
    yield "|---|---|---|---|"
    for each in targets:
        found = each.measured
        value = measured(found.unit, found.value) if found else "unknown"
        cases = f"{found.n:,}" if found else "0"
        yield f"| {each.target.what} | {value} | {cases} | {hoped(each.target)} |"
        for model in each.models:
            share = measured(model.unit, model.value)
            yield f"| … {of_model(model)} | {share} | {model.n:,} | |"
    yield ""


def of_model(found: Measure) -> str:
    """Return which model did it on which suite, and when it was asked."""
    return "{model} on {suite}, {day}".format_map(found.slice)


def hoped(target: Target) -> str:
    """Return what was hoped for in words, for example `25% before; 8% after 10 projects`."""
    before = [] if target.before is None else [f"{_said(target, target.before)} before"]
    return "; ".join([*before, *(f"{_said(target, aim.value)} {aim.at}" for aim in target.aims)])


def _said(target: Target, value: float) -> str:
    is_small = target.unit == "share" and 0 < value < _SMALL
    return f"{value:.1%}" if is_small else measured(target.unit, value)
