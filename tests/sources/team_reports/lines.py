"""One line of each report that a team's process writes, of our own making."""

from __future__ import annotations

from typing import Any

LINES: dict[str, dict[str, Any]] = {
    "failure": {
        "feature_id": "F1",
        "failure_type": "code_error",
        "timestamp": "2026-03-01T10:00:00Z",
        "session_id": "s-1",
        "error_details": {
            "symptoms": "It answers 500", "root_cause": "No connection", "stack_trace": "a.py:3",
            "affected_tests": ["t-1", "t-2"],
        },
        "recovery": {
            "retry_count": 2, "resolution": "Opened it", "resolution_time_minutes": 15,
            "resolution_type": "environment_fix", "steps_taken": ["looked", "tried"],
        },
        "context": {
            "previous_features": ["F0"], "model_version": "m-1", "session_length_minutes": 45,
            "context_window_usage": "78%", "time_in_session": "2/3", "dependencies_met": True,
        },
        "learning_value": {
            "pattern": "No check", "category": "environment_setup", "generalizable": True,
            "severity": "medium", "frequency": "common", "suggested_prevention": "Check",
            "related_features": ["F0"], "prevention_implemented": False,
            "updated_template": "init.sh",
        },
    },
    "success": {
        "feature_id": "F2",
        "timestamp": "2026-03-01T11:00:00Z",
        "session_id": "s-2",
        "success_factors": ["Small scope"],
        "timing": {"estimated_minutes": 120, "actual_minutes": 90, "efficiency_ratio": 1.33},
        "tool_usage": {
            "test_runs": 3, "code_edits": 12, "git_commits": 1, "lines_added": 150,
            "lines_removed": 10,
        },
        "quality_metrics": {"test_coverage": "85%", "lint_errors": 0, "type_errors": 0},
        "patterns": [{"pattern": "test_first_development", "effectiveness": "high"}],
    },
    "performance": {
        "feature_id": "F2",
        "timestamp": "2026-03-01T11:00:00Z",
        "reliability": {"completed": True, "retry_count": 0, "regression_introduced": False},
        "efficiency": {
            "time_minutes": 90, "estimated_minutes": 120, "efficiency_score": 1.33,
            "context_tokens_used": 45000,
        },
        "quality": {"test_coverage": "85.5%", "lint_errors": 0, "documentation_complete": True},
    },
    "context_metrics": {
        "feature_id": "F2",
        "model": "m-1",
        "tokens_used": 90000,
        "window_size": 200000,
        "utilisation": 0.45,
        "peak": 0.8,
        "compactions": 1,
        "timestamp": "2026-03-01T11:00:00Z",
        "session_id": "s-2",
        "tokens_by_kind": {"tool_results": 60000},
    },
    "stage": {
        "project_id": "P1",
        "stage_id": "architecture",
        "agent_role": "architect",
        "agent_model": "m-1",
        "timestamp_start": "2026-03-01T10:00:00Z",
        "timestamp_end": "2026-03-01T10:05:00Z",
        "duration_seconds": 300,
        "prompt_version": "architect.v2",
        "prompt_template": "Draw {x}.",
        "input_tokens": 100,
        "output_tokens": 50,
        "total_cost": 0.25,
        "model_temperature": 0.5,
        "output_raw": "Drawn.",
        "system_context": {
            "prior_decisions": ["d"], "constraints": ["c"], "acceptance_criteria": ["a"],
        },
    },
    "gate": {
        "project_id": "P1",
        "gate_id": "contract_present",
        "gate_result": "fail",
        "gate_result_reason": "No file",
        "stage": "architecture",
        "agent_role": "architect",
        "agent_model": "m-1",
        "retry_attempt": 1,
        "auto_fix_applied": True,
        "auto_fix_strategy": "stub",
        "auto_fix_success": True,
        "human_override": False,
        "human_decision": "none",
        "downstream_feedback": "Too short",
        "timestamp": "2026-03-01T10:05:00Z",
    },
    "downstream_feedback": {
        "project_id": "P1",
        "reporting_agent": "engineer",
        "feedback": "No error codes",
        "severity": "major",
        "timestamp": "2026-03-01T10:06:00Z",
    },
    "approval": {
        "project_id": "P1",
        "decision_id": "d-1",
        "decision_type": "tech_stack",
        "agent_recommendation": "A",
        "human_decision": "B",
        "human_reasoning": "Known better",
        "decision_aligned": False,
        "timestamp": "2026-03-01T10:07:00Z",
    },
    "escalation": {
        "project_id": "P1",
        "reason": "Stuck",
        "stage": "architecture",
        "time_spent_escalated": 600,
        "resolution": "Helped",
        "human_effort_required": 2,
        "avoidable": True,
    },
    "survey": {
        "project_id": "P1",
        "agent_helpfulness_overall": 4,
        "agent_decision_quality": 3,
        "gate_frustration_level": 2,
        "would_use_again": True,
        "comments": "Good",
        "suggestions": "Fewer gates",
    },
    "recipe_version": {
        "recipe": "gis_investment_v1",
        "created": "2025-10-01",
        "projects": 3,
        "success_rate": 0.67,
        "avg_time_to_completion": "8h 30m",
        "metrics": {
            "test_coverage": "82%", "security_issues": "2_critical", "perf_slo_met": False,
        },
        "feedback": ["Process was slow because the architecture stage blocked too long"],
    },
    "completion": {
        "project_metadata": {
            "project_id": "P1", "created_at": "2026-02-01T00:00:00Z",
            "completed_at": "2026-03-02T00:00:00Z", "recipe": "web_v1", "client_domain": "saas",
            "team_size": 3, "autonomy_level_used": 2,
        },
        "outcome_metrics": {
            "project_success": "shipped", "time_to_completion": 86400, "token_cost_total": 12.5,
            "quality_score": 85, "delivery_speed_rank": 70, "agent_decisions_overridden": 1,
            "critical_errors_post_deployment": 0,
        },
        "quality_signals": {
            "downstream_agent_feedback": [
                {"reporting_agent": "engineer", "feedback": "x", "severity": "minor"}
            ],
            "test_results": {
                "tests_written_by_qa_agent": 9, "tests_executed": 9, "tests_passed": 8,
                "test_coverage_percent": 81.5, "flaky_tests": 1,
            },
            "security_scan": {
                "vulnerabilities_found": 1, "critical": 0, "major": 0, "minor": 1,
                "false_positives": 0,
            },
            "performance_metrics": {
                "page_load_time_ms": 120.5, "endpoint_latency_ms": 30, "memory_usage_mb": 200,
                "within_slo": True,
            },
        },
        "human_feedback": {
            "approval_decisions": [{"decision_id": "d-1", "human_decision": "B"}],
            "post_project_survey": {"agent_helpfulness_overall": 4},
            "escalation_events": [{"reason": "Stuck", "time_spent_escalated": 600}],
        },
    },
    "branch_episode": {
        "episode_id": "feature/user-auth",
        "quality_score": 0.8,
        "spec": {
            "title": "Add log-in", "file": "specs/auth.md", "requirements": ["Tokens"],
            "acceptance_criteria": ["People can log in"],
        },
        "branch": {
            "name": "feature/user-auth", "created": "2026-02-16T09:00:00",
            "merged": "2026-02-16T16:45:00Z", "commits": 12, "files_changed": 8,
        },
        "conversations": [
            {
                "session_id": "session-001", "start": "2026-02-16T09:15:00", "turns": 5,
                "tool_calls": 8, "outcome": "made the tokens",
            }
        ],
        "validation_checkpoints": [
            {
                "timestamp": "2026-02-16T12:00:00", "ruff_violations": 3, "typecheck_errors": 1,
                "pytest_passed": 8, "pytest_failed": 2, "verdicts": {"build": True},
            }
        ],
        "outcome": {
            "status": "merged", "all_requirements_met": True, "all_acceptance_criteria_met": True,
            "final_validation_passed": True, "rollback_within_7d": False,
        },
        "signals": {
            "merge": "strong_positive", "validation": "mixed", "rollback": "pending",
            "failed_then_passed": True, "corrected_then_achieved": False,
            "required_and_tested": True,
        },
    },
    "branch_outcome": {
        "branch": "feature/user-auth",
        "interactions": 15,
        "tool_calls": 42,
        "quality_score": 0.75,
        "outcome": {
            "merged": True, "ruff_violations_at_merge": 0, "pytest_pass_rate": 0.98,
            "typecheck_errors": 0, "rollback_within_7d": False,
        },
    },
}  # fmt: skip
"""By the tag of the report that each becomes."""
