"""Metrics: each turns what is held into cases, and says what its number means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from tracemill.analyze.cases import PERIODS, Case
from tracemill.analyze.metrics.artifacts import (
    artifact_retries,
    first_tries,
    rule_failures,
    weekly_attempts,
    weekly_fixes,
    writing_times,
)
from tracemill.analyze.metrics.features import failure_minutes, failure_retries
from tracemill.analyze.metrics.projects import (
    autonomy,
    critical_issues,
    escalations,
    fast_enough,
    missed_findings,
    project_cost,
    project_coverage,
    project_quality,
    project_seconds,
    projects_shipped,
    prototype_seconds,
    satisfaction,
    stated_confidence,
    survey_answers,
)
from tracemill.analyze.metrics.sessions import (
    calls_refused,
    failures_overcome,
    messages_taken_back,
    plans_approved,
    recovery_minutes,
    recovery_tries,
    same_attempts,
    session_tokens,
    tokens_per_line,
    tool_errors,
    work_achieved,
    work_minutes,
    work_reverted,
)
from tracemill.analyze.metrics.stages import (
    auto_fixes,
    confident_work,
    downstream_rejections,
    first_passes,
    gate_failures,
    gate_overrides,
    hand_off_quality,
    overrides,
    passes_after_hand_off,
    retries,
    stage_cost,
    stage_seconds,
    stage_tokens,
)
from tracemill.analyze.practices import practice_cases, practices_kept
from tracemill.analyze.process import Process
from tracemill.records.process.patterns import Unit


class Metric(NamedTuple):
    """One metric."""

    unit: Unit
    """A share, or a mean."""
    says: str
    """What it counts, in one sentence."""
    cases: Callable[[Process], Iterator[Case]]
    """What it is counted over."""
    facts: tuple[str, ...]
    """What it can be asked by."""

    @property
    def is_of_sessions(self) -> bool:
        """Whether its cases are sessions, or what happened in them."""
        return "instructions" in self.facts


_TEAM: Final = (
    "project",
    "recipe",
    "recipe_version",
    "domain",
    "team_size",
    "autonomy",
    "team",
    "platform",
    "complexity",
)
_GATE: Final = ("gate", "stage", "role", "model", "prompt_version", *_TEAM)
_STAGE: Final = ("stage", "role", "model", "prompt_version", *_TEAM)
_FAILURE: Final = ("failure_type", "category", "severity", "model", "project")
_ARTIFACT: Final = ("artifact", "role", "model", "prompt_version", *_TEAM)
_SESSION: Final = ("agent", "model", "project", "branch", "instructions")


def _metric(
    unit: Unit, says: str, cases: Callable[[Process], Iterator[Case]], facts: tuple[str, ...]
) -> Metric:
    return Metric(unit, says, cases, (*facts, *PERIODS))


def _staged(
    unit: Unit, says: str, cases: Callable[[Process], Iterator[Case]], facts: tuple[str, ...]
) -> Metric:
    """Return a metric of stages and their gates: those of one project are one cluster."""

    def clustered(process: Process) -> Iterator[Case]:
        return (case._replace(cluster=case.facts.get("project")) for case in cases(process))

    return _metric(unit, says, clustered, facts)


METRICS: Final[Mapping[str, Metric]] = {
    "gate_failure_rate": _staged(
        "share", "judgements of gates that are a no", gate_failures, _GATE
    ),
    "gate_first_pass_rate": _staged(
        "share", "work that a gate passes at the first attempt", first_passes, _GATE
    ),
    "retries": _staged("mean", "how often work is tried again at a gate", retries, _GATE),
    "override_rate": _staged(
        "share", "recommendations that a person decides against", overrides,
        ("decision", "role", "model", "prompt_version", *_TEAM),
    ),
    "gate_override_rate": _staged(
        "share", "verdicts of gates that a person sets aside", gate_overrides, _GATE
    ),
    "escalations": _metric("mean", "times a project hands work to a person", escalations, _TEAM),
    "tokens_per_success": _staged(
        "mean", "tokens of a stage whose work is let through", stage_tokens, _STAGE
    ),
    "cost_per_success": _staged(
        "mean", "cost of a stage whose work is let through", stage_cost, _STAGE
    ),
    "stage_seconds": _staged("mean", "seconds that a stage takes", stage_seconds, _STAGE),
    "pass_rate_after_hand_off": _staged(
        "share", "gates that pass at once after one role hands to another", passes_after_hand_off,
        ("pair", *_STAGE),
    ),
    "downstream_rejection_rate": _staged(
        "share", "work of a stage that a later agent complains of", downstream_rejections, _STAGE
    ),
    "hand_off_quality": _staged(
        "mean", "gates a giver passes at once, for each try that the receiver needs",
        hand_off_quality, ("pair", *_STAGE),
    ),
    "auto_fix_success_rate": _staged(
        "share", "remedies without a person that help", auto_fixes, ("strategy", *_GATE)
    ),
    "confident_success_rate": _staged(
        "share", "work passed at once, by how sure its agent was", confident_work,
        ("confidence", *_STAGE),
    ),
    "stated_confidence": _staged(
        "mean", "how sure of their work agents say they are, 0 to 1", stated_confidence, _STAGE
    ),
    "project_success_rate": _metric("share", "projects that ship", projects_shipped, _TEAM),
    "project_seconds": _metric("mean", "seconds that a project takes", project_seconds, _TEAM),
    "prototype_seconds": _metric(
        "mean", "seconds until every gate of a project passed once", prototype_seconds, _TEAM
    ),
    "project_cost": _metric("mean", "cost of a project's tokens", project_cost, _TEAM),
    "quality_score": _metric(
        "mean", "how good a project is, as its report says", project_quality, _TEAM
    ),
    "test_coverage": _metric(
        "mean", "code of a project that its tests run, 0 to 1", project_coverage, _TEAM
    ),
    "critical_issues": _metric(
        "mean", "critical findings of a scan in a project", critical_issues, _TEAM
    ),
    "missed_finding_rate": _metric(
        "share", "findings of a scan with which their project ships", missed_findings, _TEAM
    ),
    "fast_enough_rate": _metric(
        "share", "projects that are as fast as promised", fast_enough, _TEAM
    ),
    "autonomy_level": _metric("mean", "what agents do without asking, 0 to 3", autonomy, _TEAM),
    "satisfaction": _metric("mean", "how helpful people find agents, 1 to 5", satisfaction, _TEAM),
    "survey_response_rate": _metric("share", "projects with a survey", survey_answers, _TEAM),
    "failure_retries": _metric(
        "mean", "how often a failure of a feature is tried again", failure_retries, _FAILURE
    ),
    "failure_minutes": _metric(
        "mean", "minutes until a failure of a feature is put right", failure_minutes, _FAILURE
    ),
    "rule_failure_rate": _metric(
        "share", "judgements of rules on what a model wrote that are a no", rule_failures,
        ("rule", "rule_kind", *_ARTIFACT),
    ),
    "first_try_rate": _metric(
        "share", "artifacts that rules let through at the first attempt", first_tries, _ARTIFACT
    ),
    "artifact_retries": _metric(
        "mean", "how often an artifact that is let through is tried again", artifact_retries,
        _ARTIFACT,
    ),
    "generation_ms": _metric(
        "mean", "milliseconds that a model writes at an attempt", writing_times, _ARTIFACT
    ),
    "attempts_a_week": _metric(
        "mean", "attempts at artifacts in a week that brought any", weekly_attempts, ()
    ),
    "fixes_a_week": _metric(
        "mean", "artifacts let through after an attempt that was not, in a week that brought any",
        weekly_fixes, (),
    ),
    "agent_success_rate": _metric(
        "share", "pieces of work with a known outcome that are achieved", work_achieved, _SESSION
    ),
    "tool_error_rate": _metric(
        "share", "tool calls that fail, of those whose end is known", tool_errors, _SESSION
    ),
    "taken_back_rate": _metric(
        "share", "sessions in which a person corrects, refuses or stops the agent",
        messages_taken_back, _SESSION,
    ),
    "refused_call_rate": _metric(
        "share", "tool calls that a person refuses, where logs record that", calls_refused,
        _SESSION,
    ),
    "plan_approval_rate": _metric(
        "share", "plans that a person lets through, of those answered", plans_approved, _SESSION
    ),
    "failures_overcome_rate": _metric(
        "share", "failures that the session overcomes", failures_overcome,
        ("kind", "cause", *_SESSION),
    ),
    "same_attempt_rate": _metric(
        "share", "failures tried three times or more with nothing changed between", same_attempts,
        ("kind", *_SESSION),
    ),
    "recovery_tries": _metric(
        "mean", "how often what failed is tried again until it works", recovery_tries,
        ("kind", "cause", "action", *_SESSION),
    ),
    "recovery_minutes": _metric(
        "mean", "minutes until what failed works", recovery_minutes,
        ("kind", "cause", "action", *_SESSION),
    ),
    "work_minutes": _metric(
        "mean", "minutes from the first to the last moment of achieved work", work_minutes, _SESSION
    ),
    "reverted_rate": _metric(
        "share", "committed work of which something is taken back", work_reverted, _SESSION
    ),
    "practice_rate": _metric(
        "share", "work that keeps a way of working, of what can be told", practices_kept,
        ("practice", *_SESSION),
    ),
    "practice_success_rate": _metric(
        "share", "work that is achieved, by ways of working that it kept or left out",
        practice_cases, ("practice", "held", *_SESSION),
    ),
    "tokens_per_line": _metric(
        "mean", "tokens that sessions write for each line that their commits add",
        tokens_per_line, _SESSION,
    ),
    "output_tokens_per_success": _metric(
        "mean", "tokens that a session writes for work that is achieved", session_tokens, _SESSION
    ),
}  # fmt: skip
"""Every metric."""

LESS_IS_BETTER: Final = frozenset(
    {
        "gate_failure_rate",
        "retries",
        "downstream_rejection_rate",
        "override_rate",
        "gate_override_rate",
        "escalations",
        "tokens_per_success",
        "cost_per_success",
        "stage_seconds",
        "project_seconds",
        "prototype_seconds",
        "project_cost",
        "critical_issues",
        "missed_finding_rate",
        "failure_retries",
        "failure_minutes",
        "rule_failure_rate",
        "artifact_retries",
        "generation_ms",
        "tool_error_rate",
        "taken_back_rate",
        "refused_call_rate",
        "same_attempt_rate",
        "recovery_tries",
        "recovery_minutes",
        "work_minutes",
        "reverted_rate",
        "tokens_per_line",
        "output_tokens_per_success",
    }
)
"""Metrics of which a team wants less."""
NEITHER_IS_BETTER: Final = frozenset({"stated_confidence", "autonomy_level"})
"""Metrics of which neither more nor less is better by itself."""
