"""Reports of a team's process in the words of the files that teams keep, both ways.

Whoever reads such files and whoever writes them share this one mapping. What a line says beyond
a report is kept as a remainder, so reading a line and writing it again gives the same line.
Shares are written as the layouts have them: `"78%"`, `"2/3"`, or 0 to 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.clock import believed
from tracemill.base.difference import beyond
from tracemill.records.events.captured import Captured, CapturedKind
from tracemill.records.events.team import Report, TeamReport
from tracemill.records.events.team_artifacts import ArtifactReport
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
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
    StageReport,
    SurveyReport,
)
from tracemill.records.refs import Record
from tracemill.records.sessions.trajectory import Remainder
from tracemill.render.remainder import with_remainder
from tracemill.render.shares import SHARES, WRITTEN_AS, read_share, shown_share
from tracemill.render.team_lines import OTHER_NAMES, field_kinds, flat_fields, record_in

FORMAT: Final = "team-reports"
_OF_CAPTURED: Final[Mapping[CapturedKind, type[Report]]] = {
    "failure": FailureReport,
    "success": SuccessReport,
    "performance": PerformanceReport,
    "context_metrics": ContextReport,
    "stage": StageReport,
    "gate": GateReport,
    "feedback": DownstreamReport,
    "approval": ApprovalReport,
    "escalation": EscalationReport,
    "survey": SurveyReport,
    "completion": ProjectReport,
    "artifact": ArtifactReport,
}
"""What each captured event is a line of; the others have no file of their own."""
_MOMENTS: Final = ("timestamp", "validation_timestamp", "ts", "timestamp_end")
_NAMES: Final = ("session_id", "project_id")
_DATED_LISTS: Final = (
    ("quality_signals", "downstream_agent_feedback"),
    ("human_feedback", "approval_decisions"),
    ("human_feedback", "escalation_events"),
)
"""Lists of a summary whose entries may name their moment."""


class Read(NamedTuple):
    """A line as a report, and what stands around it."""

    report: Report
    at: datetime | None
    session_id: str | None
    project_id: str | None
    remainder: Remainder | None


def read_report(fields: Mapping[str, Any], kind: type[Report]) -> Read:
    """Return the report that a line holds.

    Raises:
        msgspec.ValidationError: a field is missing or of the wrong type; the message names its
            path.
    """
    flat = flat_fields(fields)
    for other, name in OTHER_NAMES.get(kind, {}).items():
        if other in flat and name not in flat:
            flat[name] = flat[other]
    _check_around(flat)
    if kind is ArtifactReport:
        flat = _of_artifact(flat)
    report = _with_computed(msgspec.convert(_known(kind, flat), kind))
    at = next((at for name in _MOMENTS if (at := _moment(flat.get(name))) is not None), None)
    session_id, project_id = _text(flat.get("session_id")), _text(flat.get("project_id"))
    if isinstance(report, ProjectReport) and report.project_metadata is not None:
        project_id = project_id or report.project_metadata.project_id
        at = at or report.project_metadata.completed_at
    difference = beyond(dict(fields), _written(report, at, session_id, project_id))
    remainder = None
    if difference.values or difference.absent:
        remainder = Remainder(format=FORMAT, values=difference.values, absent=difference.absent)
    return Read(report, at, session_id, project_id, remainder)


def _check_around(flat: Mapping[str, Any]) -> None:
    """Refuse what stands around a report and would be unknown for being of the wrong type.

    A moment without an offset is right in itself, and names no moment.
    """
    for name in (*_NAMES, *_MOMENTS):
        value = flat.get(name)
        if value is not None and not isinstance(value, str):
            raise msgspec.ValidationError(f"Expected `str` - at `$.{name}`")
        if name in _MOMENTS:
            _check_moment(value, name)
    for group, name in _DATED_LISTS:
        entries = flat[group].get(name) if isinstance(flat.get(group), dict) else None
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                _check_moment(entry.get("timestamp"), f"{group}.{name}[{place}].timestamp")


def _check_moment(value: Any, path: str) -> None:
    if value is not None and not (isinstance(value, str) and _is_moment(value)):
        raise msgspec.ValidationError(f"Expected an RFC 3339 moment - at `$.{path}`")


def _with_computed(report: Report) -> Report:
    """Return a report with what follows from its other fields; another number stays beside it."""
    match report:
        case StageReport(timestamp_start=datetime() as start, timestamp_end=datetime() as end):
            seconds = _seconds_between(start, end)
            said = report.duration_seconds
            if seconds is not None and (said is None or abs(said - seconds) > 1):
                return msgspec.structs.replace(report, duration_seconds=seconds)
        case ApprovalReport(agent_recommendation=str() as advice, human_decision=str() as decided):
            if report.decision_aligned is None:
                aligned = advice.strip().casefold() == decided.strip().casefold()
                return msgspec.structs.replace(report, decision_aligned=aligned)
    return report


def _seconds_between(start: datetime, end: datetime) -> int | None:
    """Return how long something took; None where one moment lacks its zone, or none can be."""
    if (start.tzinfo is None) != (end.tzinfo is None) or end < start:
        return None
    return round((end - start).total_seconds())


def captured_report(event: Captured) -> TeamReport | None:
    """Return what a program told as a report; None where no file of a team has a line for it."""
    kind = _OF_CAPTURED.get(event.name)
    if kind is None:
        return None
    fields = _project_fields(event.payload) if kind is ProjectReport else event.payload
    try:
        found = read_report(fields, kind)
    except msgspec.ValidationError:
        return None
    return TeamReport(
        id=event.id,
        at=found.at or event.at,
        origin=event.origin,
        span=event.span,
        session_id=found.session_id or event.session_id,
        project_id=found.project_id,
        report=found.report,
        remainder=_more_told(event.payload, found, kind),
    )


def without_texts(event: TeamReport) -> TeamReport:
    """Return a report without what was asked for and written, which nobody counts."""
    if not isinstance(event.report, ArtifactReport):
        return event
    report = msgspec.structs.replace(
        event.report, user_request=None, generated_code=None, said_before=()
    )
    return msgspec.structs.replace(event, report=report)


def _more_told(payload: Mapping[str, Any], found: Read, kind: type[Report]) -> Remainder | None:
    """Return what was told that no field of a report holds; it is written in our own form."""
    written = _written(found.report, found.at, found.session_id, found.project_id)
    held = {*written, *_MOMENTS, *OTHER_NAMES.get(kind, ())}
    if kind is ProjectReport:
        held |= {*ProjectMetadata.__struct_fields__, *OutcomeMetrics.__struct_fields__}
    more = {name: value for name, value in payload.items() if name not in held}
    return Remainder(format=FORMAT, values=more) if more else None


def _project_fields(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was told of a project in the groups of a summary."""
    groups = {"project_metadata": ProjectMetadata, "outcome_metrics": OutcomeMetrics}
    if groups.keys() & payload.keys():
        return payload
    return {
        group: {name: payload[name] for name in kind.__struct_fields__ if name in payload}
        for group, kind in groups.items()
    }


