"""What sessions show stands in a team's files as far as the record tells, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.analyze.features.made import ORIGIN, failed, feature, minutes, session
from tests.sources.reading import jsonl, read
from tracemill.analyze.features import Feature, feature_reports, gate_failure
from tracemill.analyze.features.context import ContextUse, shipped_windows
from tracemill.records.events.commits import Commit, FileChange
from tracemill.records.events.gates import (
    Coverage,
    FixedTest,
    FixPair,
    GateResult,
    GateRun,
    GateStatus,
    ResultStatus,
)
from tracemill.records.events.team import TeamReport
from tracemill.records.refs import Span
from tracemill.records.sessions.activity import CheckRun, PlanVerdict
from tracemill.render.team import write_report
from tracemill.sources.team_reports import TeamReports


def lines(made: Feature, kind: str) -> list[dict[str, Any]]:
    told = feature_reports(made, {"small_scope": "high"}, shipped_windows())
    found = [each for each in told if each.report.__struct_config__.tag == kind]
    return [write_report(each) for each in found]


def commit(added: int, removed: int) -> Commit:
    change = FileChange(path="a.py", status="M", added=added, deleted=removed)
    return Commit(id=f"c{added}", at=minutes(80), origin=ORIGIN, sha=f"sha{added}", files=(change,))


def test_a_failure_says_what_was_seen_and_what_made_it_work() -> None:
    (line,) = lines(feature(session(recoveries=(failed(),))), "failure")

    assert line == {
        "feature_id": "ep_1",
        "failure_type": "test_failure",
        "timestamp": "2026-03-01T10:20:00Z",
        "session_id": "s-traj_1",
        "error_details": {"symptoms": "1 failed"},
        "recovery": {
            "retry_count": 2,
            "resolution": "worked after an edit",
            "resolution_time_minutes": 1.5,
            "resolution_type": "code_fix",
            "steps_taken": [
                "step 3: it failed", "step 5: it failed", "step 6: files were changed",
                "step 7: it worked",
            ],
        },
        "context": {
            "previous_features": ["ep_0"],
            "model_version": "claude-opus-4-6",
            "session_length_minutes": 60,
            "context_window_usage": "75%",
            "time_in_session": "1/3",
        },
        "learning_value": {"pattern": "test: pytest", "category": "code"},
        "evidence": ["traj_1#3"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind", "how", "retries"),
    [
        (
            {"cause": "environment", "change": "arguments"},
            "environment_error",
            "environment_fix",
            2,
        ),
        ({"kind": "lint", "cause": "unknown"}, "code_error", "code_fix", 2),
        ({"kind": "tool", "cause": "usage", "change": "arguments"}, None, "usage_fix", 2),
        ({"change": "none"}, "test_failure", "retry", 2),
        ({"resolved_step": None, "change": None}, "test_failure", "none", 1),
    ],
)
def test_why_and_how_follow_from_what_was_seen(
    changes: dict[str, Any], kind: str | None, how: str, retries: int
) -> None:
    (line,) = lines(feature(session(recoveries=(failed(**changes),))), "failure")
    assert line.get("failure_type") == kind
    assert line["recovery"]["resolution_type"] == how
    assert line["recovery"]["retry_count"] == retries


def test_a_success_says_what_it_took() -> None:
    runs = (
        CheckRun(step=8, check="test", passed=True),
        CheckRun(step=9, check="lint", passed=True),
    )
    made = session(checks=runs, n_edits=4, files_edited=("a.py",))
    gate = GateRun(
        id="g", origin=ORIGIN, gate="coverage", status="passed", coverage=Coverage(line_rate=0.85)
    )
    (line,) = lines(
        feature(made, commits=(commit(100, 4), commit(50, 6)), shas=("a", "b"), gates=(gate,)),
        "success",
    )

    assert line["timing"] == {"actual_minutes": 90}
    assert line["tool_usage"] == {
        "test_runs": 1, "code_edits": 4, "git_commits": 2, "lines_added": 150, "lines_removed": 10,
    }  # fmt: skip
    assert line["quality_metrics"] == {"test_coverage": "85%", "lint_errors": 0}
    assert {"pattern": "small_scope", "effectiveness": "high"} in line["patterns"]
    assert {"pattern": "small_incremental_commits"} in line["patterns"]
    assert "few files" in line["success_factors"]


@pytest.mark.parametrize(
    ("status", "totals", "n_errors"),
    [
        ("failed", {"failed": 2, "error": 1}, 3),
        ("passed", {}, 0),
        ("failed", {}, None),
        ("error", {}, None),
        ("unknown", {}, None),
    ],
)
def test_a_gate_that_counts_nothing_leaves_nothing_only_where_it_passed(
    status: GateStatus, totals: dict[ResultStatus, int], n_errors: int | None
) -> None:
    gate = GateRun(id="g", origin=ORIGIN, gate="lint", status=status, totals=totals)
    (told,) = lines(feature(session(), gates=(gate,)), "success")

    assert told.get("quality_metrics", {}).get("lint_errors") == n_errors


@pytest.mark.parametrize(
    ("outcome", "completed"), [("achieved", True), ("partial", False), ("unknown", None)]
)
def test_a_performance_says_how_it_went_and_what_is_unknown_is_not_there(
    outcome: str, completed: bool | None
) -> None:
    made = feature(session(recoveries=(failed(),)), outcome=outcome, reverted=True)
    (line,) = lines(made, "performance")

    assert line["reliability"].get("completed") == completed
    assert line["reliability"]["retry_count"] == 2
    assert line["reliability"]["regression_introduced"] is True
    assert line["efficiency"] == {"time_minutes": 90, "context_tokens_used": 150_000}
    assert bool(lines(made, "success")) == (outcome == "achieved")


def test_a_window_is_known_by_its_model_and_not_where_more_was_held() -> None:
    (known,) = lines(feature(session(n_compactions=1)), "context_metrics")
    (narrow,) = lines(feature(session(model="gpt-5.3-codex-spark")), "context_metrics")
    (other,) = lines(feature(session(model="m-1")), "context_metrics")

    assert (known["window_size"], known["utilisation"], known["peak"]) == (200_000, 0.5, 0.75)
    assert (known["tokens_used"], known["peak_tokens"], known["compactions"]) == (
        100_000,
        150_000,
        1,
    )
    assert known["tokens_by_kind"] == {"input_tokens": 300_000, "output_tokens": 9}
    for line in (narrow, other):
        assert "window_size" not in line
        assert "peak" not in line
        assert line["peak_tokens"] == 150_000


def test_a_session_that_tells_no_tokens_has_no_line_of_its_window() -> None:
    made = session()._replace(context=ContextUse())
    assert lines(feature(made), "context_metrics") == []
    (line,) = lines(feature(made), "performance")
    assert "context_tokens_used" not in line["efficiency"]


def result(name: str | None, **more: Any) -> GateResult:
    known: dict[str, Any] = {
        "id": "r", "gate_run_id": "g", "status": "failed", "suite": "t.py", "name": name,
        "span": Span(start=0, end=1),
    }  # fmt: skip
    return GateResult(**{**known, **more})


def test_a_gate_that_said_no_names_its_tests_and_when_they_passed() -> None:
    run = GateRun(id="g", origin=ORIGIN, gate="test", status="failed", at=minutes(0))
    fixed = FixPair(
        id="f", before_id="g", after_id="h", before_at=minutes(0), after_at=minutes(4),
        fixed=(FixedTest(name="a", before_id="r"),),
    )  # fmt: skip
    results = [result("test_a", message="assert 1", text="Traceback"), result("test_b")]
    report = gate_failure(run, results, fixed, "ep_1")

    assert report.failure_type == "test_failure"
    assert report.error_details is not None
    assert report.error_details.affected_tests == ("t.py::test_a", "t.py::test_b")
    assert report.error_details.symptoms == "assert 1"
    assert report.error_details.stack_trace == "Traceback"
    assert report.recovery is not None
    assert report.recovery.resolution_time_minutes == 4


def every(made: Feature) -> Sequence[TeamReport]:
    return list(feature_reports(made, {}, shipped_windows()))


def test_every_line_is_read_again_as_it_was_written() -> None:
    bare = feature(session("traj_2"), outcome="achieved")
    full = feature(session(recoveries=(failed(), failed(kind="tool", cause="unknown"))))
    told = [write_report(each) for each in (*every(bare), *every(full))]
    found = read(TeamReports(), jsonl(*told))

    assert not found.quarantined
    assert not found.tally.skipped
    assert [write_report(e) for e in found.events if isinstance(e, TeamReport)] == told


def test_a_plan_that_a_person_answered_is_a_decision() -> None:
    answered = (
        PlanVerdict(
            step=3, is_approved=False, opening="Read first.", said="smaller", at=minutes(5)
        ),
        PlanVerdict(step=9, is_approved=True, opening="Read a.py first.", at=minutes(9)),
    )
    refused, approved = lines(feature(session(plan_verdicts=answered)), "approval")

    assert refused["agent_recommendation"] == "Read first."
    assert (refused["human_decision"], refused["human_reasoning"]) == ("refused", "smaller")
    assert (refused["decision_aligned"], approved["decision_aligned"]) == (False, True)
    assert approved["evidence"] == ["traj_1#9"]
    assert "decision_type" not in approved, "it is none of those that teams name"
