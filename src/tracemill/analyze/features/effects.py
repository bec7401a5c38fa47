"""How much practices help, as far as that is more than chance."""

from __future__ import annotations

from typing import Final

from tracemill.analyze.cases import Tally, measure, shares_differ, summed
from tracemill.analyze.practices import KEPT, LEFT_OUT, SAYS, practice_cases
from tracemill.analyze.process import Process
from tracemill.records.events.team_features import Level
from tracemill.records.process.patterns import Measure
from tracemill.records.process.practices import Practice
from tracemill.stats import benjamini_hochberg

_LEVEL: Final = 0.05
_METRIC: Final = "practice_success_rate"
_FACTS: Final = ("practice", "held")
_EXAMPLES: Final = 5
_ORDER: Final = ("high", None, "low")


def practices(process: Process) -> list[Practice]:
    """Return every practice of which any work tells, those that surely help first.

    All are asked at once, and corrected together.
    """
    slices = summed(practice_cases(process), _FACTS).slices
    sides = {name: (slices.get((name, KEPT)), slices.get((name, LEFT_OUT))) for name in SAYS}
    both = {name: (kept, left) for name, (kept, left) in sides.items() if kept and left}
    corrected = benjamini_hochberg([shares_differ(*pair) for pair in both.values()])
    q_values = dict(zip(both, corrected, strict=True))
    found = [
        _practice(name, kept, left, q_values.get(name))
        for name, (kept, left) in sides.items()
        if kept or left
    ]
    return sorted(found, key=lambda each: (_ORDER.index(each.effectiveness), -_share(each.kept)))


def practice_effects(process: Process) -> dict[str, Level]:
    """Return how much each practice helps; what may be chance is not there."""
    found = practices(process)
    return {each.name: each.effectiveness for each in found if each.effectiveness is not None}


def _practice(name: str, kept: Tally | None, left: Tally | None, q_value: float | None) -> Practice:
    effect: Level | None = None
    if kept and left and q_value is not None and q_value <= _LEVEL:
        effect = "high" if (kept.value or 0) > (left.value or 0) else "low"
    return Practice(
        name=name,
        says=SAYS[name],
        kept=_measured(name, KEPT, kept),
        left_out=_measured(name, LEFT_OUT, left),
        q_value=q_value,
        effectiveness=effect,
        examples=tuple(kept.refs[:_EXAMPLES]) if kept else (),
    )


def _measured(name: str, held: str, tally: Tally | None) -> Measure | None:
    return measure(_METRIC, "share", _FACTS, (name, held), tally) if tally else None


def _share(kept: Measure | None) -> float:
    return (kept.value or 0.0) if kept else 0.0
