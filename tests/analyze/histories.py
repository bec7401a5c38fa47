"""Histories of a made-up team, with effects that are known because they were planted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tracemill.records.events.team import TeamReport
from tracemill.records.events.team_projects import (
    ApprovalReport,
    GateReport,
    OutcomeMetrics,
    ProjectMetadata,
    ProjectReport,
    StageReport,
)
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Remainder

ORIGIN = Origin(source="team-reports", source_version=1, uri="made", input_id="in_made")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
REASONS = {
    "api_contract": ("missing error definitions in the contract", "no version is named"),
    "tests": ("edge cases are not covered", "coverage is below the limit"),
    "docs": ("the page is empty",),
}
ROLES = ("architect", "engineer", "qa")
STAGE_OF = dict(zip(ROLES, REASONS, strict=True))


class Team:
    """Makes reports of projects; every share can be planted."""

    def __init__(self, seed: int, **planted: Any) -> None:
        self._random = Random(seed)
        self._n = 0
        self._at = BEGIN
        self.fails: dict[str, float] = {"api_contract": 0.05, "tests": 0.05, "docs": 0.05}
        self.overridden: dict[str, float] = {"tech_stack": 0.3, "feature_priority": 0.3}
        self.fixes: dict[str, float] = {"stub": 0.6, "refactor": 0.6}
        self.tokens: dict[str, float] = {"engineer.v1.0": 6_000, "engineer.v2.0": 6_000}
        self.amounts: dict[str, float] = {}
        """Tokens that work takes in place of a spread, by the share of the work."""
        self.ships: dict[str, float] = {"web_app": 0.7, "mobile": 0.7}
        self.sure_of: dict[str, float] = {}
        for name, value in planted.items():
            getattr(self, name).update(value)

    def history(self, n_projects: int) -> Iterator[TeamReport]:
        for number in range(n_projects):
            yield from self._project(f"project_{number}")

    def _project(self, project: str) -> Iterator[TeamReport]:
        for role in ROLES:
            yield from self._stage(project, role)
        for decision, share in self.overridden.items():
            aligned = not self._happens(share)
            yield self._event(
                project,
                ApprovalReport(
                    decision_type=decision,  # type: ignore[arg-type]
                    decision_aligned=aligned,
                    human_reasoning="no context",
                ),
            )
        recipe = self._random.choice(sorted(self.ships))
        shipped = "shipped" if self._happens(self.ships[recipe]) else "blocked"
        yield self._event(
            project,
            ProjectReport(
                project_metadata=ProjectMetadata(project_id=project, recipe=recipe),
                outcome_metrics=OutcomeMetrics(project_success=shipped),  # type: ignore[arg-type]
            ),
        )

    def _stage(self, project: str, role: str) -> Iterator[TeamReport]:
        gate = STAGE_OF[role]
        version = self._random.choice(sorted(self.tokens)) if role == "engineer" else f"{role}.v1.0"
        spent = self._spent(version)
        share = self.fails[gate]
        says: dict[str, Any] = {}
        if self.sure_of:
            bucket = self._random.choice(sorted(self.sure_of))
            says, share = {"confidence": float(bucket)}, 1 - self.sure_of[bucket]
        yield self._event(
            project,
            StageReport(
                stage_id=role, agent_role=role, prompt_version=version,
                input_tokens=spent, output_tokens=0,
            ),
            says,
        )  # fmt: skip
        for attempt in range(1, 6):
            failed = self._happens(share)
            yield self._event(project, self._gate(role, gate, attempt, failed=failed))
            if not failed:
                return

    def _spent(self, version: str) -> int:
        if self.amounts:
            return int(self._random.choices(*zip(*self.amounts.items(), strict=True))[0])
        return int(self._random.gauss(self.tokens.get(version, 5_000), 500))

    def _gate(self, role: str, gate: str, attempt: int, *, failed: bool) -> GateReport:
        strategy = self._random.choice(sorted(self.fixes))
        return GateReport(
            gate_id=gate, stage=role, agent_role=role, retry_attempt=attempt,
            gate_result="fail" if failed else "pass",
            gate_result_reason=self._reason(gate) if failed else None,
            auto_fix_applied=failed,
            auto_fix_strategy=strategy if failed else None,
            auto_fix_success=self._happens(self.fixes[strategy]) if failed else None,
        )  # fmt: skip

    def _reason(self, gate: str) -> str:
        """Return a reason; the first of a gate is given four times of five, in changing words."""
        known = REASONS[gate]
        text = known[0] if self._happens(0.8) else known[-1]
        return f"{text} of endpoint {self._random.randrange(9)}"

    def _happens(self, share: float) -> bool:
        return self._random.random() < share

    def _event(self, project: str, report: Any, says: dict[str, Any] | None = None) -> TeamReport:
        self._n += 1
        self._at += timedelta(minutes=7)
        remainder = Remainder(format="team-reports", values=says) if says else None
        return TeamReport(
            id=f"ev_{self._n}", at=self._at, origin=ORIGIN, project_id=project, report=report,
            remainder=remainder,
        )  # fmt: skip
