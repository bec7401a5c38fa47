"""Versions are compared with the one before, by the tests of patterns, and ranked where one can."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracemill.analyze.conclusions.versions import Naming, VersionCounts, best_versions, uses
from tracemill.analyze.process import Process
from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import (
    ApprovalReport,
    GateReport,
    ProjectMetadata,
    ProjectReport,
    StageReport,
)
from tracemill.records.process.version_metrics import VersionChange
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Remainder

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(source="team-reports", source_version=1, uri="made", input_id="in")


class Told:
    """Reports in their order, an hour apart."""

    def __init__(self) -> None:
        self.events: list[TeamReport] = []

    def add(self, project: str | None, report: Any, **says: Any) -> None:
        number = len(self.events)
        self.events.append(
            TeamReport(
                id=f"ev_{number}", at=BEGIN + timedelta(hours=number), origin=ORIGIN,
                project_id=project, report=report,
                remainder=Remainder(format="team-reports", values=says) if says else None,
            )
        )  # fmt: skip

    def work(self, version: str, verdicts: Sequence[bool], *, domain: str = "saas") -> None:
        """Add a project for each verdict, whose architect had a version."""
        for passed in verdicts:
            project = f"project_{len(self.events)}"
            self.add(
                project,
                StageReport(
                    stage_id="design",
                    agent_role="architect",
                    prompt_version=version,
                    input_tokens=8_000,
                    output_tokens=200,
                ),
            )
            self.add(
                project,
                GateReport(
                    gate_id="api",
                    stage="design",
                    agent_role="architect",
                    retry_attempt=1,
                    gate_result="pass" if passed else "fail",
                ),
            )
            self.add(
                project,
                ApprovalReport(decision_id="d", decision_aligned=passed),
                agent_role="architect",
            )
            self.add(project, ProjectReport(project_metadata=ProjectMetadata(
                project_id=project, client_domain=domain,  # type: ignore[arg-type]
            )))  # fmt: skip


def shares(passed: int, of: int) -> list[bool]:
    return [number < passed for number in range(of)]


def change(told: Told, metric: str, version: str = "architect.v1.1") -> VersionChange:
    found = VersionCounts(Process(told.events), Naming("prompt_version")).told(
        ["architect.v1.0", "architect.v1.1"]
    )
    by_name = {each.version: each for each in found}
    return next(each for each in by_name[version].metrics if each.measure.metric == metric)


def test_what_teams_write_by_hand_comes_out_with_points_and_percent_told_apart() -> None:
    told = Told()
    told.work("architect.v1.0", shares(75, 100))
    told.work("architect.v1.1", shares(82, 100))

    failures = change(told, "gate_failure_rate")
    overrides = change(told, "override_rate")

    assert failures.before == 0.25
    assert failures.measure.value == pytest.approx(0.18)
    assert failures.difference == pytest.approx(-0.07)
    assert overrides.relative == pytest.approx(-0.28)
    assert failures.change == "same"
    assert failures.q_value is not None
    assert failures.q_value > 0.05


def test_a_large_difference_is_more_than_chance() -> None:
    told = Told()
    told.work("architect.v1.0", shares(40, 100))
    told.work("architect.v1.1", shares(90, 100))

    assert change(told, "gate_failure_rate").change == "better"
    assert change(told, "gate_failure_rate", "architect.v1.0").change == "unknown"
    assert change(told, "gate_failure_rate", "architect.v1.0").before is None


def test_a_version_knows_its_projects_and_when_it_was_used() -> None:
    told = Told()
    told.work("architect.v1.0", shares(2, 3))
    told.add("open", StageReport(agent_role="architect", prompt_version="architect.v1.0"))
    found = uses(Process(told.events), Naming("prompt_version"))["architect.v1.0"]

    assert len(found.projects) == 4
    assert found.moments == (BEGIN, told.events[-1].at)
    assert found.last_in == {"open"}


@pytest.mark.parametrize(
    ("first", "second", "verdict", "best"),
    [
        ((4, 20), (19, 20), "best", "architect.v1.1"),
        ((19, 20), (4, 20), "best", "architect.v1.0"),
        ((10, 20), (11, 20), "no_difference", None),
        ((10, 20), (10, 20), "no_difference", None),
        ((1, 2), (20, 20), "too_few", None),
    ],
)
def test_the_best_is_told_only_where_it_shows(
    first: tuple[int, int], second: tuple[int, int], verdict: str, best: str | None
) -> None:
    told = Told()
    told.work("architect.v1.0", shares(*first), domain="fintech")
    told.work("architect.v1.1", shares(*second), domain="fintech")
    (found,) = best_versions(
        Process(told.events), "gate_failure_rate", Naming("prompt_version"),
        ["architect.v1.0", "architect.v1.1"], ("domain",),
    )  # fmt: skip

    assert found.slice == {"domain": "fintech"}
    assert (found.verdict, found.best) == (verdict, best)
    assert sum(each.n for each in found.ranked) == first[1] + second[1]
    assert (found.n_needed is None) == (verdict != "no_difference" or first == second)


def test_a_run_without_a_moment_is_meant_where_it_is_the_only_one() -> None:
    told = Told()
    told.work("architect.v1.0", shares(1, 2))
    undated = [
        TeamReport(
            id=each.id, at=None if isinstance(each.report, StageReport) else each.at,
            origin=ORIGIN, project_id=each.project_id, report=each.report,
        )
        for each in told.events
    ]  # fmt: skip

    assert {case.facts["prompt_version"] for case in Process(undated).of(GateReport)} == {
        "architect.v1.0"
    }
