"""What a team writes about projects: stages, gates, approvals, escalations, surveys, outcomes.

The field names are those of the files that teams keep, so a record reads like the line that it
came from. Shares are 0 to 1, however a file writes them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record

Rating = Annotated[int, msgspec.Meta(ge=1, le=5)]
"""What a person says on a scale from 1 to 5."""
Attempt = Annotated[int, msgspec.Meta(ge=1)]
"""Which try it was, from 1."""

Severity = Literal["critical", "major", "minor"]
"""How bad a finding is."""


class SystemContext(Record, frozen=True, kw_only=True):
    """What an agent was told beside its prompt."""

    prior_decisions: tuple[str, ...] = ()
    """What had been decided."""
    constraints: tuple[str, ...] = ()
    """What it must not do."""
    acceptance_criteria: tuple[str, ...] = ()
    """When its work is done."""


class StageReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="stage"):
    """One agent's run of one stage of a project."""

    stage_id: str | None = None
    """The stage, for example `architecture`."""
    agent_role: str | None = None
    """What the agent was, for example `architect`."""
    agent_model: str | None = None
    """The model."""
    timestamp_start: datetime | None = None
    """When it began."""
    timestamp_end: datetime | None = None
    """When it ended."""
    duration_seconds: Count | None = None
    """How long it took, as said."""
    prompt_version: str | None = None
    """Version of the prompt, for example `architect.v2.3`."""
    prompt_template: str | None = None
    """The prompt before anything was filled in."""
    system_context: SystemContext | None = None
    """What else the agent was told."""
    input_tokens: Count | None = None
    """Tokens of the prompt."""
    output_tokens: Count | None = None
    """Tokens of the answer."""
    total_cost: float | None = None
    """What it cost, as said."""
    model_temperature: float | None = None
    """The temperature that was set."""
    output_raw: str | None = None
    """The whole answer."""


class GateReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="gate"):
    """One evaluation of a gate between two stages."""

    gate_id: str | None = None
    """The gate, for example `api_contract_present`."""
    gate_result: Literal["pass", "fail", "ambiguous"] | None = None
    """What it said."""
    gate_result_reason: str | None = None
    """Why."""
    stage: str | None = None
    """The stage whose output it looked at."""
    agent_role: str | None = None
    """What the agent was."""
    agent_model: str | None = None
    """The model."""
    retry_attempt: Attempt | None = None
    """Which attempt it was."""
    auto_fix_applied: bool | None = None
    """Whether a remedy was tried without a person."""
    auto_fix_strategy: str | None = None
    """Which remedy."""
    auto_fix_success: bool | None = None
    """Whether it helped."""
    human_override: bool | None = None
    """Whether a person set the verdict aside."""
    human_decision: str | None = None
    """What the person decided."""
    downstream_feedback: str | None = None
    """What a later agent said of the output."""


class DownstreamReport(
    Record, frozen=True, kw_only=True, tag_field="kind", tag="downstream_feedback"
):
    """What a later agent said of an earlier one's output."""

    reporting_agent: str | None = None
    """The agent that says it."""
    feedback: str | None = None
    """What it says."""
    severity: Severity | None = None
    """How bad that is."""
    stage: str | None = None
    """The stage whose output is meant."""


class ApprovalReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="approval"):
    """A person's decision on what an agent recommends."""

    decision_id: str | None = None
    """The decision."""
    decision_type: (
        Literal["feature_priority", "architecture_choice", "tech_stack", "risk_acceptance"] | None
    ) = None
    """What it is about."""
    agent_recommendation: str | None = None
    """What the agent recommends."""
    human_decision: str | None = None
    """What the person decided."""
    human_reasoning: str | None = None
    """Why."""
    decision_aligned: bool | None = None
    """Whether the person decided as recommended."""


class SurveyReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="survey"):
    """What a person says of a finished project."""

    agent_helpfulness_overall: Rating | None = None
    """How helpful the agents were."""
    agent_decision_quality: Rating | None = None
    """How good their decisions were."""
    gate_frustration_level: Rating | None = None
    """How much the gates annoyed."""
    would_use_again: bool | None = None
    """Whether the person would do it again."""
    comments: str | None = None
    """What else there is to say."""
    suggestions: str | None = None
    """What should be changed."""


class EscalationReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="escalation"):
    """Work that had to be handed to a person."""

    reason: str | None = None
    """Why."""
    stage: str | None = None
    """In which stage."""
    time_spent_escalated: Count | None = None
    """How many seconds it waited."""
    resolution: str | None = None
    """What came of it."""
    human_effort_required: Rating | None = None
    """How much work it was for the person."""
    avoidable: bool | None = None
    """Whether it could have been avoided."""


class ProjectMetadata(Record, frozen=True, kw_only=True):
    """What a project is."""

    project_id: str | None = None
    """The project."""
    created_at: datetime | None = None
    """When it began."""
    completed_at: datetime | None = None
    """When it ended."""
    recipe: str | None = None
    """The process recipe that it followed."""
    client_domain: (
        Literal["saas", "fintech", "healthtech", "ecommerce", "analytics", "other"] | None
    ) = None
    """What it is for."""
    team_size: Count | None = None
    """People in it."""
    autonomy_level_used: Literal[0, 1, 2, 3] | None = None
    """How much agents did without asking."""


class OutcomeMetrics(Record, frozen=True, kw_only=True):
    """What came of a project."""

    project_success: Literal["shipped", "alpha_ready", "blocked", "cancelled"] | None = None
    """How far it came."""
    time_to_completion: Count | None = None
    """How many seconds it took."""
    token_cost_total: float | None = None
    """What its tokens cost, as said."""
    quality_score: Ratio | None = None
    """How good it is."""
    delivery_speed_rank: float | None = None
    """How fast it was among projects of its recipe, as said."""
    agent_decisions_overridden: Count | None = None
    """Decisions of agents that a person set aside."""
    critical_errors_post_deployment: Count | None = None
    """Critical errors that showed in use."""


class QaResults(Record, frozen=True, kw_only=True):
    """What tests said of a project."""

    tests_written_by_qa_agent: Count | None = None
    """Tests that an agent wrote."""
    tests_executed: Count | None = None
    """Tests that ran."""
    tests_passed: Count | None = None
    """Tests that passed."""
    test_coverage_percent: Ratio | None = None
    """Share of the code that tests run."""
    flaky_tests: Count | None = None
    """Tests that pass and fail by turns."""


class SecurityScan(Record, frozen=True, kw_only=True):
    """What a security scan found."""

    vulnerabilities_found: Count | None = None
    """Findings in all."""
    critical: Count | None = None
    """Critical ones."""
    major: Count | None = None
    """Major ones."""
    minor: Count | None = None
    """Minor ones."""
    false_positives: Count | None = None
    """Findings that are none."""


class SpeedMetrics(Record, frozen=True, kw_only=True):
    """How fast the product is."""

    page_load_time_ms: float | None = None
    """Time until a page is there."""
    endpoint_latency_ms: float | None = None
    """Time until an endpoint answers."""
    memory_usage_mb: float | None = None
    """Memory in use."""
    within_slo: bool | None = None
    """Whether that is as fast as promised."""


class QualitySignals(Record, frozen=True, kw_only=True):
    """What tests, scans and later agents said of a project."""

    downstream_agent_feedback: tuple[DownstreamReport, ...] = ()
    """What later agents said."""
    test_results: QaResults | None = None
    """What tests said."""
    security_scan: SecurityScan | None = None
    """What a security scan found."""
    performance_metrics: SpeedMetrics | None = None
    """How fast the product is."""


class HumanFeedback(Record, frozen=True, kw_only=True):
    """What people decided and said in a project."""

    approval_decisions: tuple[ApprovalReport, ...] = ()
    """Decisions on what agents recommended."""
    post_project_survey: SurveyReport | None = None
    """What a person says afterwards."""
    escalation_events: tuple[EscalationReport, ...] = ()
    """Work that was handed to a person."""


class ProjectReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="completion"):
    """A project as a whole, at its end."""

    project_metadata: ProjectMetadata | None = None
    """What it is."""
    outcome_metrics: OutcomeMetrics | None = None
    """What came of it."""
    quality_signals: QualitySignals | None = None
    """What tests, scans and later agents said."""
    human_feedback: HumanFeedback | None = None
    """What people decided and said."""
