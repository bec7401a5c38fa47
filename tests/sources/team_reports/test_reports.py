"""Reports of a team's process: known by their fields, checked, and written as they were read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import jsonl, read
from tests.sources.team_reports.lines import LINES

from tracemill.export.teams.team_files import TeamFile, path_of, team_files
from tracemill.records.events.event import TeamReport
from tracemill.records.events.team_features import ContextReport, FailureReport, SuccessReport
from tracemill.records.events.team_projects import GateReport
from tracemill.render.team import efficiency, write_report
from tracemill.sources.head import Head
from tracemill.sources.team_reports import TeamReports

SOURCE = TeamReports()


def reports(*lines: dict[str, Any]) -> list[TeamReport]:
    found = read(SOURCE, jsonl(*lines))
    assert not found.quarantined
    return [event for event in found.events if isinstance(event, TeamReport)]


@pytest.mark.parametrize("tag", LINES)
def test_each_kind_is_known_read_and_written_as_it_was(tag: str) -> None:
    line = LINES[tag]
    (event,) = reports(line)

    assert SOURCE.recognises(Head(Path("x"), jsonl(line)))
    assert type(event.report).__struct_config__.tag == tag
    assert write_report(event) == line
    assert event.remainder is None


def test_every_field_of_a_layout_has_a_line_that_fills_it() -> None:
    (failure,) = reports(LINES["failure"])
    report = failure.report
    assert isinstance(report, FailureReport)
    for part in (report.error_details, report.recovery, report.context, report.learning_value):
        assert part is not None
        assert all(getattr(part, name) not in (None, ()) for name in part.__struct_fields__)


def variants(line: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return lines that lack some fields, and say others that nobody knows."""
    return st.builds(
        _changed,
        st.just(line),
        st.sets(st.sampled_from(sorted(line))),
        st.dictionaries(st.sampled_from(["extra", "notes"]), st.sampled_from([1, 1.0, None, ["x"]])),
    )  # fmt: skip


def _changed(line: dict[str, Any], lacks: set[str], more: dict[str, Any]) -> dict[str, Any]:
    kept = {name: copy.deepcopy(value) for name, value in line.items() if name not in lacks}
    for value in kept.values():
        if isinstance(value, dict):
            value.update(more)
    return kept | more


@given(st.sampled_from(sorted(LINES)).flatmap(lambda tag: variants(LINES[tag])))
def test_any_line_that_is_read_is_written_again_as_it_was(line: dict[str, Any]) -> None:
    found = read(SOURCE, jsonl(line))
    for event in found.events:
        assert isinstance(event, TeamReport)
        written = json.dumps(write_report(event), sort_keys=True)
        assert written == json.dumps(line, sort_keys=True)


