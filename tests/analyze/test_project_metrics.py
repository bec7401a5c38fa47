"""Metrics of whole projects, and the slices of time, on reports that were counted by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pytest

from tests.analyze.histories import Team
from tests.analyze.test_versions import Told
from tracemill.analyze import METRICS
from tracemill.analyze.cases import PERIODS, measures
from tracemill.analyze.process import Process
from tracemill.records.events.team_features import (
    ErrorDetails,
    FailureReport,
    LearningValue,
    Recovery,
)
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    HumanFeedback,
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
    QaResults,
    QualitySignals,
    SecurityScan,
    SpeedMetrics,
    StageReport,
    SurveyReport,
)
from tracemill.records.process.patterns import Measure
from tracemill.stats import wilson

REPORT = ProjectReport(
    project_metadata=ProjectMetadata(project_id="p", team_size=7, autonomy_level_used=2),
    outcome_metrics=OutcomeMetrics(
        project_success="shipped", time_to_completion=3_600, token_cost_total=45.0,
        quality_score=0.8,
    ),
    quality_signals=QualitySignals(
        test_results=QaResults(test_coverage_percent=0.82),
        security_scan=SecurityScan(critical=2),
        performance_metrics=SpeedMetrics(within_slo=False),
    ),
    human_feedback=HumanFeedback(post_project_survey=SurveyReport(agent_helpfulness_overall=4)),
)  # fmt: skip


def value(told: Told, metric: str) -> float | None:
    found = next(measures(metric, "mean", METRICS[metric].cases(Process(told.events)), ()), None)
    return found.value if found else None


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("project_success_rate", 1.0),
        ("project_seconds", 3_600.0),
        ("project_cost", 45.0),
        ("quality_score", 0.8),
        ("test_coverage", 0.82),
        ("critical_issues", 2.0),
        ("fast_enough_rate", 0.0),
        ("autonomy_level", 2.0),
        ("satisfaction", 4.0),
        ("escalations", 0.0),
    ],
)
def test_a_projects_own_report_says_it(metric: str, expected: float) -> None:
    told, silent = Told(), Told()
    told.add("p", REPORT)
    silent.add("p", ProjectReport())

    assert value(told, metric) == expected
    assert value(silent, metric) == (0.0 if metric == "escalations" else None)


def test_a_survey_of_its_own_counts_once() -> None:
    told = Told()
    told.add("p", SurveyReport(agent_helpfulness_overall=2))
    told.add("p", REPORT)

    assert value(told, "satisfaction") == 2


def test_two_projects_without_a_name_are_two() -> None:
    told = Told()
    handed = HumanFeedback(
        escalation_events=(EscalationReport(stage="design"),),
        post_project_survey=SurveyReport(agent_helpfulness_overall=2),
    )
    ended = OutcomeMetrics(project_success="shipped")
    told.add(None, ProjectReport(outcome_metrics=ended, human_feedback=handed))
    told.add(None, ProjectReport(outcome_metrics=ended))
    told.add(None, SurveyReport(agent_helpfulness_overall=4))

    assert value(told, "survey_response_rate") == 0.5
    assert value(told, "satisfaction") == 3, "what a summary holds is not left out for a line"
    assert value(told, "escalations") == 0.5


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([("shipped", SecurityScan(critical=1, minor=2))], (1.0, 3)),
        ([("blocked", SecurityScan(critical=1, minor=2))], (0.0, 3)),
        (
            [("shipped", SecurityScan(vulnerabilities_found=4, critical=1, false_positives=3))],
            (1.0, 1),
        ),
        (
            [("shipped", SecurityScan(major=1)), ("cancelled", SecurityScan(major=3))],
            (0.25, 4),
        ),
        ([("shipped", SecurityScan(critical=10**12))], (1.0, 1_000)),
        ([("shipped", SecurityScan(critical=0))], None),
        ([("shipped", SecurityScan())], None),
        ([("shipped", None)], None),
        ([(None, SecurityScan(critical=1))], None),
    ],
)
def test_a_finding_with_which_a_project_ships_was_missed(
    ends: list[tuple[Any, SecurityScan | None]], expected: tuple[float, int] | None
) -> None:
    told = Told()
    for number, (success, scan) in enumerate(ends):
        ended = OutcomeMetrics(project_success=success)
        said = QualitySignals(security_scan=scan)
        told.add(f"p{number}", ProjectReport(outcome_metrics=ended, quality_signals=said))
    cases = METRICS["missed_finding_rate"].cases(Process(told.events))
    found = next(measures("missed_finding_rate", "share", cases, ()), None)

    assert (found and (found.value, found.n)) == expected


def test_findings_of_one_project_are_worth_no_more_than_the_project() -> None:
    def found(*sizes: int) -> Measure:
        told = Told()
        for number, size in enumerate(sizes):
            success: Literal["shipped", "blocked"] = "shipped" if number % 2 else "blocked"
            said = QualitySignals(security_scan=SecurityScan(critical=size))
            ended = OutcomeMetrics(project_success=success)
            told.add(f"p{number}", ProjectReport(outcome_metrics=ended, quality_signals=said))
        cases = METRICS["missed_finding_rate"].cases(Process(told.events))
        return next(measures("missed_finding_rate", "share", cases, ()))

    once, often = found(1, 1, 1, 1), found(90, 90, 90, 90)

    assert (often.n, often.value) == (360, 0.5)
    assert (often.low, often.high) == (once.low, once.high) == wilson(2, 4)
    assert found(300, 1, 1, 1).high == wilson(2 / 303, 1).high


def gate(name: str, result: Any) -> GateReport:
    return GateReport(gate_id=name, gate_result=result, retry_attempt=1)


def test_a_prototype_stands_when_its_last_gate_passed_for_the_first_time() -> None:
    told = Told()
    for report in (gate("a", "fail"), gate("b", "pass"), gate("a", "pass"), gate("b", "fail")):
        told.add("p", report)
    told.add("unfinished", gate("a", "fail"))

    assert value(told, "prototype_seconds") == 2 * 3_600


def test_a_cost_is_that_of_work_which_is_let_through() -> None:
    told = Told()
    for project, result in (("p", "pass"), ("q", "fail")):
        told.add(project, StageReport(stage_id="s", total_cost=3.0))
        told.add(project, GateReport(gate_id="g", stage="s", gate_result=result))  # type: ignore[arg-type]

    assert value(told, "cost_per_success") == 3.0


@pytest.mark.parametrize("period", PERIODS)
def test_slices_of_time_add_up_to_the_whole(period: str) -> None:
    cases = list(METRICS["gate_failure_rate"].cases(Process(Team(1).history(1_000))))
    found = list(measures("gate_failure_rate", "share", cases, (period,)))

    assert sum(each.n for each in found) == len(cases)
    assert len(found) > 1


def test_a_week_is_called_by_its_monday() -> None:
    told = Told()
    told.add("p", gate("a", "pass"))
    (found,) = measures(
        "gate_failure_rate", "share", METRICS["gate_failure_rate"].cases(Process(told.events)),
        ("week",),
    )  # fmt: skip
    monday = datetime(2026, 1, 1, tzinfo=UTC) - timedelta(days=3)

    assert found.slice == {"week": f"{monday:%Y-%m-%d}"}


def test_sizes_of_teams_are_few() -> None:
    told = Told()
    told.add("p", REPORT)
    (case,) = METRICS["project_cost"].cases(Process(told.events))

    assert case.facts["team_size"] == "5 and more"


def test_failures_of_features_are_counted_by_type_category_and_severity() -> None:
    told = Told()
    for minutes, severity in ((15, "medium"), (45, "medium"), (60, "high"), (None, "high")):
        told.add("p", FailureReport(
            feature_id="F1", failure_type="test_failure",
            recovery=Recovery(retry_count=2, resolution_time_minutes=minutes),
            error_details=ErrorDetails(root_cause="database not initialized"),
            learning_value=LearningValue(category="environment_setup", severity=severity),  # type: ignore[arg-type]
        ))  # fmt: skip
    process = Process(told.events)
    by_severity = {
        each.slice["severity"]: (each.n, each.value)
        for each in measures(
            "failure_minutes", "mean", METRICS["failure_minutes"].cases(process), ("severity",)
        )
    }
    retried = list(METRICS["failure_retries"].cases(process))

    assert by_severity == {"medium": (2, 30.0), "high": (1, 60.0)}
    assert [case.value for case in retried] == [2.0] * 4
    assert retried[0].facts["category"] == "environment_setup"
    assert retried[0].facts["failure_type"] == "test_failure"
    assert retried[0].reason == "database not initialized"


def test_what_only_a_summary_says_is_counted_like_lines_of_its_own() -> None:
    held = HumanFeedback(
        approval_decisions=(
            ApprovalReport(decision_type="tech_stack", decision_aligned=False),
            ApprovalReport(decision_type="tech_stack", decision_aligned=True),
        ),
        escalation_events=(EscalationReport(reason="stuck"),),
    )
    said = QualitySignals(
        downstream_agent_feedback=(DownstreamReport(stage="design", feedback="x"),)
    )
    told = Told()
    told.add("p", StageReport(stage_id="design", agent_role="architect"))
    told.add("p", ProjectReport(human_feedback=held, quality_signals=said))

    assert value(told, "override_rate") == 0.5
    assert value(told, "escalations") == 1.0
    assert value(told, "downstream_rejection_rate") == 1.0


def test_a_projects_own_lines_count_and_not_its_summary_again() -> None:
    decided = ApprovalReport(decision_id="d", decision_aligned=False)
    told = Told()
    told.add("p", decided)
    told.add("p", ProjectReport(human_feedback=HumanFeedback(approval_decisions=(decided,))))
    found = list(METRICS["override_rate"].cases(Process(told.events)))

    assert [(case.value, case.ref.id) for case in found] == [(1.0, "ev_0")]


def test_several_reports_of_one_project_are_one_project() -> None:
    told = Told()
    told.add("p", REPORT)
    told.add("p", ProjectReport(outcome_metrics=OutcomeMetrics(quality_score=0.9)))
    (project,) = Process(told.events).of(ProjectReport)

    assert REPORT.outcome_metrics is not None
    assert project.report.outcome_metrics == msgspec.structs.replace(
        REPORT.outcome_metrics, quality_score=0.9
    )
    assert (project.report.quality_signals, project.at) == (
        REPORT.quality_signals,
        told.events[1].at,
    )


def test_who_answered_a_survey_is_a_share_of_the_projects_that_ended() -> None:
    ended = ProjectReport(outcome_metrics=OutcomeMetrics(project_success="shipped"))
    told = Told()
    for project in ("p", "q", "r", "s"):
        told.add(project, ended)
    told.add("p", SurveyReport(agent_helpfulness_overall=4))
    told.add("q", SurveyReport(comments="fine"))
    told.add("t", SurveyReport(comments="has not ended"))

    assert value(told, "survey_response_rate") == 0.5
