"""Quasi-experiments: a prompt's versions one after the other, where nobody drew who had which.

They are told as what they are. The same metric of other roles at that time stands beside, and what
else came in: where these moved too, the prompt need not be why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean
from typing import Final, Literal, NamedTuple

import msgspec

from tracemill.experiments.units import Outcome
from tracemill.records.process.experiments import BeforeAfter, PlannedMetric
from tracemill.records.process.patterns import Unit
from tracemill.stats import benjamini_hochberg
from tracemill.stats.means import Moments, difference_interval, moments, welch

_LEVEL: Final = 0.05


class Followed(NamedTuple):
    """Two versions of one role's prompt, and what happened under each."""

    role: str
    """The role."""
    before: list[Outcome]
    """Cases under the older one."""
    after: list[Outcome]
    """Cases under the newer one."""
    beside: list[Outcome]
    """Cases of other roles."""


def versions_of(role: str, own: Iterable[Outcome], beside: list[Outcome]) -> Iterator[Followed]:
    """Yield each version of a role's prompt with the one before it, by when each was first seen."""
    held: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in sorted(own, key=lambda each: (each.at, each.unit)):
        if outcome.uses is not None:
            held[outcome.uses].append(outcome)
    for before, after in pairwise(held.values()):
        both = {each.unit for each in before} & {each.unit for each in after}
        alone = ([each for each in side if each.unit not in both] for side in (before, after))
        older, newer = alone
        if older and newer:
            yield Followed(role, older, newer, beside)


def compare(found: Followed, aim: PlannedMetric, unit: Unit) -> BeforeAfter:
    """Return what a metric did; its p-value stands where the corrected one will."""
    older, newer = _moments(found.before), _moments(found.after)
    interval = difference_interval(older, newer)
    since = min(each.at for each in found.after)
    return BeforeAfter(
        role=found.role,
        before=found.before[0].uses or "",
        after=found.after[0].uses or "",
        since=since,
        metric=aim.metric,
        unit=unit,
        better=aim.better,
        n_before=older.n,
        n_after=newer.n,
        value_before=older.mean,
        value_after=newer.mean,
        effect=newer.mean - older.mean,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        q_value=welch(older, newer) if interval else None,
        beside=_moved_by(found),
        moved="not_shown",
    )


def corrected(compared: Sequence[BeforeAfter]) -> tuple[BeforeAfter, ...]:
    """Return what was compared as it counts when all of it was asked, the surest first."""
    known = [each for each in compared if each.q_value is not None]
    q_values = benjamini_hochberg([each.q_value or 0.0 for each in known])
    told = [
        msgspec.structs.replace(each, q_value=q, moved=_moved(each, q))
        for each, q in zip(known, q_values, strict=True)
    ]
    told += [each for each in compared if each.q_value is None]
    return tuple(sorted(told, key=lambda each: 1.0 if each.q_value is None else each.q_value))


def _moved(found: BeforeAfter, q_value: float) -> Literal["better", "worse", "not_shown"]:
    if q_value > _LEVEL or not found.effect:
        return "not_shown"
    return "better" if (found.effect > 0) == (found.better == "more") else "worse"


def _moments(outcomes: Iterable[Outcome]) -> Moments:
    """Return the moments over units, each counted once by the mean of its cases."""
    units: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        units[outcome.unit].append(outcome.value)
    means = [fmean(values) for values in units.values()]
    return moments(len(means), sum(means), sum(mean * mean for mean in means))


def _moved_by(found: Followed) -> float | None:
    """Return what other roles moved by, in the same units before and after."""
    sides = ({each.unit for each in side} for side in (found.before, found.after))
    older, newer = (
        _moments(each for each in found.beside if each.unit in units) for units in sides
    )
    return newer.mean - older.mean if older.n and newer.n else None