@pytest.mark.parametrize(
    ("tag", "path", "value", "expected"),
    [
        ("failure", ("failure_type",), "bad luck", "$.failure_type"),
        ("failure", ("recovery", "retry_count"), -1, "$.recovery.retry_count"),
        ("failure", ("recovery", "retry_count"), "two", "$.recovery.retry_count"),
        ("failure", ("error_details", "affected_tests"), [1], "$.error_details.affected_tests[0]"),
        ("failure", ("context", "context_window_usage"), "most", "$.context.context_window_usage"),
        ("failure", ("context", "time_in_session"), "1/0", "$.context.time_in_session"),
        ("success", ("patterns",), [{"pattern": 1}], "$.patterns[0].pattern"),
        ("gate", ("gate_result",), "maybe", "$.gate_result"),
        ("gate", ("retry_attempt",), 0, "$.retry_attempt"),
        ("survey", ("agent_decision_quality",), 6, "$.agent_decision_quality"),
        ("branch_episode", ("episode_id",), 5, "$.episode_id"),
        ("branch_episode", ("spec", "title"), 5, "$.spec.title"),
        ("branch_episode", ("spec", "file"), [], "$.spec.file"),
        ("branch_episode", ("spec", "requirements"), [1], "$.spec.requirements[0]"),
        ("branch_episode", ("spec", "acceptance_criteria"), "x", "$.spec.acceptance_criteria"),
        ("branch_episode", ("branch", "name"), 1, "$.branch.name"),
        ("branch_episode", ("branch", "created"), "noon", "$.branch.created"),
        ("branch_episode", ("branch", "merged"), 7, "$.branch.merged"),
        ("branch_episode", ("branch", "commits"), -1, "$.branch.commits"),
        ("branch_episode", ("branch", "files_changed"), "8", "$.branch.files_changed"),
        ("branch_episode", ("conversations",), [{"turns": 0.5}], "$.conversations[0].turns"),
        ("branch_episode", ("conversations",), [{"start": "x"}], "$.conversations[0].start"),
        (
            "branch_episode",
            ("validation_checkpoints",),
            [{"pytest_failed": "2"}],
            "$.validation_checkpoints[0].pytest_failed",
        ),
        ("branch_episode", ("outcome", "status"), "maybe", "$.outcome.status"),
        ("branch_episode", ("outcome", "final_validation_passed"), 1, "final_validation_passed"),
        ("branch_episode", ("quality_score",), "most", "$.quality_score"),
        ("branch_outcome", ("branch",), 1, "$.branch"),
        ("branch_outcome", ("interactions",), "15", "$.interactions"),
        ("branch_outcome", ("tool_calls",), -1, "$.tool_calls"),
        ("branch_outcome", ("outcome", "merged"), "yes", "$.outcome.merged"),
        ("branch_outcome", ("outcome", "pytest_pass_rate"), 1.5, "$.outcome.pytest_pass_rate"),
        ("recipe_version", ("created",), "in autumn", "$.created"),
        ("recipe_version", ("projects",), "three", "$.projects"),
        ("recipe_version", ("success_rate",), "most", "$.success_rate"),
        ("recipe_version", ("avg_time_to_completion",), [8], "$.avg_time_to_completion"),
        ("recipe_version", ("metrics", "test_coverage"), "high", "$.metrics.test_coverage"),
        ("recipe_version", ("metrics", "security_issues"), [], "$.metrics.security_issues"),
        ("recipe_version", ("metrics", "perf_slo_met"), "yes", "$.metrics.perf_slo_met"),
        ("recipe_version", ("feedback",), "slow", "$.feedback"),
        ("failure", ("timestamp",), 5, "$.timestamp"),
        ("success", ("timestamp",), "most days", "$.timestamp"),
        ("performance", ("timestamp",), ["maybe"], "$.timestamp"),
        ("failure", ("session_id",), 7, "$.session_id"),
        ("gate", ("project_id",), {"id": 1}, "$.project_id"),
    ],
)
def test_a_wrong_value_is_quarantined_with_its_path_and_not_quoted(
    tag: str, path: tuple[str, ...], value: object, expected: str
) -> None:
    line = copy.deepcopy(LINES[tag])
    holder = line
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = value
    (bad,) = read(SOURCE, jsonl(line)).quarantined

    assert bad.reason == "bad_shape"
    assert expected in bad.detail
    assert not any(word in bad.detail for word in ("bad luck", "maybe", "most"))


@pytest.mark.parametrize("usage", ["78%", 78, 0.78])
def test_shares_are_read_in_every_form(usage: object) -> None:
    line = copy.deepcopy(LINES["failure"])
    line["context"]["context_window_usage"] = usage
    (event,) = reports(line)
    assert isinstance(event.report, FailureReport)
    assert event.report.context is not None
    assert event.report.context.context_window_usage == pytest.approx(0.78)
    assert write_report(event) == line


@pytest.mark.parametrize("peak", ["80%", 80, 0.8])
def test_a_context_window_is_read_in_every_form(peak: object) -> None:
    line = LINES["context_metrics"] | {"peak": peak}
    (event,) = reports(line)
    assert isinstance(event.report, ContextReport)
    assert event.report.peak == pytest.approx(0.8)
    assert write_report(event) == line


@pytest.mark.parametrize(
    "names",
    [
        {"gate_result": "validation_result", "gate_result_reason": "validation_reason"},
        {"gate_result": "result", "gate_result_reason": "reason"},
    ],
)
def test_a_gate_is_read_by_any_of_its_names(names: dict[str, str]) -> None:
    line = {names.get(name, name): value for name, value in LINES["gate"].items()}
    (event,) = reports(line)
    assert isinstance(event.report, GateReport)
    assert (event.report.gate_result, event.report.gate_result_reason) == ("fail", "No file")
    assert write_report(event) == line


