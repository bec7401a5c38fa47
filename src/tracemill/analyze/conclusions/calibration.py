"""How sure agents are, beside how often they are right.

G. W. Brier, Monthly Weather Review 78 (1950) 1, and the expected calibration error over fifths. An
error in fifths is above 0 by chance alone, so what chance does is told with it: M. Kumar, P. Liang
and T. Ma, NeurIPS 2019. Pieces of work of one project count together in every interval.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import sqrt
from random import Random
from statistics import NormalDist, fmean
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze.metrics.confidence import confidence_of, stated_work
from tracemill.analyze.process import Process
from tracemill.records.events.team_projects import StageReport
from tracemill.records.process.calibration import Bucket, Calibration, CalibrationReport, Lean
from tracemill.stats import Interval, benjamini_hochberg, clustered_interval, wilson
from tracemill.stats.means import mean_above, moments

_FIFTHS: Final = 5
_LEVEL: Final = 0.05
_MARGIN: Final = 0.1
"""A gap within this is none that anybody would act on."""
_DRAWS: Final = 400
_EXACT_UP_TO: Final = 300
"""Pieces of work up to which every number of right ones is counted."""
_FEWEST: Final = 2
"""Projects below which nothing is told of the spread."""


class Stated(NamedTuple):
    """One piece of work of which its agent said how sure it was."""

    project: str
    """Its project."""
    sure: float
    """How sure, from 0 to 1."""
    is_right: bool
    """Whether its gate passed at the first attempt."""


def calibrations(process: Process) -> CalibrationReport:
    """Return how every role that says how sure it is has done."""
    held: dict[str, list[Stated]] = defaultdict(list)
    left_aside: Counter[str] = Counter()
    n_judged = 0
    for work in stated_work(process):
        n_judged += 1
        role, project = work.told.facts.get("role"), work.told.facts.get("project")
        if role is None or project is None:
            left_aside["of no known role or project"] += 1
        else:
            held[role].append(Stated(project, work.sure, work.is_passed))
    said = sum(confidence_of(told) is not None for told in process.of(StageReport))
    if said > n_judged:
        left_aside["sure, and judged by no gate"] = said - n_judged
    if silent := len(process.of(StageReport)) - said:
        left_aside["not said how sure"] = silent
    made = [_calibration(role, works) for role, works in sorted(held.items())]
    corrected = benjamini_hochberg([each.q_value for each in made])
    told = [_told(each, q) for each, q in zip(made, corrected, strict=True)]
    told.sort(key=lambda each: (each.q_value, each.role))
    return CalibrationReport(roles=tuple(told), left_aside=dict(left_aside))


def _calibration(role: str, works: Sequence[Stated]) -> Calibration:
    """Return what is measured of a role; its p-value stands where the corrected one will."""
    projects = [work.project for work in works]
    gaps = [work.sure - work.is_right for work in works]
    squares = [gap * gap for gap in gaps]
    is_enough = len(set(projects)) >= _FEWEST
    gap = clustered_interval(gaps, projects) if is_enough else None
    brier = clustered_interval(squares, projects) if is_enough else None
    buckets = tuple(_buckets(works))
    ece = _drawn_again(works)
    return Calibration(
        role=role,
        lean="not_enough_data",
        says="",
        n=len(works),
        n_projects=len(set(projects)),
        gap=fmean(gaps),
        gap_low=gap.low if gap else None,
        gap_high=gap.high if gap else None,
        q_value=_p_value(works),
        brier=fmean(squares),
        brier_low=brier.low if brier else None,
        brier_high=brier.high if brier else None,
        ece=_error(works),
        ece_low=ece.low,
        ece_high=ece.high,
        ece_by_chance=_by_chance(works),
        is_monotone=_is_monotone(buckets),
        buckets=buckets,
    )


def _told(found: Calibration, q_value: float) -> Calibration:
    lean = _lean(found, q_value)
    between = ""
    if found.gap_low is not None and found.gap_high is not None:
        between = f" ({found.gap_low * 100:+.0f} to {found.gap_high * 100:+.0f} points)"
    sure = fmean([bucket.stated for bucket in found.buckets for _ in range(bucket.n)])
    says = (
        f"the {found.role} is {sure:.0%} sure and right {sure - found.gap:.0%} of the time"
        f"{between}, of {found.n:,} pieces of work"
    )
    return msgspec.structs.replace(found, lean=lean, says=says, q_value=q_value)


def _lean(found: Calibration, q_value: float) -> Lean:
    if found.gap_low is None or found.gap_high is None:
        return "not_enough_data"
    if q_value <= _LEVEL:
        return "overconfident" if found.gap > 0 else "underconfident"
    is_close = -_MARGIN <= found.gap_low <= found.gap_high <= _MARGIN
    return "calibrated" if is_close else "not_enough_data"


def _p_value(works: Sequence[Stated]) -> float:
    """Return how often chance moves a role so far from its word, in whichever way is the safer.

    Work by work as if each piece were drawn alone, and by projects as if each were one; the first
    is exact for few pieces, the second right where those of a project hang together.
    """
    return max(_alone(works), _by_project(works))


def _alone(works: Sequence[Stated]) -> float:
    """Return the two-sided p-value that so many come true where each does as is stated."""
    n_right = sum(work.is_right for work in works)
    if len(works) > _EXACT_UP_TO:
        spread = sqrt(sum(work.sure * (1 - work.sure) for work in works))
        distance = abs(n_right - sum(work.sure for work in works))
        return 2 * (1 - NormalDist().cdf(distance / spread)) if spread else float(not distance)
    chances = [1.0]
    for work in works:
        missed = [chance * (1 - work.sure) for chance in chances]
        hit = [chance * work.sure for chance in chances]
        chances = [one + other for one, other in zip([*missed, 0.0], [0.0, *hit], strict=True)]
    return min(1.0, 2 * min(sum(chances[: n_right + 1]), sum(chances[n_right:])))


def _by_project(works: Sequence[Stated]) -> float:
    """Return the p-value of Student's t over the sums of projects."""
    sums: dict[str, float] = defaultdict(float)
    for work in works:
        sums[work.project] += work.sure - work.is_right
    totals = list(sums.values())
    found = moments(len(totals), sum(totals), sum(total * total for total in totals))
    if found.n < _FEWEST:
        return 1.0
    above = mean_above(found, 0.0)
    return min(1.0, 2 * min(above, 1 - above)) if found.variance else 1.0


