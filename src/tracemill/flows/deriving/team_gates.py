"""What a team's own process says of its gates, looked at as gate runs.

A gate between two stages, a run of tests and a security scan become gate runs, whether a program
told of them or a file of reports did. A gate run of theirs has one result: the gate itself, so
that its failures and their mending are found as those of tests are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tracemill.base.ids import make_id
from tracemill.link.gates.reported_tests import ReportedTest
from tracemill.records.events.event import Captured, Event, GateRun, TeamReport
from tracemill.records.events.gates import Coverage, GateKind, GateResult, GateStatus, ResultStatus
from tracemill.records.events.team_projects import GateReport
from tracemill.records.refs import Span
from tracemill.render.team import captured_report

TeamEvent = Captured | TeamReport
"""What a team's own process says."""

_VERDICTS: Final[Mapping[str, GateStatus]] = {"pass": "passed", "fail": "failed"}
_SEVERITIES: Final = ("critical", "major", "minor")
_PERCENT: Final = 100


def team_gates(events: Iterable[TeamEvent]) -> list[GateRun]:
    """Return the gate run of each event that tells of one."""
    return [run for event in events if (run := team_gate(event)) is not None]


def team_gate(event: Event) -> GateRun | None:
    """Return what an event tells of a gate as a gate run of the same id, or None."""
    if isinstance(event, Captured) and event.name == "test_run":
        return _tests(event)
    if isinstance(event, Captured) and event.name == "security_scan":
        return _scan(event)
    report = _gate_report(event)
    if report is None:
        return None
    said = report[1]
    status = _VERDICTS.get(said.gate_result or "", "unknown")
    totals = {_result_status(status): 1}
    return _run(event, "other", status, totals, title=said.gate_id)


def team_results(event: Event) -> list[GateResult]:
    """Return what an event says of its gate as the one result of its run, or none."""
    report = _gate_report(event)
    if report is None:
        return []
    told, said = report
    decided = said.human_decision
    return [
        GateResult(
            id=make_id("result", event.id, "gate"),
            gate_run_id=event.id,
            status=_result_status(_VERDICTS.get(said.gate_result or "", "unknown")),
            suite=_suite(told, said),
            name=said.gate_id,
            message=said.gate_result_reason,
            text=None if decided is None else f"a person decided: {decided}",
            span=event.span or Span(start=0, end=0),
        )
    ]


def team_tests(event: TeamEvent) -> list[ReportedTest]:
    """Return the results of an event as they are compared between runs."""
    return [
        ReportedTest(result.id, result.suite, result.name, result.status)
        for result in team_results(event)
        if result.name is not None
    ]


def _gate_report(event: Event) -> tuple[TeamReport, GateReport] | None:
    told = captured_report(event) if isinstance(event, Captured) else event
    if isinstance(told, TeamReport) and isinstance(told.report, GateReport):
        return told, told.report
    return None


def _suite(told: TeamReport, said: GateReport) -> str | None:
    """Return what the gate stands in: its project and stage, as far as they are known."""
    return " / ".join(part for part in (told.project_id, said.stage) if part) or None


def _result_status(status: GateStatus) -> ResultStatus:
    return "unknown" if status == "error" else status


def _tests(event: Captured) -> GateRun:
    n_run, n_passed = (_count(event, f"tests_{name}") for name in ("executed", "passed"))
    totals: dict[ResultStatus, int] = {}
    status: GateStatus = "unknown"
    if n_run is not None and n_passed is not None and n_passed <= n_run:
        totals = {"passed": n_passed, "failed": n_run - n_passed}
        status = "passed" if n_passed == n_run else "failed"
    share = event.payload.get("test_coverage_percent")
    is_share = isinstance(share, int | float) and 0 <= share <= _PERCENT
    coverage = Coverage(line_rate=share / _PERCENT) if share is not None and is_share else None
    return _run(event, "test", status, totals, coverage=coverage)


def _scan(event: Captured) -> GateRun:
    counts = [n for name in _SEVERITIES if (n := _count(event, name)) is not None]
    n_found = _count(event, "vulnerabilities_found")
    n_found = sum(counts) if n_found is None and counts else n_found
    if n_found is None:
        return _run(event, "security", "unknown", {})
    return _run(event, "security", "failed" if n_found else "passed", {"failed": n_found})


def _run(
    event: Event, gate: GateKind, status: GateStatus, totals: dict[ResultStatus, int], **said: Any
) -> GateRun:
    return GateRun(
        id=event.id,
        at=event.at,
        origin=event.origin,
        span=event.span,
        gate=gate,
        status=status,
        totals={name: n for name, n in totals.items() if n},
        commit=_commit(event),
        **said,
    )


def _commit(event: Event) -> str | None:
    """Return the commit that an event names beside the fields of its kind."""
    if isinstance(event, Captured):
        found = event.payload.get("commit")
    else:
        remainder = event.remainder if isinstance(event, TeamReport) else None
        found = remainder.values.get("commit") if remainder else None
    return found if isinstance(found, str) and found else None


def _count(event: Captured, name: str) -> int | None:
    found = event.payload.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
