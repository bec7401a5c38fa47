"""Cases: what metrics count. Each is one thing that happened, with what it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tracemill.records.process.patterns import Measure, Period, Unit
from tracemill.records.refs import Ref
from tracemill.stats import Interval, fisher_exact, wilson
from tracemill.stats.clusters import ClusterSums, separate_cases, sums_of
from tracemill.stats.means import Moments, mean_interval, moments, welch

_MOST_REFS: Final = 10
_MOST_REASONS: Final = 5_000
"""Different reasons of one slice; more are counted as `other`."""

_EXACT_UP_TO: Final = 2_000
"""Cases up to which all tables are counted; beyond, the two tests agree to three digits."""

PERIODS: Final = ("month", "week")
"""Facts that follow from the moment of a case: `2026-03`, and the Monday of its week."""

Facts = Mapping[str, str]
"""What a case belongs to, for example its role and project; what is unknown is not there."""


class Case(NamedTuple):
    """One thing that happened."""

    facts: Facts
    """What it belongs to."""
    value: float
    """1 or 0 in a share, a number in a mean."""
    ref: Ref
    """The record that shows it."""
    at: datetime | None = None
    """When it happened."""
    reason: str | None = None
    """Why, as the record says."""
    counts_against: bool = True
    """Whether its reason and record show what a pattern speaks of."""
    cluster: str | None = None
    """What it stands or falls with, where several cases are of one thing; None where it stands by
    itself."""


def fact_of(case: Case, name: str) -> str | None:
    """Return what a case belongs to; None where that is unknown."""
    if name not in PERIODS:
        return case.facts.get(name)
    if case.at is None:
        return None
    if name == "month":
        return f"{case.at:%Y-%m}"
    return str(case.at.date() - timedelta(days=case.at.weekday()))


class Tally:
    """The cases of one slice, summed: what they say does not depend on their order."""

    def __init__(self) -> None:
        self.n = 0
        self.total = 0.0
        self.squares = 0.0
        self.refs: list[Ref] = []
        """Some of the records that show it, the first that were seen."""
        self.reasons: Counter[str] = Counter()
        self.reason_refs: dict[str, list[Ref]] = {}
        self._months: dict[str, tuple[int, float]] = {}
        self._clusters: dict[str, tuple[int, float]] = {}
        self._alone_squares = 0.0
        self._sums: ClusterSums | None = None

    def add(self, case: Case) -> None:
        """Count a case."""
        self._sums = None
        self.n += 1
        self.total += case.value
        self.squares += case.value * case.value
        if case.cluster is None:
            self._alone_squares += case.value * case.value
        else:
            self._take(case.cluster, 1, case.value)
        if case.at is not None:
            month = f"{case.at:%Y-%m}"
            n, total = self._months.get(month, (0, 0.0))
            self._months[month] = (n + 1, total + case.value)
        if case.counts_against:
            self._show(case)

    def _show(self, case: Case) -> None:
        if len(self.refs) < _MOST_REFS:
            self.refs.append(case.ref)
        if case.reason:
            is_known = case.reason in self.reasons or len(self.reasons) < _MOST_REASONS
            reason = case.reason if is_known else "other"
            self.reasons[reason] += 1
            shown = self.reason_refs.setdefault(reason, [])
            if len(shown) < _MOST_REFS:
                shown.append(case.ref)

    def _take(self, cluster: str, n: int, total: float) -> None:
        size, before = self._clusters.get(cluster, (0, 0.0))
        self._clusters[cluster] = (size + n, before + total)

    @property
    def moments(self) -> Moments:
        """What is to be known of the values, of as many as they are worth.

        Cases of one cluster have more in common than chance: see `separate_cases`.
        """
        found = moments(self.n, self.total, self.squares)
        sums = self._cluster_sums()
        return found._replace(n=separate_cases(found, sums)) if sums.n < self.n else found

    def _cluster_sums(self) -> ClusterSums:
        """Return the sums over clusters; what stands by itself is one of its own."""
        if self._sums is None:
            self._sums = sums_of(self._clusters.values()).plus(self._alone())
        return self._sums

    def _alone(self) -> ClusterSums:
        n = self.n - sum(size for size, _ in self._clusters.values())
        total = self.total - sum(total for _, total in self._clusters.values())
        return ClusterSums(n, n, total, self._alone_squares)

    @property
    def hits(self) -> int:
        """How many of a share's cases count."""
        return round(self.total)

    @property
    def independent(self) -> tuple[int, int]:
        """How many of a share's cases count, and of how many, as if each stood by itself."""
        worth = self.moments.n
        return (round(self.total * worth / self.n) if self.n else 0), worth

    @property
    def value(self) -> float | None:
        """The share or mean."""
        return self.total / self.n if self.n else None

    def join(self, other: Tally) -> None:
        """Count the cases of another tally too, as sums alone."""
        self._sums = None
        self.n += other.n
        self.total += other.total
        self.squares += other.squares
        self._alone_squares += other._alone_squares
        for cluster, (n, total) in other._clusters.items():
            self._take(cluster, n, total)

    def without(self, other: Tally) -> Tally:
        """Return the cases that are not among `other`, as sums alone; no more can be added."""
        rest = Tally()
        rest.n = self.n - other.n
        rest.total = self.total - other.total
        rest.squares = self.squares - other.squares
        rest._sums = self._sums_without(other)
        return rest

    def _sums_without(self, other: Tally) -> ClusterSums:
        """Return the sums over clusters of what is not among `other`, which is part of this."""
        whole = {name: self._clusters[name] for name in other._clusters}
        left = (
            (size - taken, total - theirs)
            for (size, total), (taken, theirs) in zip(
                whole.values(), other._clusters.values(), strict=True
            )
            if size > taken
        )
        others = self._cluster_sums().less(sums_of(whole.values())).less(other._alone())
        return others.plus(sums_of(left))

    def periods(self) -> tuple[Period, ...]:
        """Return the metric by month."""
        return tuple(
            Period(month=month, n=n, value=total / n)
            for month, (n, total) in sorted(self._months.items())
        )


