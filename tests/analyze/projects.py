"""Projects one after another, of which something may change at a moment; written field by field."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import (
    ApprovalReport,
    DownstreamReport,
    EscalationReport,
    GateReport,
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
    QaResults,
    QualitySignals,
    StageReport,
)
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Remainder

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin(source="team-reports", source_version=1, uri="made", input_id="in_made")
USUAL: dict[str, Any] = {
    "model": "opus-1", "prompt": "engineer.v1.0", "domain": "saas", "team_size": 3,
    "quality": 0.9, "coverage": 0.8, "passes": 0.8, "tokens": 6_000, "overridden": 0.2,
    "escalations": 0.3, "sent_back": 0.0,
}  # fmt: skip


class Projects:
    """Makes reports of projects, the usual ones and then others."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)
        self._n = 0

    def make(self, n: int, **changed: Any) -> list[TeamReport]:
        return [each for _ in range(n) for each in self._project({**USUAL, **changed})]

    def _project(self, is_so: dict[str, Any]) -> Iterator[TeamReport]:
        self._n += 1
        project, random = f"project_{self._n}", self._random
        reports: list[Any] = [
            StageReport(
                stage_id="code", agent_role="engineer", agent_model=is_so["model"],
                prompt_version=is_so["prompt"], output_tokens=0,
                input_tokens=int(random.gauss(is_so["tokens"], 400)),
            ),
            GateReport(
                gate_id="tests", stage="code", agent_role="engineer", retry_attempt=1,
                gate_result="pass" if random.random() < is_so["passes"] else "fail",
                gate_result_reason="edge cases are missing",
            ),
            ApprovalReport(
                decision_type="tech_stack", decision_aligned=random.random() >= is_so["overridden"],
            ),
        ]  # fmt: skip
        if random.random() < is_so["escalations"]:
            reports.append(EscalationReport(reason="unclear"))
        if random.random() < is_so["sent_back"]:
            reports.append(
                DownstreamReport(reporting_agent="qa", feedback="no error codes", stage="code")
            )
        reports.append(
            ProjectReport(
                project_metadata=ProjectMetadata(
                    project_id=project,
                    client_domain=is_so["domain"],
                    team_size=is_so["team_size"],
                ),
                outcome_metrics=OutcomeMetrics(quality_score=self._near(is_so["quality"])),
                quality_signals=QualitySignals(
                    test_results=QaResults(test_coverage_percent=self._near(is_so["coverage"]))
                ),
            )
        )
        for number, report in enumerate(reports):
            at = BEGIN + timedelta(days=self._n, minutes=number)
            role = {"agent_role": "engineer"} if isinstance(report, ApprovalReport) else None
            yield TeamReport(
                id=f"ev_{self._n}_{number}", at=at, origin=ORIGIN, project_id=project,
                report=report,
                remainder=Remainder(format="team-reports", values=role) if role else None,
            )  # fmt: skip

    def _near(self, share: float) -> float:
        return min(1.0, max(0.0, self._random.gauss(share, 0.04)))
