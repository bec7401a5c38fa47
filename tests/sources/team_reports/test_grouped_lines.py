"""A line that groups its fields tells of a stage, its gate and its project: each is read as its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.sources.reading import jsonl, read
from tests.sources.team_reports.lines import LINES
from tests.sources.team_reports.test_reports import SOURCE, reports

from tracemill.export.teams.team_files import team_files
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import GateReport, ProjectReport, StageReport
from tracemill.render.team import write_report

STAGE = {
    "stage_id": "architecture", "agent_role": "architect", "agent_model": "m-1",
    "timestamp_start": "2026-03-01T10:00:00Z", "timestamp_end": "2026-03-01T10:05:00Z",
    "duration_seconds": 300,
}  # fmt: skip
PROMPT = {
    "prompt_version": "architect.v2.3", "prompt_template": "Draw {x}.",
    "system_context": {
        "prior_decisions": ["d"], "constraints": ["c"], "acceptance_criteria": ["a"],
    },
    "input_tokens": 100, "output_tokens": 50, "total_cost": 0.25, "model_temperature": 0.5,
    "output_raw": "Drawn.",
}  # fmt: skip
GATE = {
    "gate_id": "contract_present", "validation_timestamp": "2026-03-01T10:06:00Z",
    "validation_result": "fail", "validation_reason": "No file", "retry_attempt": 1,
    "auto_fix_applied": True, "auto_fix_strategy": "stub", "auto_fix_success": True,
    "human_override": True, "human_decision": "accept",
}  # fmt: skip
PROJECT = LINES["completion"]
WHOLE: dict[str, Any] = {
    "stage_execution": STAGE, "prompt_and_execution": PROMPT, "gate_validation": GATE, **PROJECT,
}  # fmt: skip


def leaves(value: dict[str, Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every field, of lists of objects those of the first one."""
    for name, inner in value.items():
        held = inner
        place: tuple[Any, ...] = (*path, name)
        if isinstance(inner, list) and isinstance(inner[0], dict):
            held, place = inner[0], (*place, 0)
        if isinstance(held, dict):
            yield from leaves(held, place)
        else:
            yield place


def put(value: dict[str, Any], path: tuple[Any, ...], other: Any) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    holder: Any = changed
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = other
    return changed


def test_one_line_is_a_stage_a_gate_and_a_project() -> None:
    stage, gate, project = reports(WHOLE)

    assert isinstance(stage.report, StageReport)
    assert isinstance(gate.report, GateReport)
    assert isinstance(project.report, ProjectReport)
    assert {event.project_id for event in (stage, gate, project)} == {"P1"}
    assert (gate.report.stage, gate.report.agent_role) == ("architecture", "architect")
    assert (gate.report.gate_result, gate.report.gate_result_reason) == ("fail", "No file")
    assert len({event.id for event in (stage, gate, project)}) == 3


def test_each_is_written_with_every_field_that_the_line_said() -> None:
    stage, gate, project = reports(WHOLE)

    assert write_report(project) == PROJECT
    assert write_report(stage) == {"project_id": "P1", **STAGE, **PROMPT}
    assert GATE.items() <= write_report(gate).items()


@pytest.mark.parametrize("path", list(leaves(WHOLE)), ids=lambda path: ".".join(map(str, path)))
def test_a_field_of_another_type_is_refused_with_its_place(path: tuple[Any, ...]) -> None:
    (bad,) = read(SOURCE, jsonl(put(WHOLE, path, {"a": 1}))).quarantined

    written = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)
    assert bad.reason == "bad_shape"
    assert f"`${written}" in bad.detail


def test_what_is_in_no_group_stays_with_one_report() -> None:
    more = {"timestamp": "2026-03-01T10:07:00Z", "notes": "later"}
    (stage, gate) = reports({"stage_execution": STAGE, "gate_validation": GATE, **more})
    whole = reports({**WHOLE, **more})

    assert [write_report(each).get("notes") for each in (stage, gate)] == ["later", None]
    assert [write_report(each).get("notes") for each in whole] == [None, None, "later"]


@pytest.mark.parametrize("group", list(WHOLE))
def test_a_group_alone_is_known(group: str) -> None:
    line = {"project_id": "P1", group: WHOLE[group]}
    (event,) = reports(line)

    assert event.project_id == "P1"
    assert write_report(event) == line


@pytest.mark.parametrize(
    "line",
    [
        {"quality_signals": "good"},
        {"human_feedback": {"thumbs": "up"}},
        {"gate_validation": {"door": "shut"}},
    ],
)
def test_an_object_of_that_name_alone_is_no_group(line: dict[str, Any]) -> None:
    assert read(SOURCE, jsonl(line)).tally.skipped == {"no_known_report": 1}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (5, ("project_id",)),
        (5, ("timestamp",)),
        ("yesterday", ("timestamp",)),
        ([1], ("session_id",)),
    ],
)
def test_what_stands_around_a_report_has_its_type_too(value: object, path: tuple[str, ...]) -> None:
    (bad,) = read(SOURCE, jsonl(put(LINES["gate"], path, value))).quarantined

    assert f"`$.{path[0]}`" in bad.detail
    assert "yesterday" not in bad.detail


@pytest.mark.parametrize(("said", "held"), [(None, 300), (300, 300), (301, 301), (900, 300)])
def test_how_long_a_stage_took_follows_from_its_moments(said: int | None, held: int) -> None:
    """A second is rounding; any other number stays beside what follows, and is written again."""
    line = {**LINES["stage"], "duration_seconds": said}
    (event,) = reports(line)

    assert isinstance(event.report, StageReport)
    assert event.report.duration_seconds == held
    assert write_report(event) == line


def test_moments_without_a_zone_do_not_make_a_duration() -> None:
    line = {**LINES["stage"], "timestamp_start": "2026-03-01T09:00:00", "duration_seconds": 7}
    (event,) = reports(line)

    assert isinstance(event.report, StageReport)
    assert event.report.duration_seconds == 7


def test_a_project_has_one_summary_whatever_was_told_of_it_when() -> None:
    early = put(PROJECT, ("project_metadata", "completed_at"), "2026-02-02T00:00:00Z")
    early = put(early, ("outcome_metrics", "quality_score"), 50)
    late = {"project_id": "P1", "outcome_metrics": {"quality_score": 90, "token_cost_total": 2.5}}
    found = read(SOURCE, jsonl(late, early, PROJECT)).events
    (file,) = team_files(event for event in found if isinstance(event, TeamReport))
    held = json.loads(file.data)

    assert file.path == "raw/2026-03/project_P1_summary.json"
    assert held["project_metadata"] == PROJECT["project_metadata"]
    assert held["outcome_metrics"] == {
        **PROJECT["outcome_metrics"], "quality_score": 90, "token_cost_total": 2.5,
    }  # fmt: skip