class Sliced(NamedTuple):
    """Cases summed by slice."""

    slices: dict[tuple[str, ...], Tally]
    """By the values of the facts that were asked for."""
    whole: Tally
    """All cases that have these facts."""
    n_left_aside: int
    """Cases of which some fact is unknown."""


def summed(cases: Iterable[Case], by: tuple[str, ...]) -> Sliced:
    """Sum cases by some of their facts."""
    slices: dict[tuple[str, ...], Tally] = {}
    whole, n_left_aside = Tally(), 0
    for case in cases:
        key = tuple(fact_of(case, name) or "" for name in by)
        if not all(key):
            n_left_aside += 1
            continue
        tally = slices.get(key)
        if tally is None:
            tally = slices[key] = Tally()
        tally.add(case)
        whole.add(case)
    return Sliced(slices, whole, n_left_aside)


def measure(
    metric: str, unit: Unit, by: tuple[str, ...], key: tuple[str, ...], tally: Tally
) -> Measure:
    """Return what the cases of one slice measure."""
    low, high = _interval(unit, tally)
    return Measure(
        metric=metric,
        slice=dict(zip(by, key, strict=True)),
        unit=unit,
        n=tally.n,
        value=tally.value,
        low=low,
        high=high,
        periods=tally.periods(),
    )


def _interval(unit: Unit, tally: Tally) -> tuple[float | None, float | None]:
    """Return how low and how high a slice may lie; Nones where nobody can tell.

    No metric counts below zero, and so its mean lies nowhere below, wherever Student's bound falls.
    """
    if not tally.n:
        return None, None
    found = _share_interval(tally) if unit == "share" else mean_interval(tally.moments)
    return (max(0.0, found.low), found.high) if found else (None, None)


def _share_interval(tally: Tally) -> Interval:
    worth = tally.moments.n
    return wilson(worth * (tally.total / tally.n), worth)


def measures(
    metric: str, unit: Unit, cases: Iterable[Case], by: tuple[str, ...]
) -> Iterator[Measure]:
    """Yield a metric of every slice, the one with most cases first."""
    found = summed(cases, by).slices
    for key, tally in sorted(found.items(), key=lambda item: (-item[1].n, item[0])):
        yield measure(metric, unit, by, key, tally)


def shares_differ(one: Tally, other: Tally) -> float:
    """Return the p-value of two shares: exact, and for many cases by their means."""
    (hits, n), (other_hits, other_n) = one.independent, other.independent
    if n + other_n <= _EXACT_UP_TO:
        return fisher_exact((hits, other_hits), (n, other_n))
    return welch(moments(n, hits, hits), moments(other_n, other_hits, other_hits))


def differ(unit: Unit, one: Tally, other: Tally) -> float:
    """Return the p-value that two slices of a metric differ."""
    if unit == "share":
        return shares_differ(one, other)
    return welch(one.moments, other.moments)
