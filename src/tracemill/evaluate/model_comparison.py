"""Two models on the same cases: what differs, on which part, and whether it is more than chance.

Cases of one group stand and fall together, so whole groups change sides in the test, and the
interval is the wider one of two: by cases, and by groups. Every part is asked, so p-values are
corrected for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.evaluate.running import ALL, parts_of
from tracemill.records.models.evaluations import CaseResult, Comparison, Evaluation, SliceComparison
from tracemill.stats import (
    Interval,
    clustered_interval,
    holm,
    judge,
    paired_interval,
    sign_flip,
    smallest_effect,
)

MARGIN: Final = 0.05
"""Differences up to this count as none, unless somebody says otherwise."""
_LEVEL: Final = 0.9
_USUAL_LOSS: Final = 0.05
"""The share of cases that a better model is thought to lose in spite of all."""


class Pair(NamedTuple):
    """One case that both did."""

    group: str
    base: bool
    """Whether the base passed."""
    candidate: bool
    """Whether the candidate passed."""


class Measured(NamedTuple):
    """An evaluation and its results."""

    evaluation: Evaluation
    results: Sequence[CaseResult]


def compare(base: Measured, candidate: Measured, margin: float = MARGIN) -> Comparison:
    """Return what the candidate differs by from the base.

    Raises:
        UsageError: they did different suites, or have no case in common.
    """
    ours, theirs = candidate.evaluation, base.evaluation
    if ours.suite_id != theirs.suite_id:
        raise UsageError(
            f"expected results on one suite, found {theirs.suite_id} and {ours.suite_id}; "
            "evaluate both on the same one"
        )
    parts = pair_up(base.results, candidate.results)
    if not parts:
        raise UsageError("the two evaluations have no case in common; evaluate both again")
    bare = [_compare_part(name, pairs, margin) for name, pairs in parts.items()]
    adjusted = holm([each.p_value for each in bare])
    return Comparison(
        suite_id=ours.suite_id,
        suite=ours.suite,
        base_id=theirs.id,
        candidate_id=ours.id,
        base=theirs.subject,
        candidate=ours.subject,
        margin=margin,
        slices=tuple(
            _judged(each, p_value, margin) for each, p_value in zip(bare, adjusted, strict=True)
        ),
    )


def pair_up(base: Sequence[CaseResult], candidate: Sequence[CaseResult]) -> dict[str, list[Pair]]:
    """Return for each part the cases that both did, `all` first."""
    known = {result.case_id: dict(parts_of(result)) for result in base}
    parts: defaultdict[str, list[Pair]] = defaultdict(list)
    for result in candidate:
        before: Mapping[str, bool] = known.get(result.case_id, {})
        for part, is_passed in parts_of(result):
            if part in before:
                parts[part].append(Pair(result.group, before[part], is_passed))
    ranked = sorted(parts, key=lambda part: (part != ALL, not part.startswith("check:"), part))
    return {part: parts[part] for part in ranked}


def _compare_part(name: str, pairs: Sequence[Pair], margin: float) -> SliceComparison:
    n, differences = len(pairs), [pair.candidate - pair.base for pair in pairs]
    gains, losses = differences.count(1), differences.count(-1)
    totals: defaultdict[str, int] = defaultdict(int)
    for pair in pairs:
        totals[pair.group] += pair.candidate - pair.base
    interval = difference_interval(differences, [pair.group for pair in pairs])
    p_value = sign_flip(list(totals.values()))
    difference = (gains - losses) / n
    return SliceComparison(
        name=name,
        n=n,
        n_groups=len(totals),
        base=sum(pair.base for pair in pairs),
        candidate=sum(pair.candidate for pair in pairs),
        gains=gains,
        losses=losses,
        difference=difference,
        low=interval.low,
        high=interval.high,
        p_value=p_value,
        p_adjusted=p_value,
        smallest_effect=effect_shown(len(totals)),
        verdict=judge(difference, p_value, interval, margin=margin),
    )


def difference_interval(
    differences: Sequence[int], groups: Sequence[str], level: float = _LEVEL
) -> Interval:
    """Return the wider one of the intervals by cases and by groups."""
    alone = paired_interval(differences.count(1), differences.count(-1), len(differences), level)
    if len(set(groups)) == len(groups):
        return alone
    grouped = clustered_interval(differences, groups, level)
    return Interval(max(-1.0, min(alone.low, grouped.low)), min(1.0, max(alone.high, grouped.high)))


@cache
def effect_shown(n_groups: int) -> float | None:
    """Return the smallest gain that so many groups show, where some are lost in spite of it."""
    return smallest_effect(n_groups, _USUAL_LOSS)


def _judged(part: SliceComparison, p_adjusted: float, margin: float) -> SliceComparison:
    interval = Interval(part.low, part.high)
    verdict = judge(part.difference, p_adjusted, interval, margin=margin)
    return msgspec.structs.replace(part, p_adjusted=p_adjusted, verdict=verdict)
