"""Metrics of one stretch of time beside those of the stretch before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from tracemill.analyze.cases import Case, Tally, differ, measure
from tracemill.analyze.metrics.table import LESS_IS_BETTER, METRICS, NEITHER_IS_BETTER, Metric
from tracemill.records.process.patterns import Period, Unit
from tracemill.records.process.reports import Change, Compared
from tracemill.stats import benjamini_hochberg

_LEVEL: Final = 0.05
_MOST_MONTHS: Final = 12


class _Pair(NamedTuple):
    """A metric's cases now and before."""

    name: str
    metric: Metric
    now: Tally
    before: Tally
    months: tuple[Period, ...]


def compare(
    cases: Mapping[str, Iterable[Case]],
    is_now: Callable[[Case], bool],
    is_before: Callable[[Case], bool],
) -> tuple[Compared, ...]:
    """Compare every metric that counts anything now with itself before."""
    pairs = [pair for pair in _pairs(cases, is_now, is_before) if pair.now.n]
    known = [pair for pair in pairs if pair.before.n]
    corrected = benjamini_hochberg(
        [differ(pair.metric.unit, pair.now, pair.before) for pair in known]
    )
    q_values = {pair.name: q for pair, q in zip(known, corrected, strict=True)}
    return tuple(_compared(pair, q_values.get(pair.name)) for pair in pairs)


def _pairs(
    cases: Mapping[str, Iterable[Case]],
    is_now: Callable[[Case], bool],
    is_before: Callable[[Case], bool],
) -> Iterator[_Pair]:
    for name, held in cases.items():
        now, before, known = Tally(), Tally(), list(held)
        for case in known:
            if is_now(case):
                now.add(case)
            elif is_before(case):
                before.add(case)
        end = max((case.at for case in known if case.at and is_now(case)), default=None)
        yield _Pair(name, METRICS[name], now, before, _months(known, end))


def _months(cases: Iterable[Case], end: datetime | None) -> tuple[Period, ...]:
    """Return a metric by month up to a moment, the last ones where there are many."""
    tally = Tally()
    for case in cases:
        if end is not None and case.at is not None and case.at <= end:
            tally.add(case)
    return tally.periods()[-_MOST_MONTHS:]


def _compared(pair: _Pair, q_value: float | None) -> Compared:
    unit: Unit = pair.metric.unit
    return Compared(
        metric=pair.name,
        says=pair.metric.says,
        unit=unit,
        now=measure(pair.name, unit, (), (), pair.now),
        before=measure(pair.name, unit, (), (), pair.before) if pair.before.n else None,
        q_value=q_value,
        change=_change(pair, q_value),
        months=pair.months,
    )


def _change(pair: _Pair, q_value: float | None) -> Change:
    return change_of(pair.name, pair.now.value, pair.before.value, q_value)


def change_of(
    metric: str, now: float | None, before: float | None, q_value: float | None
) -> Change:
    """Return which way a metric went, as far as that is more than chance and one can want it."""
    if q_value is None or now is None or before is None or metric in NEITHER_IS_BETTER:
        return "unknown"
    if q_value > _LEVEL or now == before:
        return "same"
    return "better" if (now < before) == (metric in LESS_IS_BETTER) else "worse"
