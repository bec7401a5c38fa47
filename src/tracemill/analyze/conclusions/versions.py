"""Versions of a prompt or recipe beside one another: what each brought, and which does best where.

A version is compared with the newest one before it of which the metric counts anything, by the same
tests as patterns; all comparisons of one call are corrected together. That one version came after
another is no experiment: projects, models and people changed, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from tracemill.analyze.cases import Case, Tally, differ, fact_of, measure, summed
from tracemill.analyze.conclusions.before_and_after import change_of
from tracemill.analyze.conclusions.effectiveness import effectiveness_of
from tracemill.analyze.metrics.table import LESS_IS_BETTER, METRICS, Metric
from tracemill.analyze.process import Process
from tracemill.base.clock import moment_key
from tracemill.records.events.team_projects import ProjectReport
from tracemill.records.process.version_metrics import BestVersion, VersionChange, VersionMetrics
from tracemill.stats import benjamini_hochberg, shares_needed

_LEVEL: Final = 0.05
_FEWEST: Final = 5
"""Cases of each of two versions below which nobody should choose between them."""


class Naming(NamedTuple):
    """The facts by which cases name their version of a text."""

    in_reports: str = ""
    """Fact of reports; empty where none names it."""
    in_sessions: str = ""
    """Fact of sessions; empty where none can be told to have had it."""

    def of(self, metric: Metric) -> str | None:
        """Return the fact by which a metric's cases name it; None where they cannot."""
        if self.in_reports in metric.facts:
            return self.in_reports
        return self.in_sessions if self.in_sessions and metric.is_of_sessions else None


class Use(NamedTuple):
    """Who had a version, and when."""

    projects: frozenset[str]
    sessions: frozenset[str]
    moments: tuple[datetime, ...]
    """The first and the last; none where no moment is known."""
    last_in: frozenset[str]
    """Projects whose last run had it, and of which no end is known."""


class _Pair(NamedTuple):
    """One metric of one version, and of the one before."""

    version: str
    metric: str
    now: Tally
    before: Tally | None


class VersionCounts:
    """The cases of every version of whatever facts name, counted once for all that ask."""

    def __init__(self, process: Process, naming: Naming, metrics: Collection[str] = ()) -> None:
        """Count the cases of some metrics, or of all."""
        self._uses = uses(process, naming)
        self._facts = {
            name: fact
            for name, metric in METRICS.items()
            if (not metrics or name in metrics) and (fact := naming.of(metric)) is not None
        }
        self._slices = {
            name: summed(METRICS[name].cases(process), (fact,)).slices
            for name, fact in self._facts.items()
        }

    def told(self, versions: Sequence[str]) -> list[VersionMetrics]:
        """Return what each version brought, beside the one before; the oldest comes first."""
        pairs = list(self._pairs(versions))
        known = [(pair, pair.before) for pair in pairs if pair.before is not None]
        corrected = benjamini_hochberg(
            [differ(METRICS[pair.metric].unit, pair.now, before) for pair, before in known]
        )
        q_values = {id(pair): q for (pair, _), q in zip(known, corrected, strict=True)}
        changes: defaultdict[str, list[VersionChange]] = defaultdict(list)
        for pair in pairs:
            fact = self._facts[pair.metric]
            changes[pair.version].append(_change(pair, fact, q_values.get(id(pair))))
        return [_told(name, self._uses.get(name), changes[name]) for name in versions]

    def _pairs(self, versions: Sequence[str]) -> Iterator[_Pair]:
        for name, slices in self._slices.items():
            before: Tally | None = None
            for version in versions:
                tally = slices.get((version,))
                if tally is not None:
                    yield _Pair(version, name, tally, before)
                    before = tally


def _change(pair: _Pair, fact: str, q_value: float | None) -> VersionChange:
    unit = METRICS[pair.metric].unit
    now, before = pair.now.value, pair.before.value if pair.before else None
    difference = None if now is None or before is None else now - before
    return VersionChange(
        measure=measure(pair.metric, unit, (fact,), (pair.version,), pair.now),
        before=before,
        difference=difference,
        relative=difference / before if difference is not None and before else None,
        q_value=q_value,
        change=change_of(pair.metric, now, before, q_value),
    )


