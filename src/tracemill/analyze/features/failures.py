"""A failure in a session, in the form in which a team would report it.

- Its type is `environment_error` where its own words point at the machine; else `test_failure` of a
  test, and `code_error` of a linter, a type checker, a build, or code. All else stays open.
- A retry is each attempt after the first, the one that worked among them.
- How it was resolved is by what had changed when it worked: nothing (`retry`), the machine
  (`environment_fix`), files (`code_fix`), what was asked for (`usage_fix`). Where it never worked
  it is `none`.
- Its pattern is what was attempted, so that the same failing elsewhere counts together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracemill.records.events.team_features import (
    ErrorDetails,
    FailureContext,
    FailureReport,
    FailureType,
    LearningValue,
)
from tracemill.records.events.team_features import Recovery as ToldRecovery
from tracemill.records.sessions.recoveries import Change, FailureCause, Recovery

_CHECKED: Final = frozenset({"lint", "types", "build"})
_CATEGORIES: Final[Mapping[FailureCause, str]] = {
    "environment": "environment_setup",
    "usage": "tool_usage",
    "code": "code",
}
_SAYS: Final[Mapping[Change, str]] = {
    "edit": "worked after an edit",
    "arguments": "worked when asked for in another way",
    "edit_and_arguments": "worked after an edit, asked for in another way",
    "none": "worked when tried again, with nothing changed",
}
_MINUTE: Final = 60


def failure_report(
    failed: Recovery, feature_id: str | None, context: FailureContext | None = None
) -> FailureReport:
    """Return what a session's failure is in a team's words."""
    category = _CATEGORIES.get(failed.cause)
    return FailureReport(
        feature_id=feature_id,
        failure_type=failure_type(failed),
        error_details=ErrorDetails(symptoms=failed.symptom or None),
        recovery=_recovery(failed),
        context=context,
        learning_value=LearningValue(pattern=pattern_of(failed), category=category),
    )


def failure_type(failed: Recovery) -> FailureType | None:
    """Return why something failed; None where neither its kind nor its words tell."""
    if failed.cause == "environment":
        return "environment_error"
    if failed.kind == "test":
        return "test_failure"
    return "code_error" if failed.kind in _CHECKED or failed.cause == "code" else None


def action_of(failed: Recovery) -> str:
    """Return what was attempted; of an edit not the file, since few are edited elsewhere."""
    return "edit" if failed.kind == "edit" else failed.action


def pattern_of(failed: Recovery) -> str:
    """Return what recurs in a failure: what failed, and what was attempted."""
    return "edit" if failed.kind == "edit" else f"{failed.kind}: {failed.action}"


def retries_of(failed: Recovery) -> int:
    """Return how often something was tried after it had failed first."""
    return len(failed.attempts) - (failed.resolved_step is None)


def _recovery(failed: Recovery) -> ToldRecovery:
    minutes = None if failed.seconds is None else round(failed.seconds / _MINUTE, 2)
    return ToldRecovery(
        retry_count=retries_of(failed),
        resolution=_SAYS[failed.change] if failed.change else None,
        resolution_time_minutes=minutes,
        resolution_type=_resolution_type(failed),
        steps_taken=tuple(_steps(failed)),
    )


def _resolution_type(failed: Recovery) -> str:
    if failed.resolved_step is None:
        return "none"
    if failed.change == "none":
        return "retry"
    if failed.cause == "environment":
        return "environment_fix"
    return "usage_fix" if failed.change == "arguments" else "code_fix"


def _steps(failed: Recovery) -> list[str]:
    """Return what was done about it, in order, each with the step of the session."""
    done = [(step, "it failed") for step in failed.attempts]
    done += [(step, "files were changed") for step in failed.edits]
    if failed.resolved_step is not None:
        done.append((failed.resolved_step, "it worked"))
    return [f"step {step}: {what}" for step, what in sorted(done)]
