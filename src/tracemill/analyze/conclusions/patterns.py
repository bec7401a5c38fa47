"""Patterns: slices of the work beyond a limit, with how likely chance alone is to do that.

All slices of all rules are asked at once, so their p-values are corrected together: of the
patterns that are told as found, 5 % are false alarms in the long run (Benjamini and Hochberg).
What lies beyond its limit and may be chance is told as that, with how much was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from string import Formatter
from typing import Annotated, Final, Literal, NamedTuple

import msgspec

from tracemill.analyze.cases import Case, Sliced, Tally, measure, shares_differ, summed
from tracemill.analyze.conclusions.since import Turn, followed, newest, what_came_in
from tracemill.analyze.metrics.table import METRICS, Metric
from tracemill.analyze.process import Process
from tracemill.analyze.reasons import root_causes
from tracemill.base.errors import UsageError
from tracemill.base.ids import make_id
from tracemill.base.text import measured
from tracemill.records.from_toml import from_toml
from tracemill.records.process.patterns import Pattern, PatternReport, Unit
from tracemill.records.refs import Record
from tracemill.stats import benjamini_hochberg
from tracemill.stats.beta import binomial_at_least, binomial_at_most
from tracemill.stats.means import mean_above, welch

_LEVEL: Final = 0.05


class Rule(Record, frozen=True, kw_only=True):
    """One question that is asked of every slice of a metric."""

    kind: str
    """The kind of the patterns that it finds."""
    metric: str
    """The metric."""
    by: tuple[str, ...]
    """Facts that make the slices."""
    within: tuple[str, ...] = ()
    """Facts that a slice and those beside it must share."""
    only: dict[str, str] = msgspec.field(default_factory=dict)
    """Facts that a slice must have."""
    above: float | None = None
    """A limit that a slice lies above."""
    below: float | None = None
    """A limit that a slice lies below."""
    beside: Literal["more", "less"] | None = None
    """Whether a slice lies above or below all others together, or what was before it."""
    last: Annotated[int, msgspec.Meta(ge=2)] | None = None
    """For `beside`: as many of its newest cases beside all before, and not beside other slices."""
    after: str | None = None
    """For `beside`: a fact whose values follow each other, each beside the one before it."""
    factor: float = 1.0
    """How many times the others a slice must be, or they it, to be told."""
    says: str
    """How a pattern is put."""
    actions: tuple[str, ...] = ()
    """What could be done."""


class _RuleFile(Record, frozen=True, kw_only=True):
    rule: tuple[Rule, ...]


class _Seen(NamedTuple):
    """A slice that was asked about."""

    rule: Rule
    unit: Unit
    key: tuple[str, ...]
    tally: Tally
    beside: float
    p_value: float
    is_beyond: bool
    turn: Turn | None = None


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules that come with Tracemill."""
    return read_rules(resources.files("tracemill.analyze").joinpath("patterns.toml").read_text())


def read_rules(text: str, name: str = "patterns.toml") -> tuple[Rule, ...]:
    """Return rules from their TOML.

    Raises:
        UsageError: it holds none, or one that cannot be asked.
    """
    found = from_toml(text, _RuleFile, f"the rules {name!r}", "docs/patterns.md").rule
    for rule in found:
        _check(rule, name)
    return found


def _check(rule: Rule, name: str) -> None:
    if rule.metric not in METRICS:
        raise UsageError(f"{name}: unknown metric {rule.metric!r}; known: {', '.join(METRICS)}")
    if sum(limit is not None for limit in (rule.above, rule.below, rule.beside)) != 1:
        raise UsageError(f"{name}: {rule.kind}: expected one of above, below, beside")
    if (rule.last is not None or rule.after is not None) and rule.beside is None:
        raise UsageError(f"{name}: {rule.kind}: last and after go with beside")
    if not rule.by and rule.last is None:
        raise UsageError(f"{name}: {rule.kind}: expected facts in by")
    is_mean = METRICS[rule.metric].unit == "mean"
    if is_mean and rule.below is not None:
        raise UsageError(f"{name}: {rule.kind}: a mean is asked by above or beside, not by below")
    limits = [limit for limit in (rule.above, rule.below) if limit is not None]
    if not is_mean and any(not 0 <= limit <= 1 for limit in limits):
        raise UsageError(f"{name}: {rule.kind}: expected the limit of a share as 0 to 1")
    known = {*rule.by, *rule.within, "value", "others", "limit", "n"}
    if unknown := {field for _, field, _, _ in Formatter().parse(rule.says) if field} - known:
        listed = ", ".join(sorted(unknown))
        raise UsageError(f"{name}: {rule.kind}: says names {listed}, which no slice of it has")