def _told(name: str, use: Use | None, changes: Sequence[VersionChange]) -> VersionMetrics:
    moments = use.moments if use else ()
    return VersionMetrics(
        version=name,
        n_projects=len(use.projects) if use else 0,
        n_sessions=len(use.sessions) if use else 0,
        first_used=moments[0] if moments else None,
        last_used=moments[-1] if moments else None,
        in_use_by=tuple(sorted(use.last_in)) if use else (),
        effectiveness=effectiveness_of({each.measure.metric: each.measure for each in changes}),
        metrics=tuple(changes),
    )


def uses(process: Process, naming: Naming) -> Mapping[str, Use]:
    """Return by version who had it, and when."""
    projects: defaultdict[str, set[str]] = defaultdict(set)
    sessions: defaultdict[str, set[str]] = defaultdict(set)
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    last: dict[str, tuple[float, str]] = {}
    for told in process.all():
        version, project = told.facts.get(naming.in_reports), told.facts.get("project")
        if version is None:
            continue
        if told.at is not None:
            moments[version].append(told.at)
        if project is not None:
            projects[version].add(project)
            at = moment_key(told.at)
            last[project] = max(last.get(project, (at, version)), (at, version))
    for session in process.sessions:
        version = session.facts.get(naming.in_sessions)
        if version is not None:
            sessions[version].add(session.id)
            moments[version] += filter(None, [session.started])
    ended = {told.facts.get("project") for told in process.of(ProjectReport)}
    open_projects = {project: version for project, (_, version) in last.items()}
    return {
        version: Use(
            projects=frozenset(projects[version]),
            sessions=frozenset(sessions[version]),
            moments=(min(moments[version]), max(moments[version])) if moments[version] else (),
            last_in=frozenset(
                project
                for project, used in open_projects.items()
                if used == version and project not in ended
            ),
        )
        for version in sorted({*projects, *sessions, *moments})
    }


def best_versions(
    process: Process, metric: str, naming: Naming, versions: Sequence[str], by: tuple[str, ...]
) -> list[BestVersion]:
    """Return which version does best in each slice, the slice with most cases first."""
    wanted = METRICS[metric]
    fact = naming.of(wanted) or ""
    groups: defaultdict[tuple[str, ...], list[Case]] = defaultdict(list)
    named = frozenset(versions)
    for case in wanted.cases(process):
        key = tuple(fact_of(case, name) or "" for name in by)
        if all(key) and case.facts.get(fact) in named:
            groups[key].append(case)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        _best(metric, wanted, fact, dict(zip(by, key, strict=True)), cases)
        for key, cases in ordered
    ]


def _best(
    name: str, metric: Metric, fact: str, facts: dict[str, str], cases: Iterable[Case]
) -> BestVersion:
    slices = summed(cases, (fact,)).slices
    sign = 1 if name in LESS_IS_BETTER else -1
    ranked = sorted(slices.items(), key=lambda item: (sign * (item[1].value or 0.0), item[0]))
    found = BestVersion(
        slice=facts,
        ranked=tuple(measure(name, metric.unit, (fact,), key, tally) for key, tally in ranked),
        verdict="too_few",
        best=None,
        p_value=None,
        n_needed=None,
    )
    enough = [(key[0], tally) for key, tally in ranked if tally.n >= _FEWEST]
    if len(enough) < 2:  # noqa: PLR2004 - the first and the second
        return found
    (version, first), (_, second) = enough[:2]
    p_value = differ(metric.unit, first, second)
    is_best = p_value <= _LEVEL and first.value != second.value
    return msgspec.structs.replace(
        found,
        verdict="best" if is_best else "no_difference",
        best=version if is_best else None,
        p_value=p_value,
        n_needed=None if is_best or metric.unit == "mean" else _needed(first, second),
    )


def _needed(first: Tally, second: Tally) -> int | None:
    return shares_needed(first.value or 0.0, second.value or 0.0)
