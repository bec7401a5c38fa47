"""Lines on which a program keeps attempts at artifacts, of our own making."""

from __future__ import annotations

from typing import Any

REQUEST = "Create a user view with a name"
DECORATOR = "Missing @view decorator"
KEPT_OLDER: dict[str, Any] = {
    "timestamp": "2026-02-16T10:30:00",
    "artifact_type": "view",
    "user_request": REQUEST,
    "generated_code": "def user_view(): ...",
    "validation_passed": False,
    "type_check_passed": True,
    "file_path": "views/user.py",
    "metadata": {"validation_errors": [DECORATOR], "retries": 0},
}
"""A line as programs wrote it first."""


def attempt(number: int = 0, *broken: str, **more: Any) -> dict[str, Any]:
    """Return the line of one attempt that breaks some rules."""
    verdicts: list[dict[str, Any]] = [
        {"rule": rule, "kind": "structural", "failed": True, "error_message": f"lacks {rule}"}
        for rule in broken
    ]
    return {
        "timestamp": f"2026-02-16T10:3{number}:00Z",
        "artifact_type": "view",
        "user_request": REQUEST,
        "generated_code": f"def user_view(): return {number}",
        "agent_model": "m-1",
        "file_path": "views/user.py",
        "validation_passed": not broken,
        "type_check_passed": True,
        "retry_count": number,
        "generation_time_ms": 450,
        "validation_time_ms": 0.5,
        "validation_errors": [*verdicts, {"rule": "has_name", "failed": False}],
        "conversation_context": [
            {"role": "user", "content": "We use components."},
            {"role": "assistant", "content": "Understood."},
        ],
        **more,
    }
