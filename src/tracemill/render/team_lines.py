"""Which reports a line of a team's file contains, and which of its fields belong to each.

Most lines tell of one thing and are known by the names of their fields. Some group them, and tell
of a stage, of the gate behind it and of the project at once: such a line is several reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple, get_args

import msgspec

from tracemill.records.events.team import Report
from tracemill.records.events.team_artifacts import ArtifactReport
from tracemill.records.events.team_branches import BranchEpisode, BranchOutcome
from tracemill.records.events.team_features import (
    ContextReport,
    FailureReport,
    PerformanceReport,
    SuccessReport,
)
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    ProjectReport,
    StageReport,
    SurveyReport,
)
from tracemill.records.events.team_recipes import RecipeReport
from tracemill.records.refs import Record

OTHER_NAMES: Final[Mapping[type[Report], Mapping[str, str]]] = {
    GateReport: {
        "validation_result": "gate_result",
        "result": "gate_result",
        "validation_reason": "gate_result_reason",
        "reason": "gate_result_reason",
        "stage_id": "stage",
    },
    StageReport: {"stage": "stage_id"},
    ArtifactReport: {"model": "agent_model"},
    RecipeReport: {"recipe_version": "recipe", "avg_time": "avg_time_to_completion"},
}
"""Names that files use for a field beside its own."""
LABELED_MARK: Final = "labeled_event"
"""The field by which a line of ours with labels is known: it tells of nothing that is not held."""
_GROUPS: Final[Mapping[str, type[Report]]] = {
    "stage_execution": StageReport,
    "prompt_and_execution": StageReport,
    "gate_validation": GateReport,
    "project_metadata": ProjectReport,
    "outcome_metrics": ProjectReport,
    "quality_signals": ProjectReport,
    "human_feedback": ProjectReport,
}
"""Objects in which some files group fields, and the report whose fields they are."""
_IN_LINE: Final = tuple(name for name, kind in _GROUPS.items() if kind is not ProjectReport)
"""Groups whose fields other files write beside one another."""
_SHARED: Final = ("project_id", "session_id", "timestamp", "stage_id", "agent_role", "agent_model")
"""What a line with several groups says of all that they tell of."""
_MARKS: Final[tuple[tuple[type[Report], frozenset[str]], ...]] = (
    (ArtifactReport, frozenset({"artifact_type", "generated_code"})),
    (BranchEpisode, frozenset({"episode_id", "branch", "outcome"})),
    (BranchOutcome, frozenset({"branch", "interactions", "outcome"})),
    (RecipeReport, frozenset({"recipe", "success_rate"})),
    (RecipeReport, frozenset({"recipe", "avg_time_to_completion"})),
    (RecipeReport, frozenset({"recipe_version", "success_rate"})),
    (RecipeReport, frozenset({"recipe_version", "avg_time_to_completion"})),
    (FailureReport, frozenset({"feature_id", "failure_type"})),
    (FailureReport, frozenset({"feature_id", "error_details"})),
    (FailureReport, frozenset({"failure_type", "error_details"})),
    (SuccessReport, frozenset({"feature_id", "success_factors"})),
    (SuccessReport, frozenset({"feature_id", "tool_usage"})),
    (PerformanceReport, frozenset({"feature_id", "reliability"})),
    (ContextReport, frozenset({"tokens_used", "window_size"})),
    (ContextReport, frozenset({"tokens_used", "compactions"})),
    (ProjectReport, frozenset({"project_metadata", "outcome_metrics"})),
    (SurveyReport, frozenset({"agent_helpfulness_overall"})),
    (ApprovalReport, frozenset({"decision_id", "human_decision"})),
    (DownstreamReport, frozenset({"reporting_agent", "feedback"})),
    (EscalationReport, frozenset({"reason", "time_spent_escalated"})),
    (GateReport, frozenset({"gate_id", "gate_result"})),
    (GateReport, frozenset({"gate_id", "validation_result"})),
    (GateReport, frozenset({"gate_id", "result", "retry_attempt"})),
    (StageReport, frozenset({"stage_id", "agent_role"})),
)
"""The fields by which a line is known, in the order in which they are asked for."""


class Part(NamedTuple):
    """One of the reports that a line tells of, with the fields that are its own."""

    kind: type[Report]
    """What it is."""
    fields: Mapping[str, Any]
    """What the line says of it."""


def report_parts(fields: Mapping[str, Any]) -> list[Part]:
    """Return the reports of which a line tells, by the names of its fields; none where it is none.

    A line that groups its fields may tell of a stage, of the gate behind it and of the project.
    """
    if LABELED_MARK in fields:
        return []
    groups = {name: fields[name] for name in _GROUPS if _is_group(name, fields.get(name))}
    kinds = dict.fromkeys(_GROUPS[name] for name in groups)
    if len(kinds) > 1:
        return _several(list(kinds), fields, groups)
    kind = report_kind(fields) or next(iter(kinds), None)
    return [Part(kind, fields)] if kind is not None else []


def report_kind(fields: Mapping[str, Any]) -> type[Report] | None:
    """Return which report a line of one is, by the names of its fields; None where it is none."""
    names = flat_fields(fields).keys()
    return next((kind for kind, marks in _MARKS if marks <= names), None)


def _is_group(name: str, value: Any) -> bool:
    """Tell whether a value is the group of that name: an object with a field that belongs there."""
    if not isinstance(value, dict):
        return False
    kind = _GROUPS[name]
    record = record_in(field_kinds(kind)[name]) if kind is ProjectReport else kind
    known = {*field_kinds(record), *OTHER_NAMES.get(kind, ())} if record else set()
    return not known.isdisjoint(value)


def _several(
    kinds: Sequence[type[Report]], fields: Mapping[str, Any], groups: Mapping[str, Any]
) -> list[Part]:
    """Return what a line with several groups says of each; what is no group's stays with one."""
    metadata, stage = (groups.get(name, {}) for name in ("project_metadata", "stage_execution"))
    shared = {**_only(metadata, "project_id"), **_only(stage, *_SHARED), **_only(fields, *_SHARED)}
    rest = {name: value for name, value in fields.items() if name not in groups}
    keeper = ProjectReport if ProjectReport in kinds else kinds[0]
    parts = []
    for kind in kinds:
        own = {name: group for name, group in groups.items() if _GROUPS[name] is kind}
        if kind is not ProjectReport:
            own = {**shared, **{k: v for group in own.values() for k, v in group.items()}}
        parts.append(Part(kind, {**(rest if kind is keeper else {}), **own}))
    return parts


def _only(fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def flat_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with those of known groups beside the others."""
    flat = dict(fields)
    for group in _IN_LINE:
        inner = flat.get(group)
        if isinstance(inner, dict):
            flat = {**inner, **{name: value for name, value in flat.items() if name != group}}
    return flat


def place_of(name: str, fields: Mapping[str, Any]) -> str:
    """Return where a line says a field: in a group or in none, and by which of its names."""
    other_names = (each for names in OTHER_NAMES.values() for each in names.items())
    spelled = [name, *(other for other, own in other_names if own == name)]
    groups = {
        f"{group}.": fields[group] for group in _GROUPS if isinstance(fields.get(group), dict)
    }
    for before, held in {"": fields, **groups}.items():
        for each in spelled:
            if each in held:
                return f"{before}{each}"
    return name


@cache
def field_kinds(record: type[Record]) -> dict[str, Any]:
    """Return the types of a record's fields, by their names."""
    return {field.encode_name: field.type for field in msgspec.structs.fields(record)}


@cache
def record_in(kind: Any) -> type[Record] | None:
    """Return the record that a type is, or that it is a union or tuple of."""
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind
    found = map(record_in, get_args(kind))
    return next((record for record in found if record is not None), None)
