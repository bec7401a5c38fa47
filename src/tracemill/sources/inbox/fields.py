"""What captured events may say: the fields of each kind, and what each must be.

The fields are those of the two documents in which teams write down their process. All are
optional, since a program tells what it knows, and others may stand beside them; but a field of
these names that is of another type would be misread later, so it is refused where it comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from tracemill.records.events.captured import CapturedKind
from tracemill.sources.reading.json_fields import moment


class Expected(NamedTuple):
    """What a field must be."""

    said: str
    """In words."""
    is_right: Callable[[object], bool]
    """Tells whether a value is that."""


def _one_of(*values: str) -> Expected:
    return Expected(f"one of {', '.join(values)}", lambda found: found in values)


def _is_number(found: object) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


def _is_count(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= 0


def _is_list_of(kind: type) -> Callable[[object], bool]:
    return lambda found: isinstance(found, list) and all(isinstance(one, kind) for one in found)


_TEXT: Final = Expected("a text", lambda found: isinstance(found, str))
_TEXTS: Final = Expected("a list of texts", _is_list_of(str))
_OBJECTS: Final = Expected("a list of objects", _is_list_of(dict))
_FLAG: Final = Expected("true or false", lambda found: isinstance(found, bool))
_COUNT: Final = Expected("a whole number from 0", _is_count)
_NUMBER: Final = Expected("a number", _is_number)
_SHARE: Final = Expected(
    'a number or a text such as "85%"', lambda found: _is_number(found) or isinstance(found, str)
)
_MOMENT: Final = Expected(
    "a moment with its offset to UTC", lambda found: moment(found) is not None
)
_RATING: Final = Expected("1 to 5", lambda found: _is_count(found) and found in range(1, 6))
_GRADE: Final = _one_of("low", "medium", "high")
_WEIGHT: Final = _one_of("critical", "major", "minor")
_VERDICT: Final = _one_of("pass", "fail", "ambiguous")

_PLACE: Final[Mapping[str, Expected]] = {
    "project_id": _TEXT, "feature_id": _TEXT, "stage_id": _TEXT, "stage": _TEXT,
    "agent_role": _TEXT, "agent_model": _TEXT, "session_id": _TEXT, "timestamp": _MOMENT,
}  # fmt: skip
"""Where an event of any kind may say that it happened."""

FIELDS: Final[Mapping[CapturedKind, Mapping[str, Expected]]] = {
    "failure": {
        "failure_type": _one_of(
            "test_failure", "environment_error", "dependency_error", "code_error",
            "requirement_unclear", "beyond_capability",
        ),
        "error_details.symptoms": _TEXT, "error_details.root_cause": _TEXT,
        "error_details.stack_trace": _TEXT, "error_details.affected_tests": _TEXTS,
        "recovery.retry_count": _COUNT, "recovery.resolution": _TEXT,
        "recovery.resolution_time_minutes": _NUMBER, "recovery.resolution_type": _TEXT,
        "recovery.steps_taken": _TEXTS, "context.previous_features": _TEXTS,
        "context.model_version": _TEXT, "context.session_length_minutes": _NUMBER,
        "context.context_window_usage": _SHARE, "context.time_in_session": _SHARE,
        "context.dependencies_met": _FLAG, "learning_value.pattern": _TEXT,
        "learning_value.category": _TEXT, "learning_value.generalizable": _FLAG,
        "learning_value.severity": _GRADE,
        "learning_value.frequency": _one_of("common", "very_common", "occasional"),
        "learning_value.suggested_prevention": _TEXT, "learning_value.related_features": _TEXTS,
        "learning_value.prevention_implemented": _FLAG, "learning_value.updated_template": _TEXT,
    },
    "success": {
        "success_factors": _TEXTS, "timing.estimated_minutes": _NUMBER,
        "timing.actual_minutes": _NUMBER, "tool_usage.test_runs": _COUNT,
        "tool_usage.code_edits": _COUNT, "tool_usage.git_commits": _COUNT,
        "tool_usage.lines_added": _COUNT, "tool_usage.lines_removed": _COUNT,
        "quality_metrics.test_coverage": _SHARE, "quality_metrics.lint_errors": _COUNT,
        "quality_metrics.type_errors": _COUNT, "patterns": _OBJECTS,
    },
    "performance": {
        "reliability.completed": _FLAG, "reliability.retry_count": _COUNT,
        "reliability.regression_introduced": _FLAG, "efficiency.time_minutes": _NUMBER,
        "efficiency.estimated_minutes": _NUMBER, "efficiency.context_tokens_used": _COUNT,
        "quality.test_coverage": _SHARE, "quality.lint_errors": _COUNT,
        "quality.documentation_complete": _FLAG,
    },
    "context_metrics": {
        "model": _TEXT, "tokens_used": _COUNT, "window_size": _COUNT, "utilisation": _SHARE,
        "peak": _SHARE, "peak_tokens": _COUNT, "compactions": _COUNT,
    },
    "artifact": {
        "artifact_type": _TEXT, "user_request": _TEXT, "generated_code": _TEXT, "file_path": _TEXT,
        "validation_passed": _FLAG, "type_check_passed": _FLAG, "retry_count": _COUNT,
        "generation_time_ms": _NUMBER, "validation_time_ms": _NUMBER,
        "validation_errors": _OBJECTS, "conversation_context": _OBJECTS,
    },
    "gate": {
        "gate_id": _TEXT, "validation_timestamp": _MOMENT, "validation_result": _VERDICT,
        "gate_result": _VERDICT, "validation_reason": _TEXT, "gate_result_reason": _TEXT,
        "retry_attempt": _COUNT, "auto_fix_applied": _FLAG, "auto_fix_strategy": _TEXT,
        "auto_fix_success": _FLAG, "human_override": _FLAG, "human_decision": _TEXT,
    },
    "stage": {
        "timestamp_start": _MOMENT, "timestamp_end": _MOMENT, "duration_seconds": _NUMBER,
        "prompt_version": _TEXT, "prompt_template": _TEXT, "input_tokens": _COUNT,
        "output_tokens": _COUNT, "total_cost": _NUMBER, "model_temperature": _NUMBER,
        "output_raw": _TEXT, "system_context.prior_decisions": _TEXTS,
        "system_context.constraints": _TEXTS, "system_context.acceptance_criteria": _TEXTS,
    },
    "approval": {
        "decision_id": _TEXT,
        "decision_type": _one_of(
            "feature_priority", "architecture_choice", "tech_stack", "risk_acceptance"
        ),
        "agent_recommendation": _TEXT, "human_decision": _TEXT, "human_reasoning": _TEXT,
    },
    "feedback": {"reporting_agent": _TEXT, "feedback": _TEXT, "severity": _WEIGHT},
    "test_run": {
        "tests_written_by_qa_agent": _COUNT, "tests_executed": _COUNT, "tests_passed": _COUNT,
        "test_coverage_percent": _NUMBER, "flaky_tests": _COUNT,
    },
    "security_scan": {
        "vulnerabilities_found": _COUNT, "critical": _COUNT, "major": _COUNT, "minor": _COUNT,
        "false_positives": _COUNT,
    },
    "completion": {
        "created_at": _MOMENT, "completed_at": _MOMENT, "recipe": _TEXT,
        "client_domain": _one_of(
            "saas", "fintech", "healthtech", "ecommerce", "analytics", "other"
        ),
        "team_size": _COUNT,
        "autonomy_level_used": Expected("0 to 3", lambda f: _is_count(f) and f in range(4)),
        "project_success": _one_of("shipped", "alpha_ready", "blocked", "cancelled"),
        "time_to_completion": _NUMBER, "token_cost_total": _NUMBER, "quality_score": _NUMBER,
        "agent_decisions_overridden": _COUNT, "critical_errors_post_deployment": _COUNT,
    },
    "survey": {
        "agent_helpfulness_overall": _RATING, "agent_decision_quality": _RATING,
        "gate_frustration_level": _RATING, "would_use_again": _FLAG, "comments": _TEXT,
        "suggestions": _TEXT,
    },
    "escalation": {
        "reason": _TEXT, "time_spent_escalated": _NUMBER, "resolution": _TEXT,
        "human_effort_required": _RATING, "avoidable": _FLAG,
    },
}  # fmt: skip
"""The fields of each kind by their paths; `note` and `session` may say anything."""


def fault_of(kind: CapturedKind, payload: Mapping[str, Any]) -> str | None:
    """Return which field is not what it must be, without quoting it, or None."""
    fields = FIELDS.get(kind)
    if fields is None:
        return None
    for path, expected in {**_PLACE, **fields}.items():
        found = _at(payload, path)
        if found is not None and not expected.is_right(found):
            return f"expected {expected.said} at {path!r}, found {type(found).__name__}"
    return None


def _at(payload: Mapping[str, Any], path: str) -> object:
    """Return what stands at a path of names with dots between; None where nothing does."""
    found: object = payload
    for name in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
