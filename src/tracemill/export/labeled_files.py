"""A team's reports with their labels, under the file names from which teams read them.

| path | one line is |
|---|---|
| `labeled/gates_labeled.jsonl` | a judgement of a gate, and how good the work is |
| `labeled/decisions_labeled.jsonl` | a person's decision, and how near the advice came |
| `labeled/outputs_quality_scored.jsonl` | a project, how good it is, and of which parts |

Rules and people stand beside one another, neither in place of the other. What the rules do not know
is null. `labeled_event` names the report, and marks a line as a copy that is not read in again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from tracemill.export.teams.team_files import TeamFile
from tracemill.records.events.reviews import HumanReview
from tracemill.records.events.team import Report
from tracemill.records.events.team_projects import ApprovalReport, GateReport, ProjectReport
from tracemill.records.labels import Label
from tracemill.records.process.labeled_reports import LabeledReport
from tracemill.render.team import write_report
from tracemill.render.team_lines import LABELED_MARK

_FILES: Final[Mapping[type[Report], str]] = MappingProxyType(
    {
        GateReport: "labeled/gates_labeled.jsonl",
        ApprovalReport: "labeled/decisions_labeled.jsonl",
        ProjectReport: "labeled/outputs_quality_scored.jsonl",
    }
)
_OUTPUTS: Final = "labeled/outputs_quality_scored.jsonl"
_PARTS: Final = ("test_coverage", "security_clean", "perf_within_slo", "no_major_rework")
_PERCENT: Final = 100
_DIGITS: Final = 4


def labeled_files(reports: Iterable[LabeledReport]) -> Iterator[TeamFile]:
    """Yield the files that hold labelled reports, in the order of their paths."""
    lines: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in reports:
        lines[_FILES.get(type(each.event.report), _OUTPUTS)].append(_line(each))
    for path, held in sorted(lines.items()):
        yield TeamFile(
            path, b"".join(msgspec.json.encode(line) + b"\n" for line in held), len(held)
        )


def _line(each: LabeledReport) -> dict[str, Any]:
    labels = {label.name: label for label in each.labels}
    match each.event.report:
        case GateReport():
            said = write_report(each.event) | _judged(labels.get("gate.quality"), "quality")
        case ApprovalReport():
            label = labels.get("decision.alignment")
            sure = {
                "confidence": None if label is None else _percent(label.confidence),
                "confidence_is_default": each.has_default_confidence,
            }
            said = write_report(each.event) | _judged(label, "alignment") | sure
        case ProjectReport() as project:
            said = _output(each, project, labels)
        case _:
            said = write_report(each.event)
    return {LABELED_MARK: each.event.id, **said, "reviews": list(map(_review, each.reviews))}


def _judged(label: Label | None, name: str) -> dict[str, Any]:
    if label is None:
        return {name: None, f"{name}_reason": None}
    return {name: label.value, f"{name}_reason": label.reason}


def _output(
    each: LabeledReport, project: ProjectReport, labels: Mapping[str, Label]
) -> dict[str, Any]:
    """Return how good a project is, 0 to 100, of which parts, and what its report says itself."""
    metadata, outcome = project.project_metadata, project.outcome_metrics
    stated = outcome.quality_score if outcome else None
    scored = {
        name: _percent(float(labels[f"output.{name}"].value))
        if f"output.{name}" in labels
        else None
        for name in (*_PARTS, "quality")
    }
    grade = labels.get("output.grade")
    return {
        "project_id": each.event.project_id,
        "recipe": metadata.recipe if metadata else None,
        "timestamp": each.event.at,
        **{name: scored[name] for name in _PARTS},
        "quality_score": scored["quality"],
        "output": grade.value if grade else None,
        "stated_quality_score": None if stated is None else _percent(stated),
    }


def _review(review: HumanReview) -> dict[str, Any]:
    said = msgspec.to_builtins(review.form)
    return {"reviewer": review.reviewer.person, "timestamp": review.at, **said}


def _percent(share: float) -> float:
    percent = round(share * _PERCENT, _DIGITS)
    return int(percent) if percent.is_integer() else percent