def find_patterns(process: Process, rules: Sequence[Rule] = ()) -> PatternReport:
    """Ask every rule of every slice."""
    seen: list[_Seen] = []
    skipped: dict[str, str] = {}
    cases: dict[str, list[Case]] = {}
    for rule in rules or shipped_rules():
        metric = METRICS[rule.metric]
        if rule.metric not in cases:
            cases[rule.metric] = list(metric.cases(process))
        found = list(_ask(rule, metric, cases[rule.metric]))
        if not found:
            skipped[f"{rule.kind} by {', '.join(rule.by)}"] = (
                f"no case of {rule.metric} says so much"
            )
        seen += found
    corrected = benjamini_hochberg([each.p_value for each in seen])
    beyond = [(each, q) for each, q in zip(seen, corrected, strict=True) if each.is_beyond]
    told = [_pattern(each, q) for each, q in beyond]
    pairs = zip(told, beyond, strict=True)
    turns = {pattern.id: each.turn for pattern, (each, _) in pairs if each.turn is not None}
    told.sort(key=lambda pattern: (pattern.verdict != "found", pattern.q_value, pattern.id))
    told = [_with_causes(process, pattern, turns) for pattern in told]
    return PatternReport(patterns=tuple(told), n_questions=len(seen), skipped=skipped)


def _with_causes(process: Process, pattern: Pattern, turns: Mapping[str, Turn]) -> Pattern:
    """Return a pattern of what is new with what came in at that time."""
    turn = turns.get(pattern.id)
    if turn is None:
        return pattern
    return msgspec.structs.replace(pattern, reasons=what_came_in(process, *turn.projects))


def _ask(rule: Rule, metric: Metric, cases: Sequence[Case]) -> Iterator[_Seen]:
    by = (*rule.within, *rule.by)
    if rule.last is not None or rule.after is not None:
        yield from _ask_since(rule, metric, cases)
        return
    sliced = summed(cases, by)
    groups = _groups(sliced, len(rule.within))
    for key, tally in sorted(sliced.slices.items()):
        facts = dict(zip(by, key, strict=True))
        if any(facts.get(name) != value for name, value in rule.only.items()):
            continue
        whole = groups[key[: len(rule.within)]]
        if rule.beside is None:
            yield _beyond_limit(rule, metric.unit, key, tally)
        elif whole.n > tally.n:
            yield _beside_others(rule, metric.unit, key, tally, whole.without(tally))


def _ask_since(rule: Rule, metric: Metric, cases: Sequence[Case]) -> Iterator[_Seen]:
    by = (*rule.within, *rule.by)
    if rule.after is not None:
        turns = followed(cases, rule.within, rule.after)
    else:
        turns = newest(cases, by, rule.last or 0)
    for turn in turns:
        seen = _beside_others(rule, metric.unit, turn.key, turn.now, turn.before)
        yield seen._replace(turn=turn)


def _groups(sliced: Sliced, n_within: int) -> Mapping[tuple[str, ...], Tally]:
    """Return the sums of all slices that share the first facts."""
    if not n_within:
        return {(): sliced.whole}
    groups: dict[tuple[str, ...], Tally] = {}
    for key, tally in sliced.slices.items():
        groups.setdefault(key[:n_within], Tally()).join(tally)
    return groups


def _beyond_limit(rule: Rule, unit: Unit, key: tuple[str, ...], tally: Tally) -> _Seen:
    value = tally.value or 0.0
    if rule.below is not None:
        p_value = binomial_at_most(*tally.independent, rule.below)
        return _Seen(rule, unit, key, tally, rule.below, p_value, value < rule.below)
    limit = rule.above or 0.0
    if unit == "share":
        p_value = binomial_at_least(*tally.independent, limit)
    else:
        p_value = mean_above(tally.moments, limit)
    return _Seen(rule, unit, key, tally, limit, p_value, value > limit)


def _beside_others(
    rule: Rule, unit: Unit, key: tuple[str, ...], tally: Tally, rest: Tally
) -> _Seen:
    value, others = tally.value or 0.0, rest.value or 0.0
    compare = shares_differ if unit == "share" else _means_differ
    p_value = compare(tally, rest)
    is_more = value > others * rule.factor
    is_less = value * rule.factor < others
    is_beyond = is_more if rule.beside == "more" else is_less
    return _Seen(rule, unit, key, tally, others, p_value, is_beyond)


def _means_differ(one: Tally, other: Tally) -> float:
    """Return the p-value of two means."""
    return welch(one.moments, other.moments)


def _pattern(seen: _Seen, q_value: float) -> Pattern:
    rule, by = seen.rule, (*seen.rule.within, *seen.rule.by)
    found = measure(rule.metric, seen.unit, by, seen.key, seen.tally)
    words = {
        **found.slice,
        "value": measured(seen.unit, found.value),
        "others": measured(seen.unit, seen.beside),
        "limit": measured(seen.unit, seen.beside),
        "n": f"{seen.tally.n:,}",
    }
    return Pattern(
        id=make_id("pattern", rule.kind, rule.metric, rule.beside or "", *seen.key),
        kind=rule.kind,
        says=f"{rule.says.format_map(words)} ({seen.tally.n:,} cases)",
        verdict="found" if q_value <= _LEVEL else "not_enough_data",
        measure=found,
        beside=seen.beside,
        p_value=seen.p_value,
        q_value=q_value,
        reasons=root_causes(seen.tally),
        actions=rule.actions,
        evidence=tuple(seen.tally.refs),
    )
