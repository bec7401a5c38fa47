"""Metrics of the output of a program's model: which rules it breaks, how often, and its latency.

Some programs write down every rule that they ask, others the broken ones alone. Of an attempt that
names no rule as kept, each rule that is broken by some artifact of its type counts as kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from tracemill.analyze.cases import Case, Facts
from tracemill.analyze.process import Process, Told
from tracemill.records.events.team_artifacts import ArtifactReport, RuleVerdict


def rule_failures(process: Process) -> Iterator[Case]:
    """Yield each judgement of a rule on an attempt."""
    judged = [told for told in process.of(ArtifactReport) if told.report.is_accepted is not None]
    known: defaultdict[str | None, set[str]] = defaultdict(set)
    for told in judged:
        known[told.report.artifact_type].update(v.rule for v in told.report.broken if v.rule)
    for told in judged:
        verdicts = {v.rule: v for v in told.report.validation_errors if v.rule}
        if all(verdict.failed for verdict in verdicts.values()):
            kept = known[told.report.artifact_type] - verdicts.keys()
            verdicts |= {rule: RuleVerdict(rule=rule, failed=False) for rule in kept}
        for rule, verdict in sorted(verdicts.items()):
            facts = {**told.facts, "rule": rule, **_kind(verdict)}
            why = verdict.error_message if verdict.failed else None
            yield Case(facts, float(verdict.failed), told.ref, told.at, why, verdict.failed)


def first_tries(process: Process) -> Iterator[Case]:
    """Yield for each artifact whether its first attempt was let through.

    Where a program keeps the last attempt alone, one that was tried again did not pass at first.
    """
    seen: set[tuple[str | None, ...]] = set()
    for told in process.of(ArtifactReport):
        report, key = told.report, _key(told)
        if report.retry_count is None or report.is_accepted is None:
            continue
        is_first = report.retry_count == 0
        if is_first or key not in seen:
            passed = is_first and report.is_accepted
            yield Case(told.facts, float(passed), told.ref, told.at, _why(report), not passed)
            seen.add(key)
        if report.is_accepted:
            seen.discard(key)


def artifact_retries(process: Process) -> Iterator[Case]:
    """Yield how often each artifact that was let through was tried again."""
    for told in process.of(ArtifactReport):
        n = told.report.retry_count
        if told.report.is_accepted and n is not None:
            yield Case(told.facts, float(n), told.ref, told.at, None, n > 0)


def writing_times(process: Process) -> Iterator[Case]:
    """Yield how many milliseconds a model took for each attempt."""
    for told in process.of(ArtifactReport):
        if told.report.generation_time_ms is not None:
            yield Case(told.facts, float(told.report.generation_time_ms), told.ref, told.at)


def weekly_attempts(process: Process) -> Iterator[Case]:
    """Yield how many attempts each week brought; weeks without any are no case."""
    yield from _by_week(process.of(ArtifactReport))


def weekly_fixes(process: Process) -> Iterator[Case]:
    """Yield how many artifacts of each week were let through after an attempt that was not."""
    told = process.of(ArtifactReport)
    yield from _by_week(
        each for each in told if each.report.is_accepted and each.report.retry_count
    )


def _by_week(held: Iterable[Told]) -> Iterator[Case]:
    weeks: defaultdict[date, list[Told]] = defaultdict(list)
    for told in held:
        if told.at is not None:
            day = told.at.date()
            weeks[day - timedelta(days=day.weekday())].append(told)
    for _, own in sorted(weeks.items()):
        yield Case({}, float(len(own)), own[0].ref, own[0].at)


def _key(told: Told) -> tuple[str | None, ...]:
    return told.facts.get("project"), told.report.artifact_type, told.report.file_path


def _kind(verdict: RuleVerdict) -> Facts:
    return {} if verdict.kind is None else {"rule_kind": verdict.kind}


def _why(report: ArtifactReport) -> str | None:
    return next((verdict.rule for verdict in report.broken if verdict.rule), None)
