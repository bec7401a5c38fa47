"""How complete a team's reports of its process are, field by field.

A number of reports says little where half of them lack the prompt's version: whatever is asked by
it is then asked of the other half. What is found out from other reports (the stage of a gate, the
version of a prompt that was in force) counts as told: it can be asked by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from tracemill.analyze.process import Process, Told
from tracemill.analyze.work import SessionWork
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    ProjectReport,
    StageReport,
    SurveyReport,
)
from tracemill.records.process.completeness import Completeness, ToldField

Asks = Mapping[str, Callable[[Told], bool | None]]
"""What a report should say, and whether it does; None where it need not."""


def _said(name: str) -> Callable[[Told], bool]:
    return lambda told: getattr(told.report, name) not in (None, "")


def _known(fact: str) -> Callable[[Told], bool]:
    return lambda told: fact in told.facts


def _moment(told: Told) -> bool:
    return told.at is not None


def _why(told: Told) -> bool | None:
    """Tell whether a gate that says no says why."""
    return bool(told.report.gate_result_reason) if told.report.gate_result == "fail" else None


def _in_group(group: str, name: str) -> Callable[[Told], bool]:
    def is_said(told: Told) -> bool:
        found: Any = getattr(told.report, group)
        return found is not None and getattr(found, name) is not None

    return is_said


_AROUND: Final[Asks] = {"project": _known("project"), "moment": _moment}
_OF_AGENT: Final[Asks] = {
    "role": _known("role"), "model": _known("model"), "prompt_version": _known("prompt_version"),
}  # fmt: skip
_ASKED: Final[Mapping[type, tuple[str, Asks]]] = {
    GateReport: ("gate", {
        "gate": _known("gate"), "result": _said("gate_result"), "reason": _why,
        "retry_attempt": _said("retry_attempt"), "auto_fix_applied": _said("auto_fix_applied"),
        "stage": _known("stage"), **_OF_AGENT, **_AROUND,
    }),
    StageReport: ("stage", {
        "stage": _known("stage"), **_OF_AGENT, "input_tokens": _said("input_tokens"),
        "output_tokens": _said("output_tokens"), "duration_seconds": _said("duration_seconds"),
        **_AROUND,
    }),
    ApprovalReport: ("approval", {
        "decision": _known("decision"), "recommendation": _said("agent_recommendation"),
        "human_decision": _said("human_decision"), "reasoning": _said("human_reasoning"),
        "aligned": _said("decision_aligned"), **_AROUND,
    }),
    DownstreamReport: ("feedback", {
        "reporting_agent": _said("reporting_agent"), "feedback": _said("feedback"),
        "severity": _said("severity"), "stage": _said("stage"), **_AROUND,
    }),
    EscalationReport: ("escalation", {
        "reason": _said("reason"), "stage": _said("stage"),
        "resolution": _said("resolution"), "time_spent": _said("time_spent_escalated"), **_AROUND,
    }),
    SurveyReport: ("survey", {
        "helpfulness": _said("agent_helpfulness_overall"),
        "decision_quality": _said("agent_decision_quality"), **_AROUND,
    }),
    ProjectReport: ("project", {
        "recipe": _known("recipe"), "success": _in_group("outcome_metrics", "project_success"),
        "seconds": _in_group("outcome_metrics", "time_to_completion"),
        "cost": _in_group("outcome_metrics", "token_cost_total"),
        "quality_score": _in_group("outcome_metrics", "quality_score"),
        "test_results": _in_group("quality_signals", "test_results"),
        "security_scan": _in_group("quality_signals", "security_scan"), "moment": _moment,
    }),
}  # fmt: skip
_OF_SESSIONS: Final[Mapping[str, Callable[[SessionWork], bool]]] = {
    "model": lambda session: session.model is not None,
    "output_tokens": lambda session: session.output_tokens is not None,
    "instructions": lambda session: session.instructions is not None,
    "moment": lambda session: session.started is not None,
}
_SESSION: Final = "session"


def completeness(process: Process) -> Completeness:
    """Return what should be told of each kind, and of how many it is."""
    fields = [*_of_reports(process), *_of_sessions(process.sessions)]
    held = {each.kind for each in fields}
    kinds = [*(name for name, _ in _ASKED.values()), _SESSION]
    missing = tuple(kind for kind in kinds if kind not in held)
    return Completeness(fields=tuple(fields), missing_kinds=missing)


def _of_reports(process: Process) -> Iterator[ToldField]:
    for kind, (name, asks) in _ASKED.items():
        held = process.of(kind)
        for field, ask in asks.items():
            yield from _field(name, field, map(ask, held))


def _of_sessions(sessions: Iterable[SessionWork]) -> Iterator[ToldField]:
    held = list(sessions)
    for field, ask in _OF_SESSIONS.items():
        yield from _field(_SESSION, field, map(ask, held))


def _field(kind: str, field: str, told: Iterable[bool | None]) -> Iterator[ToldField]:
    said = [each for each in told if each is not None]
    if said:
        n, n_told = len(said), sum(said)
        yield ToldField(kind=kind, field=field, n=n, n_told=n_told, share=n_told / n)