def _fifth(sure: float) -> int:
    return min(_FIFTHS - 1, int(sure * _FIFTHS))


def _buckets(works: Iterable[Stated]) -> Iterator[Bucket]:
    held: dict[int, list[Stated]] = defaultdict(list)
    for work in works:
        held[_fifth(work.sure)].append(work)
    for fifth, within in sorted(held.items()):
        n_right = sum(work.is_right for work in within)
        true = wilson(n_right, len(within))
        yield Bucket(
            low=fifth / _FIFTHS,
            high=(fifth + 1) / _FIFTHS,
            n=len(within),
            stated=fmean(work.sure for work in within),
            came_true=n_right / len(within),
            least=true.low,
            most=true.high,
        )


def _error(works: Sequence[Stated]) -> float:
    """Return the mean distance of what is stated from what comes true, over fifths."""
    sums = [0.0] * _FIFTHS
    for work in works:
        sums[_fifth(work.sure)] += work.sure - work.is_right
    return min(1.0, sum(map(abs, sums)) / len(works))


def _by_chance(works: Sequence[Stated]) -> float:
    """Return the error of a role that is right as often as it says, on average over draws."""
    random = Random(len(works))  # noqa: S311 - no secret
    drawn = (
        _error([work._replace(is_right=random.random() < work.sure) for work in works])
        for _ in range(_DRAWS)
    )
    return fmean(drawn)


def _drawn_again(works: Sequence[Stated]) -> Interval:
    """Return the interval of the error, drawing whole projects again."""
    groups: dict[str, list[Stated]] = defaultdict(list)
    for work in works:
        groups[work.project].append(work)
    held, random = list(groups.values()), Random(len(works))  # noqa: S311 - no secret
    errors = sorted(
        _error([work for group in random.choices(held, k=len(held)) for work in group])
        for _ in range(_DRAWS)
    )
    cut = int(_LEVEL / 2 * _DRAWS)
    return Interval(errors[cut], errors[-1 - cut])


def _is_monotone(buckets: Sequence[Bucket]) -> bool | None:
    """Tell whether surer work comes true more often, as far as intervals can tell otherwise."""
    if len(buckets) < _FEWEST:
        return None
    return all(surer.most >= less.least for less, surer in pairwise(buckets))