def test_a_moment_without_a_zone_is_unknown_and_kept() -> None:
    line = LINES["success"] | {"timestamp": "2026-03-01T11:00:00"}
    (event,) = reports(line)
    assert event.at is None
    assert write_report(event) == line


def test_the_ratio_is_computed_and_a_wrong_one_is_kept_beside() -> None:
    line = copy.deepcopy(LINES["success"])
    line["timing"]["efficiency_ratio"] = 9
    (event,) = reports(line)
    assert isinstance(event.report, SuccessReport)
    assert event.report.timing is not None
    assert event.remainder is not None
    assert write_report(event) == line


@pytest.mark.parametrize(
    ("estimated", "actual", "expected"),
    [(120, 90, 1.33), (0, 90, 0.0), (120, 0, None), (None, 90, None), (120, None, None)],
)
def test_efficiency_is_estimated_over_actual(
    estimated: float | None, actual: float | None, expected: float | None
) -> None:
    assert efficiency(estimated, actual) == expected


@pytest.mark.parametrize(
    "line", [{"feature_id": "F1"}, {"gate_id": "g"}, {"type": "user", "feedback": "x"}, {}]
)
def test_other_objects_are_not_taken(line: dict[str, Any]) -> None:
    assert not SOURCE.recognises(Head(Path("failures.jsonl"), jsonl(line)))


def test_a_file_may_mix_reports_and_other_lines() -> None:
    found = read(SOURCE, jsonl(LINES["survey"], {"a": 1}, LINES["approval"]))
    assert len(found.events) == 2
    assert found.tally.skipped == {"no_known_report": 1}


def test_a_damaged_or_blank_first_line_takes_no_other_with_it() -> None:
    bad = LINES["failure"] | {"recovery": {"retry_count": "two"}}
    for first in (b'{"feature_id": "F0", "fail\n', b"\n\n"):
        found = read(SOURCE, first + jsonl(LINES["failure"], bad, LINES["gate"]) + b"{cut\n")
        assert len(found.events) == 2
        reasons = [each.reason for each in found.quarantined]
        assert reasons == [*(["not_json"] if first.strip() else []), "bad_shape", "not_json"]
        (shape,) = (each for each in found.quarantined if each.reason == "bad_shape")
        assert "$.recovery.retry_count" in shape.detail


def test_a_summary_may_go_over_several_lines() -> None:
    found = read(SOURCE, json.dumps(LINES["completion"], indent=2).encode())
    (event,) = found.events
    assert isinstance(event, TeamReport)
    assert event.project_id == "P1"


def files() -> Iterator[TeamFile]:
    return team_files(reports(*LINES.values()))


def test_reports_stand_in_the_files_of_their_layouts() -> None:
    assert [file.path for file in files()] == [
        "raw/2026-03/project_P1_execution.jsonl",
        "raw/2026-03/project_P1_feedback.jsonl",
        "raw/2026-03/project_P1_gates.jsonl",
        "raw/2026-03/project_P1_summary.json",
        "raw/unknown/project_P1_feedback.jsonl",
        "training_data/branch_outcomes.jsonl",
        "training_data/context_metrics.jsonl",
        "training_data/failures.jsonl",
        "training_data/feature_episodes.jsonl",
        "training_data/performance.jsonl",
        "training_data/recipe_versions.jsonl",
        "training_data/successes.jsonl",
    ]


def test_files_that_were_written_are_read_again_as_the_same_files() -> None:
    first = list(files())
    events = [
        event
        for file in first
        for event in read(SOURCE, file.data).events
        if isinstance(event, TeamReport)
    ]
    assert {file.path: file.data for file in team_files(events)} == {
        file.path: file.data for file in first
    }


@pytest.mark.parametrize(
    ("project", "expected"),
    [("../../x", "raw/2026-03/project___.._x_gates.jsonl"), ("", "raw/2026-03/project_unknown_gates.jsonl")],
)  # fmt: skip
def test_no_project_leads_out_of_the_folder(project: str, expected: str) -> None:
    (event,) = reports(LINES["gate"] | {"project_id": project})
    assert path_of(event) == expected
