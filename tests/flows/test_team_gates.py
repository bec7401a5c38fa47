"""What a team tells of its gates, looked at as gate runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tracemill.flows.deriving.team_gates import team_gate, team_results, team_tests
from tracemill.records.events.captured import CapturedKind
from tracemill.records.events.event import Captured, TeamReport
from tracemill.records.events.team_projects import GateReport, SurveyReport
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import Remainder

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(source="inbox", source_version=1, uri="u", input_id="input_1")


def told(kind: CapturedKind, **payload: Any) -> Captured:
    span = Span(start=0, end=9)
    return Captured(id="e", at=NOON, origin=ORIGIN, span=span, name=kind, payload=payload)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("pass", "passed"), ("fail", "failed"), ("ambiguous", "unknown"), (None, "unknown")],
)
def test_a_gate_that_was_told_is_a_gate_run(verdict: str | None, status: str) -> None:
    event = told(
        "gate",
        gate_id="contract_present",
        validation_result=verdict,
        validation_reason="no contract",
        stage="design",
        project_id="shop",
        commit="0f" * 20,
    )
    run = team_gate(event)
    (result,) = team_results(event)

    assert run is not None
    assert (run.id, run.gate, run.title, run.status) == ("e", "other", "contract_present", status)
    assert (run.at, run.totals, run.commit) == (NOON, {status: 1}, "0f" * 20)
    assert (result.suite, result.name, result.status) == (
        "shop / design",
        "contract_present",
        status,
    )
    assert result.message == "no contract"


def test_a_gate_of_a_file_is_the_gate_that_is_told() -> None:
    report = TeamReport(
        id="e",
        at=NOON,
        origin=ORIGIN,
        span=Span(start=0, end=9),
        project_id="shop",
        report=GateReport(gate_id="g", gate_result="fail", human_decision="ship it"),
        remainder=Remainder(format="team", values={"commit": "0f"}),
    )
    event = told("gate", gate_id="g", gate_result="fail", project_id="shop", commit="0f")

    assert team_gate(report) == team_gate(event)
    assert team_tests(report) == team_tests(event)
    assert [result.text for result in team_results(report)] == ["a person decided: ship it"]


@pytest.mark.parametrize(
    ("payload", "status", "totals", "rate"),
    [
        ({"tests_executed": 5, "tests_passed": 5}, "passed", {"passed": 5}, None),
        ({"tests_executed": 5, "tests_passed": 3}, "failed", {"passed": 3, "failed": 2}, None),
        ({"tests_executed": 3, "tests_passed": 5}, "unknown", {}, None),
        ({"test_coverage_percent": 85.0}, "unknown", {}, 0.85),
        ({"test_coverage_percent": 850}, "unknown", {}, None),
        ({}, "unknown", {}, None),
    ],
)
def test_tests_that_were_told_are_a_gate_run(
    payload: dict[str, Any], status: str, totals: dict[str, int], rate: float | None
) -> None:
    run = team_gate(told("test_run", **payload))

    assert run is not None
    assert (run.gate, run.status, run.totals) == ("test", status, totals)
    assert (run.coverage and run.coverage.line_rate) == rate


@pytest.mark.parametrize(
    ("payload", "status", "totals"),
    [
        ({"vulnerabilities_found": 0}, "passed", {}),
        ({"critical": 1, "minor": 2}, "failed", {"failed": 3}),
        ({"vulnerabilities_found": 4, "critical": 1}, "failed", {"failed": 4}),
        ({}, "unknown", {}),
    ],
)
def test_a_scan_that_was_told_is_a_gate_run(
    payload: dict[str, Any], status: str, totals: dict[str, int]
) -> None:
    run = team_gate(told("security_scan", **payload))

    assert run is not None
    assert (run.gate, run.status, run.totals) == ("security", status, totals)


def test_what_tells_of_no_gate_is_none() -> None:
    survey = TeamReport(id="e", origin=ORIGIN, report=SurveyReport(agent_helpfulness_overall=4))

    for event in (told("note", gate_id="g"), told("gate", gate_id=7), survey):
        assert team_gate(event) is None
        assert team_results(event) == []
