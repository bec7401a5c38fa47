"""Metrics of whole projects: how they ended, how long they took, and what people say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import repeat
from typing import Final

from tracemill.analyze.cases import Case
from tracemill.analyze.process import Process, Told
from tracemill.base.clock import moment_key
from tracemill.records.events.team_projects import (
    EscalationReport,
    GateReport,
    OutcomeMetrics,
    ProjectReport,
    QualitySignals,
    SecurityScan,
    StageReport,
    SurveyReport,
)

_SHIPPED: Final = frozenset({"shipped", "alpha_ready"})
_PERCENT: Final = 100.0
_MOST_FINDINGS: Final = 1_000


def escalations(process: Process) -> Iterator[Case]:
    """Yield for each project how often work was handed to a person."""
    counted = Counter(told.project for told in process.of(EscalationReport))
    for told in process.of(ProjectReport):
        n = counted[told.project]
        yield Case(told.facts, float(n), told.ref, told.at, None, n > 0)


def projects_shipped(process: Process) -> Iterator[Case]:
    """Yield each project that ended, and whether it shipped."""
    for told, metrics in _outcomes(process):
        if metrics.project_success is not None:
            shipped = metrics.project_success in _SHIPPED
            yield Case(told.facts, float(shipped), told.ref, told.at, None, not shipped)


def project_seconds(process: Process) -> Iterator[Case]:
    """Yield how long each project took."""
    yield from _numbers(process, lambda metrics, _: metrics.time_to_completion)


def project_cost(process: Process) -> Iterator[Case]:
    """Yield what the tokens of each project cost."""
    yield from _numbers(process, lambda metrics, _: metrics.token_cost_total)


def project_quality(process: Process) -> Iterator[Case]:
    """Yield how good each project is said to be."""
    yield from _numbers(process, lambda metrics, _: metrics.quality_score)


def project_coverage(process: Process) -> Iterator[Case]:
    """Yield the share of each project's code that its tests run."""
    yield from _numbers(
        process,
        lambda _, said: said.test_results.test_coverage_percent if said.test_results else None,
    )


def critical_issues(process: Process) -> Iterator[Case]:
    """Yield how many critical findings a scan had in each project."""
    yield from _numbers(
        process, lambda _, said: said.security_scan.critical if said.security_scan else None
    )


def missed_findings(process: Process) -> Iterator[Case]:
    """Yield each finding of a scan, and whether its project ended with it and was let through.

    What the report calls a false alarm is no finding. A project whose end is not told says nothing.
    Of one scan a thousand count at most: a number that somebody wrote down must not fill the
    memory, nor one project outweigh all others. Findings of one project ship or stay together, so
    they are one cluster.
    """
    for told, metrics in _outcomes(process):
        signals = told.report.quality_signals
        n_findings = _findings(signals.security_scan) if signals else None
        if metrics.project_success is not None and n_findings:
            missed = metrics.project_success in _SHIPPED
            case = Case(told.facts, float(missed), told.ref, told.at, None, missed, told.ref.id)
            yield from repeat(case, min(n_findings, _MOST_FINDINGS))


def _findings(scan: SecurityScan | None) -> int | None:
    """Return how many findings of a scan are real; None where it counts none."""
    if scan is None:
        return None
    told = [n for n in (scan.critical, scan.major, scan.minor) if n is not None]
    counted = scan.vulnerabilities_found
    n_found = counted if counted is not None else sum(told) if told else None
    return None if n_found is None else max(n_found - (scan.false_positives or 0), 0)


def fast_enough(process: Process) -> Iterator[Case]:
    """Yield each project of which it is known whether it is as fast as promised."""
    for told in process.of(ProjectReport):
        signals = told.report.quality_signals
        speed = signals.performance_metrics if signals else None
        if speed is not None and speed.within_slo is not None:
            kept = speed.within_slo
            yield Case(told.facts, float(kept), told.ref, told.at, None, not kept)


def autonomy(process: Process) -> Iterator[Case]:
    """Yield how much agents did without asking in each project, from 0 to 3."""
    for told in process.of(ProjectReport):
        metadata = told.report.project_metadata
        if metadata is not None and metadata.autonomy_level_used is not None:
            yield Case(told.facts, float(metadata.autonomy_level_used), told.ref, told.at)


def satisfaction(process: Process) -> Iterator[Case]:
    """Yield how helpful people say that agents were, from 1 to 5."""
    for told in process.of(SurveyReport):
        if told.report.agent_helpfulness_overall is not None:
            value = float(told.report.agent_helpfulness_overall)
            yield Case(told.facts, value, told.ref, told.at)


def survey_answers(process: Process) -> Iterator[Case]:
    """Yield each project that ended, and whether anybody answered a survey on it."""
    answered = {told.project for told in process.of(SurveyReport)}
    for told, _ in _outcomes(process):
        is_answered = told.project in answered
        yield Case(told.facts, float(is_answered), told.ref, told.at, None, not is_answered)


def prototype_seconds(process: Process) -> Iterator[Case]:
    """Yield how long each project took until each of its gates had passed once."""
    begun: dict[str, datetime] = {}
    for told in process.all():
        project = told.facts.get("project")
        if project is not None and told.at is not None:
            begun[project] = min(told.at, begun.get(project, told.at))
    passed: dict[tuple[str, str], Told | None] = {}
    for told in process.of(GateReport):
        key = (told.facts.get("project", ""), told.facts.get("gate", ""))
        if all(key) and told.at is not None:
            is_first = told.report.gate_result == "pass" and passed.get(key) is None
            passed[key] = told if is_first else passed.get(key)
    for project, done in _last_gates(passed).items():
        if done.at is not None:
            seconds = (done.at - begun[project]).total_seconds()
            yield Case(done.facts, seconds, done.ref, done.at)


def _last_gates(passed: dict[tuple[str, str], Told | None]) -> dict[str, Told]:
    """Return by project the gate that passed last, of projects all of whose gates did."""
    unfinished = {project for (project, _), told in passed.items() if told is None}
    last: dict[str, Told] = {}
    for (project, _), told in passed.items():
        if told is not None and project not in unfinished:
            known = last.get(project)
            last[project] = told if known is None or _at(told) > _at(known) else known
    return last


def _at(told: Told) -> float:
    return moment_key(told.at)


def stated_confidence(process: Process) -> Iterator[Case]:
    """Yield how sure of its work the agent of each stage says it is, from 0 to 1."""
    for told in process.of(StageReport):
        sure = said_confidence(told)
        if sure is not None:
            yield Case(told.facts, sure, told.ref, told.at)


def said_confidence(told: Told) -> float | None:
    """Return how sure a stage's agent says it is, from 0 to 1."""
    sure = told.beyond.get("confidence")
    if not isinstance(sure, int | float):
        return None
    return sure / _PERCENT if sure > 1 else float(sure)


def _outcomes(process: Process) -> Iterator[tuple[Told, OutcomeMetrics]]:
    for told in process.of(ProjectReport):
        metrics = told.report.outcome_metrics
        if metrics is not None:
            yield told, metrics


def _numbers(
    process: Process,
    number: Callable[[OutcomeMetrics, QualitySignals], float | None],
) -> Iterator[Case]:
    """Yield a number of each project's report, where it says one."""
    for told in process.of(ProjectReport):
        metrics = told.report.outcome_metrics or OutcomeMetrics()
        value = number(metrics, told.report.quality_signals or QualitySignals())
        if value is not None:
            yield Case(told.facts, float(value), told.ref, told.at)
