"""Ranks that chance leaves open: which slices of a metric are surely better than which.

All pairs are compared and corrected together, so a slice has a best and a worst place, and the two
are far apart where little is known. A rank without them says more than anybody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Final, NamedTuple

from tracemill.analyze.cases import Case, Tally, differ, measure, summed
from tracemill.analyze.metrics.table import LESS_IS_BETTER, METRICS
from tracemill.records.process.calibration import Ranked, Ranking
from tracemill.stats import benjamini_hochberg

_LEVEL: Final = 0.05


class _Pair(NamedTuple):
    """Two slices, the better one first as far as figures go."""

    better: int
    worse: int
    p_value: float


def rank(name: str, cases: Iterable[Case], by: tuple[str, ...]) -> Ranking:
    """Return the slices of a metric, the best one first, with the places that each may have."""
    metric, sign = METRICS[name], -1 if name in LESS_IS_BETTER else 1
    sliced = summed(cases, by).slices.items()
    held = sorted(sliced, key=lambda item: (-sign * (item[1].value or 0.0), item[0]))
    tallies = [tally for _, tally in held]
    pairs = [
        _Pair(i, j, differ(metric.unit, tallies[i], tallies[j]))
        for i, j in combinations(range(len(tallies)), 2)
    ]
    q_values = benjamini_hochberg([pair.p_value for pair in pairs])
    sure = [pair for pair, q in zip(pairs, q_values, strict=True) if q <= _LEVEL]
    ranked = (
        _ranked(name, by, key, tally, _Places(number, len(held), sure))
        for number, (key, tally) in enumerate(held)
    )
    return Ranking(metric=name, says=metric.says, ranked=tuple(ranked), n_questions=len(pairs))


class _Places(NamedTuple):
    """Where a slice may stand."""

    number: int
    n: int
    sure: Sequence[_Pair]

    @property
    def n_better(self) -> int:
        """Slices that are surely better."""
        return sum(pair.worse == self.number for pair in self.sure)

    @property
    def n_worse(self) -> int:
        """Slices that are surely worse."""
        return sum(pair.better == self.number for pair in self.sure)


def _ranked(
    name: str, by: tuple[str, ...], key: tuple[str, ...], tally: Tally, places: _Places
) -> Ranked:
    n_better, n_worse = places.n_better, places.n_worse
    if n_better:
        verdict = "between" if n_worse else "worst"
    else:
        verdict = "best" if n_worse else "not_enough_data"
    return Ranked(
        measure=measure(name, METRICS[name].unit, by, key, tally),
        best=1 + n_better,
        worst=places.n - n_worse,
        verdict=verdict,  # type: ignore[arg-type] # one of four literals
    )
