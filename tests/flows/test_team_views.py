"""A team's own files, from reports that were read and events that were told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.sessions import lines, write_session
from tests.flows.test_ingest import ingest
from tests.flows.test_review import AT, run
from tests.redact.templates import fill
from tests.sources.github.payloads import BOT, PULL, REVIEW, webhook
from tests.sources.reading import jsonl, read
from tests.sources.team_reports.lines import LINES
from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.flows.analysis.team_views import write_team_files
from tracemill.flows.reviews.desk import Desk
from tracemill.flows.wheel.turn import Options, turn
from tracemill.records.events.reviews import ReviewForm
from tracemill.sources.head import Head
from tracemill.sources.team_reports import TeamReports
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def told(kind: str, **payload: Any) -> dict[str, Any]:
    at = "2026-03-01T12:00:00Z"
    return {"tracemill": 1, "kind": kind, "at": at, "session": "s-9", "payload": payload}


def test_files_come_back_as_they_were_read(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["failure"], LINES["gate"], LINES["stage"]))
    (place / "b").write_text(json.dumps(LINES["completion"], indent=4))
    ingest(workspace, [place])
    result = write_team_files(workspace, tmp_path / "out", is_forced=False)

    assert [(file.path, file.n_reports) for file in result.files] == [
        ("labeled/decisions_labeled.jsonl", 1),
        ("labeled/gates_labeled.jsonl", 1),
        ("labeled/outputs_quality_scored.jsonl", 1),
        ("raw/2026-03/project_P1_execution.jsonl", 1),
        ("raw/2026-03/project_P1_gates.jsonl", 1),
        ("raw/2026-03/project_P1_summary.json", 1),
        ("training_data/failures.jsonl", 1),
    ]
    out = tmp_path / "out"
    assert lines_of(out / "training_data/failures.jsonl") == [LINES["failure"]]
    assert lines_of(out / "raw/2026-03/project_P1_gates.jsonl") == [LINES["gate"]]
    summary = out / "raw/2026-03/project_P1_summary.json"
    assert json.loads(summary.read_text()) == LINES["completion"]


def test_told_events_stand_in_the_same_files(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    events = [
        told("gate", project_id="P1", gate_id="g", validation_result="pass", extra=1),
        told("failure", feature_id="F1", context={"context_window_usage": 0.5}),
        told("completion", project_id="P1", project_success="shipped", quality_score=90),
        told("note", said="hello"),
    ]
    (place / "events").write_bytes(jsonl(*events))
    ingest(workspace, [place])
    result = write_team_files(workspace, tmp_path / "out", is_forced=False)
    out, at = tmp_path / "out", "2026-03-01T12:00:00Z"

    assert result.left_out == {"note": 1}
    assert lines_of(out / "raw/2026-03/project_P1_gates.jsonl") == [
        {"project_id": "P1", "gate_id": "g", "gate_result": "pass", "timestamp": at,
         "session_id": "s-9", "extra": 1}
    ]  # fmt: skip
    assert lines_of(out / "training_data/failures.jsonl") == [
        {"feature_id": "F1", "timestamp": at, "session_id": "s-9",
         "context": {"context_window_usage": "50%"}}
    ]  # fmt: skip
    summary = json.loads((out / "raw/2026-03/project_P1_summary.json").read_text())
    assert summary["project_metadata"] == {"project_id": "P1"}
    assert summary["outcome_metrics"] == {"project_success": "shipped", "quality_score": 90}


def test_a_context_window_may_be_told_in_percent(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    events = [told("context_metrics", feature_id="F1", tokens_used=9, window_size=10, peak="95%")]
    (place / "events").write_bytes(jsonl(*events))
    ingest(workspace, [place])
    result = write_team_files(workspace, tmp_path / "out", is_forced=False)

    assert result.left_out == {}
    (line,) = lines_of(tmp_path / "out/training_data/context_metrics.jsonl")
    assert line["peak"] == 0.95


def test_sessions_have_lines_of_their_own_beside_what_was_told(
    workspace: Workspace, tmp_path: Path
) -> None:
    place = tmp_path / "in"
    write_session(place, "5e551000", 3)
    (place / "told").write_bytes(jsonl(LINES["performance"]))
    (place / "junit.xml").write_text(
        '<testsuite name="s" tests="1" failures="1"><testcase classname="t" name="test_a">'
        '<failure message="assert 1">Traceback</failure></testcase></testsuite>'
    )
    turn(workspace, [place], {}, Options(workers=1), lambda _: None)
    result = write_team_files(workspace, tmp_path / "out", is_forced=False)
    out = tmp_path / "out" / "training_data"

    (failure,) = lines_of(out / "failures.jsonl")
    assert failure["error_details"]["affected_tests"] == ["t::test_a"]
    assert failure["evidence"][0].startswith("gate_")
    told, shown = sorted(lines_of(out / "performance.jsonl"), key=lambda line: "evidence" in line)
    assert told == LINES["performance"]
    assert shown["session_id"] == "5e551000"
    assert shown["efficiency"]["context_tokens_used"] == 12
    (window,) = lines_of(out / "context_metrics.jsonl")
    assert (window["tokens_used"], window["model"]) == (9, "m-1")
    assert result.n_told == 1

    only = write_team_files(workspace, tmp_path / "told", is_forced=False, is_told_only=True)
    assert [file.path for file in only.files] == ["training_data/performance.jsonl"]


def test_a_workspace_may_know_its_own_windows(workspace: Workspace, tmp_path: Path) -> None:
    write_session(tmp_path / "in", "5e551000", 1)
    turn(workspace, [tmp_path / "in"], {}, Options(workers=1), lambda _: None)
    (workspace.root / "context_windows.toml").write_text('[[window]]\nmodel = "m-*"\ntokens = 18')
    write_team_files(workspace, tmp_path / "out", is_forced=False)

    (line,) = lines_of(tmp_path / "out/training_data/context_metrics.jsonl")
    assert (line["window_size"], line["utilisation"]) == (18, 0.5)
    (workspace.root / "context_windows.toml").write_text("[[window]]\nmodel = 5")
    with pytest.raises(UsageError, match="the windows"):
        write_team_files(workspace, tmp_path / "other", is_forced=False)


def test_secrets_of_a_report_stay_in_the_vault(workspace: Workspace, tmp_path: Path) -> None:
    secret = fill("ghp_{alnum:36}")
    line = LINES["failure"] | {"error_details": {"stack_trace": secret}, "more": {"note": secret}}
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(line))
    ingest(workspace, [place])
    write_team_files(workspace, tmp_path / "out", is_forced=False)
    assert secret not in (tmp_path / "out/training_data/failures.jsonl").read_text()


def test_nothing_is_written_where_it_must_not_be(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["survey"]))
    ingest(workspace, [place])

    with pytest.raises(UsageError, match="not empty"):
        write_team_files(workspace, place, is_forced=False)
    with pytest.raises(PolicyError, match="in the workspace"):
        write_team_files(workspace, workspace.root / "out", is_forced=True)


def test_without_reports_it_says_how_to_get_some(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "x.md").write_text("nothing\n")
    ingest(workspace, [place])
    with pytest.raises(NotFoundError, match="tracemill emit"):
        write_team_files(workspace, tmp_path / "out", is_forced=False)


def test_reports_stand_again_with_what_rules_and_people_say(
    workspace: Workspace, tmp_path: Path
) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["gate"], LINES["approval"], LINES["stage"]))
    (place / "b").write_text(json.dumps(LINES["completion"]))
    ingest(workspace, [place])
    run(workspace)
    out = tmp_path / "out"
    write_team_files(workspace, out, is_forced=False)
    (gate,) = lines_of(out / "labeled/gates_labeled.jsonl")
    (decision,) = lines_of(out / "labeled/decisions_labeled.jsonl")
    (output,) = lines_of(out / "labeled/outputs_quality_scored.jsonl")

    assert LINES["gate"].items() <= gate.items()
    assert (gate["quality"], gate["reviews"]) == ("good", [])
    assert (decision["alignment"], decision["confidence"]) == ("incorrect", 50)
    assert decision["confidence_is_default"]
    parts = [output[name] for name in ("test_coverage", "security_clean", "perf_within_slo")]
    assert (parts, output["no_major_rework"]) == ([81.5, 100, 100], 100)
    assert (output["quality_score"], output["output"]) == (95.375, "production_ready")

    with Desk(workspace, "ada") as desk:
        desk.submit(gate["labeled_event"], ReviewForm(overall_rating=2, comments="thin"), AT)
    run(workspace)
    write_team_files(workspace, out, is_forced=True)
    (judged,) = lines_of(out / "labeled/gates_labeled.jsonl")
    (said,) = judged["reviews"]
    assert (judged["quality"], said["overall_rating"], said["comments"]) == ("good", 2, "thin")


def test_a_workspace_judges_by_rules_of_its_own(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["gate"]))
    ingest(workspace, [place])
    (workspace.root / "labels.toml").write_text("max_retries = 1\n")
    write_team_files(workspace, tmp_path / "out", is_forced=False)

    (gate,) = lines_of(tmp_path / "out/labeled/gates_labeled.jsonl")
    assert gate["quality"] == "poor"


@pytest.mark.parametrize("name", ["labels.toml", "context_windows.toml"])
def test_rules_that_are_no_text_are_named(workspace: Workspace, tmp_path: Path, name: str) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["gate"]))
    ingest(workspace, [place])
    (workspace.root / name).write_bytes(b"# \xe9\n")

    with pytest.raises(UsageError, match=name):
        write_team_files(workspace, tmp_path / "out", is_forced=False)


def test_labelled_copies_are_not_read_in_again(workspace: Workspace, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a").write_bytes(jsonl(LINES["gate"], LINES["approval"]))
    ingest(workspace, [place])
    write_team_files(workspace, tmp_path / "out", is_forced=False)
    copies = (tmp_path / "out/labeled/gates_labeled.jsonl").read_bytes()
    found = read(TeamReports(), copies)

    assert found.tally.skipped == {"labeled_copy": 1}
    assert TeamReports().recognises(Head(Path("x"), copies))
    assert not found.events


@pytest.mark.parametrize(
    ("review", "number", "n_told"),
    [
        ({**REVIEW, "user": BOT}, 7, 1),
        (REVIEW, 7, 0),
        ({**REVIEW, "user": BOT, "state": "commented"}, 7, 0),
        ({**REVIEW, "user": BOT}, 8, 0),
    ],
)
def test_what_another_agent_sends_back_of_a_sessions_pull_request_is_told(
    workspace: Workspace, tmp_path: Path, review: dict[str, Any], number: int, n_told: int
) -> None:
    place = tmp_path / "in"
    place.mkdir()
    link = {
        "type": "pr-link", "sessionId": "s-1", "prNumber": number, "prRepository": "org/repo",
        "timestamp": "2026-03-01T10:00:00Z",
    }  # fmt: skip
    log = b"\n".join([*lines("s-1", 1), json.dumps(link).encode()])
    (place / "s-1.jsonl").write_bytes(log)
    (place / "pull.json").write_bytes(webhook("opened", pull_request=PULL))
    (place / "review.json").write_bytes(webhook("submitted", review=review, pull_request=PULL))
    run(workspace)
    write_team_files(workspace, tmp_path / "out", is_forced=False)
    told = [
        line
        for path in (tmp_path / "out" / "raw").rglob("*_feedback.jsonl")
        for line in lines_of(path)
    ]

    assert [(each["reporting_agent"], each["feedback"]) for each in told] == [
        (BOT["login"], "Please test it.")
    ] * n_told
    assert [each["session_id"] for each in told] == ["s-1"] * n_told