def write_report(event: TeamReport) -> dict[str, Any]:
    """Return a report as a line of its file says it."""
    fields = _written(event.report, event.at, event.session_id, event.project_id)
    if event.remainder is None or event.remainder.format != FORMAT:
        return fields
    return with_remainder(fields, event.remainder)


def _written(
    report: Report, at: datetime | None, session_id: str | None, project_id: str | None
) -> dict[str, Any]:
    """Return a report and what stands around it, in the layout's own order."""
    fields: dict[str, Any] = {}
    if project_id is not None and not isinstance(report, ProjectReport):
        fields["project_id"] = project_id
    fields |= _shown(report)
    _compute(report, fields)
    around: dict[str, Any] = {}
    if at is not None and not isinstance(report, ProjectReport | StageReport):
        around["timestamp"] = _rfc3339(at)
    if session_id is not None:
        around["session_id"] = session_id
    nested = {name: value for name, value in fields.items() if isinstance(value, dict | list)}
    plain = {name: value for name, value in fields.items() if name not in nested}
    return {**plain, **around, **nested}


def _shown(record: Record) -> dict[str, Any]:
    """Return the fields of a record that are known, as the layouts write them."""
    fields = {}
    for own, name in zip(record.__struct_fields__, record.__struct_encode_fields__, strict=True):
        value = getattr(record, own)
        if value is None or value in ((), {}):
            continue
        fields[name] = _shown_value(own, value)
    return fields


def _shown_value(name: str, value: Any) -> Any:
    if isinstance(value, Record):
        return _shown(value)
    if isinstance(value, tuple):
        return [_shown(item) if isinstance(item, Record) else item for item in value]
    if isinstance(value, datetime):
        return _rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if name in WRITTEN_AS and isinstance(value, float):
        return shown_share(value, WRITTEN_AS[name])
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _compute(report: Report, fields: dict[str, Any]) -> None:
    """Add what the layouts write and a report need not keep, since it follows."""
    if isinstance(report, SuccessReport) and report.timing is not None:
        ratio = efficiency(report.timing.estimated_minutes, report.timing.actual_minutes)
        if ratio is not None:
            fields["timing"]["efficiency_ratio"] = ratio
    if isinstance(report, PerformanceReport) and report.efficiency is not None:
        cost = report.efficiency
        score = efficiency(cost.estimated_minutes, cost.time_minutes)
        if score is not None:
            fields["efficiency"]["efficiency_score"] = score


def efficiency(estimated_minutes: float | None, actual_minutes: float | None) -> float | None:
    """Return how many times faster work was than estimated; None where that is not known."""
    if not actual_minutes or estimated_minutes is None:
        return None
    return round(estimated_minutes / actual_minutes, 2)


def _of_artifact(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an artifact with what older lines say of it in `metadata`."""
    more = fields.get("metadata")
    older = more if isinstance(more, dict) else {}
    found = {
        "retry_count": older.get("retries"),
        "validation_errors": older.get("validation_errors"),
    }
    found |= {name: value for name, value in fields.items() if value is not None}
    said = found["validation_errors"]
    if isinstance(said, list):
        found["validation_errors"] = [
            {"error_message": each} if isinstance(each, str) else each for each in said
        ]
    return found


def _known(kind: Any, value: Any) -> Any:
    """Return a value with only the fields that its record has, shares as 0 to 1."""
    if isinstance(value, list | tuple):
        return [_known(kind, each) for each in value]
    record = record_in(kind)
    if record is None or not isinstance(value, Mapping):
        return value
    kinds = field_kinds(record)
    known = {}
    for name, inner in value.items():
        if name in kinds and inner is not None:
            known[name] = read_share(inner) if name in SHARES else _known(kinds[name], inner)
    return known


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return believed(at.astimezone(UTC)) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
