"""What many pieces of work say together: metrics of any slice, and patterns. Read-only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze import METRICS, find_patterns, shipped_rules
from tracemill.analyze.cases import PERIODS, Case, fact_of, measures
from tracemill.analyze.conclusions.patterns import Rule, read_rules
from tracemill.analyze.conclusions.targets import of_metric
from tracemill.analyze.features.effects import practices
from tracemill.analyze.metrics.table import Metric
from tracemill.analyze.process import Process
from tracemill.base.errors import NotFoundError, UnknownNameError, UsageError
from tracemill.base.named_files import read_named
from tracemill.flows.analysis.period import Period
from tracemill.flows.analysis.process import read_process
from tracemill.flows.analysis.targets import targets_of
from tracemill.flows.held.lookup import read_status
from tracemill.records.process.patterns import Measure, Pattern, PatternReport, Unit
from tracemill.records.process.practices import PracticeList
from tracemill.records.process.targets import Target
from tracemill.records.refs import Count, Record
from tracemill.store.workspace import Workspace

_RULES: Final = "patterns.toml"


class ListedMetric(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One metric that can be asked for."""

    name: str
    """Its name."""
    unit: Unit
    """Whether it is a share or a mean."""
    says: str
    """What it counts."""
    by: tuple[str, ...]
    """What it can be asked by."""
    n: Count
    """Cases that are held."""
    whole: Measure | None
    """The metric of all of them; None where there is none that can be judged."""


class MetricList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every metric."""

    metrics: tuple[ListedMetric, ...]
    """The metrics, with how many cases there are of each."""


class Measured(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A metric of all work, and of its slices."""

    metric: str
    """Its name."""
    says: str
    """What it counts."""
    whole: Measure
    """The metric of everything."""
    slices: tuple[Measure, ...]
    """The metric of each slice that was asked for, the one with most cases first."""
    n_left_aside: Count
    """Cases of which it is not known which slice they belong to."""
    target: Target | None = None
    """What was hoped for, which is never a result; None where nothing was."""


def list_metrics(workspace: Workspace) -> MetricList:
    """Return every metric with how much there is to count, and what it comes to."""
    process = read_process(workspace)
    return MetricList(metrics=tuple(_listed(*each, process) for each in METRICS.items()))


def _listed(name: str, metric: Metric, process: Process) -> ListedMetric:
    cases = list(metric.cases(process))
    return ListedMetric(
        name=name, unit=metric.unit, says=metric.says, by=metric.facts, n=len(cases),
        whole=next(measures(name, metric.unit, cases, ()), None),
    )  # fmt: skip


class Question(NamedTuple):
    """What is asked of a metric."""

    metric: str
    """Its name."""
    by: tuple[str, ...]
    """Facts that make slices."""
    only: Mapping[str, str]
    """Facts that the work must have."""
    period: Period
    """When it must have happened."""


def measure_metric(workspace: Workspace, question: Question) -> Measured:
    """Return a metric of all work, and of its slices.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: it cannot be asked by that.
        NotFoundError: nothing is held that it counts.
    """
    name, by, metric = question.metric, question.by, metric_of(question)
    cases = list(asked_for(metric.cases(read_process(workspace)), question))
    whole = next(measures(name, metric.unit, cases, ()), None)
    if whole is None:
        raise nothing_to_count(workspace, name)
    slices = tuple(_in_order(measures(name, metric.unit, cases, by), by)) if by else ()
    return Measured(
        metric=name,
        says=metric.says,
        whole=whole,
        slices=slices,
        n_left_aside=whole.n - sum(each.n for each in slices) if by else 0,
        target=of_metric(targets_of(workspace), name),
    )


def _in_order(found: Iterable[Measure], by: tuple[str, ...]) -> Iterable[Measure]:
    """Put slices of a time in the order of time; others stay as they are."""
    periods = [name for name in by if name in PERIODS]
    return sorted(found, key=lambda each: [each.slice[name] for name in periods])


def nothing_to_count(workspace: Workspace, metric: str) -> NotFoundError:
    """Return the error that nothing is held that a metric counts; it says what would be."""
    says = METRICS[metric].says
    if read_status(workspace).is_outdated:  # what is new in this version is unknown there
        return NotFoundError(
            f"what is held was made by rules of another version and does not tell {metric}: "
            f"{says}; next: tracemill run"
        )
    return NotFoundError(f"nothing was read that {metric} counts: {says}")


def metric_of(question: Question) -> Metric:
    """Return the metric that is asked for.

    Raises:
        UnknownNameError: there is no such metric.
        UsageError: it cannot be asked by that.
    """
    metric = METRICS.get(question.metric)
    if metric is None:
        raise UnknownNameError("metric", question.metric, METRICS)
    for fact in (*question.by, *question.only):
        if fact not in metric.facts:
            known = ", ".join(metric.facts)
            raise UsageError(f"{question.metric} cannot be asked by {fact!r}; it can by: {known}")
    return metric


def asked_for(cases: Iterable[Case], question: Question) -> Iterator[Case]:
    """Yield the cases that have the facts and the moments that are asked for."""
    for case in cases:
        has_all = all(fact_of(case, name) == value for name, value in question.only.items())
        if has_all and question.period.holds(case.at):
            yield case


def read_patterns(workspace: Workspace) -> PatternReport:
    """Return what repeats in the work that is held."""
    return find_patterns(read_process(workspace), rules_of(workspace))


def first_of_kinds(found: PatternReport, top: int | None) -> PatternReport:
    """Return of each kind the first so many patterns, or all; what is cut is counted."""
    if top is None:
        return found
    n_before: Counter[str] = Counter()
    kept: list[Pattern] = []
    for pattern in found.patterns:
        kept += [pattern] if n_before[pattern.kind] < top else []
        n_before[pattern.kind] += 1
    n_cut = len(found.patterns) - len(kept)
    return msgspec.structs.replace(found, patterns=tuple(kept), n_cut=n_cut)


def shown_patterns(found: PatternReport) -> PatternReport:
    """Return only the patterns that are more than chance."""
    shown = tuple(each for each in found.patterns if each.verdict == "found")
    return msgspec.structs.replace(found, patterns=shown)


def rules_of(workspace: Workspace) -> tuple[Rule, ...]:
    """Return the workspace's own rules, or those that come with Tracemill.

    Raises:
        UsageError: its own cannot be read.
    """
    path: Path = workspace.root / _RULES
    if not path.is_file():
        return shipped_rules()
    return read_rules(read_named(path, "rules for patterns"), str(path))


def find_pattern(workspace: Workspace, name: str) -> Pattern:
    """Return the one pattern that `name` means.

    Raises:
        NotFoundError: none or several answer to it.
    """
    found = [each for each in read_patterns(workspace).patterns if each.id.startswith(name)]
    if len(found) != 1:
        listed = ", ".join(each.id for each in found[:10]) or "none"
        raise NotFoundError(
            f"expected one pattern {name!r}, found {listed}; see: tracemill pattern list"
        )
    return found[0]


def read_practices(workspace: Workspace) -> PracticeList:
    """Return ways of working, and what becomes of work with and without them.

    Raises:
        NotFoundError: no work of a known outcome tells of any.
    """
    found = practices(read_process(workspace))
    if not found:
        raise NotFoundError("no work of a known outcome edited anything; next: tracemill run")
    return PracticeList(practices=tuple(found))
