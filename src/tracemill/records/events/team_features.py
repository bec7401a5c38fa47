"""What a team writes about single features: failures, successes, performance, context windows.

The field names are those of the files that teams keep, so a record reads like the line that it
came from. Shares are 0 to 1, however a file writes them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record

Minutes = Annotated[float, msgspec.Meta(ge=0)]
"""A span of time in minutes."""

FailureType = Literal[
    "test_failure",
    "environment_error",
    "dependency_error",
    "code_error",
    "requirement_unclear",
    "beyond_capability",
]
"""Why a feature could not be finished at once."""
Level = Literal["low", "medium", "high"]
"""How much of something there is."""


class ErrorDetails(Record, frozen=True, kw_only=True):
    """What went wrong."""

    symptoms: str | None = None
    """What was seen."""
    root_cause: str | None = None
    """What it came from."""
    stack_trace: str | None = None
    """Where it was raised."""
    affected_tests: tuple[str, ...] = ()
    """Names of the tests that failed."""


class Recovery(Record, frozen=True, kw_only=True):
    """How it was put right."""

    retry_count: Count | None = None
    """Tries after the first."""
    resolution: str | None = None
    """What was done."""
    resolution_time_minutes: Minutes | None = None
    """How long it took."""
    resolution_type: str | None = None
    """What kind of remedy it was, for example `environment_fix`."""
    steps_taken: tuple[str, ...] = ()
    """What was tried, in order."""


class FailureContext(Record, frozen=True, kw_only=True):
    """What the session was like when it failed."""

    previous_features: tuple[str, ...] = ()
    """Features that were done before."""
    model_version: str | None = None
    """The model."""
    session_length_minutes: Minutes | None = None
    """How long the session had run."""
    context_window_usage: Ratio | None = None
    """Share of the context window in use."""
    time_in_session: Ratio | None = None
    """How far the session had come."""
    dependencies_met: bool | None = None
    """Whether all that the feature needs was there."""


class LearningValue(Record, frozen=True, kw_only=True):
    """What can be learnt from a failure."""

    pattern: str | None = None
    """What recurs."""
    category: str | None = None
    """What it belongs to, for example `environment_setup`."""
    generalizable: bool | None = None
    """Whether it holds elsewhere too."""
    severity: Level | None = None
    """How bad it is."""
    frequency: Literal["occasional", "common", "very_common"] | None = None
    """How often it happens."""
    suggested_prevention: str | None = None
    """What would prevent it."""
    related_features: tuple[str, ...] = ()
    """Features that it touches."""
    prevention_implemented: bool | None = None
    """Whether the prevention is in place."""
    updated_template: str | None = None
    """Template that was changed for it."""


class FailureReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="failure"):
    """A feature that failed, and how it was put right."""

    feature_id: str | None = None
    """The feature."""
    failure_type: FailureType | None = None
    """Why it failed."""
    error_details: ErrorDetails | None = None
    """What went wrong."""
    recovery: Recovery | None = None
    """How it was put right."""
    context: FailureContext | None = None
    """What the session was like."""
    learning_value: LearningValue | None = None
    """What can be learnt from it."""


class Timing(Record, frozen=True, kw_only=True):
    """How long a feature took. The efficiency ratio is estimated over actual, and not kept."""

    estimated_minutes: Minutes | None = None
    """How long it was to take."""
    actual_minutes: Minutes | None = None
    """How long it took."""


class ToolUsage(Record, frozen=True, kw_only=True):
    """What was done with tools."""

    test_runs: Count | None = None
    """Runs of tests."""
    code_edits: Count | None = None
    """Edits of code."""
    git_commits: Count | None = None
    """Commits."""
    lines_added: Count | None = None
    """Lines added."""
    lines_removed: Count | None = None
    """Lines removed."""


class QualityMetrics(Record, frozen=True, kw_only=True):
    """How good the result is."""

    test_coverage: Ratio | None = None
    """Share of the code that tests run."""
    lint_errors: Count | None = None
    """Findings of linters."""
    type_errors: Count | None = None
    """Findings of type checkers."""
    documentation_complete: bool | None = None
    """Whether all is documented."""


class UsedPattern(Record, frozen=True, kw_only=True):
    """A way of working that was followed."""

    pattern: str
    """Its name, for example `test_first_development`."""
    effectiveness: Level | None = None
    """How much it helped."""


class SuccessReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="success"):
    """A feature that was finished, and what helped."""

    feature_id: str | None = None
    """The feature."""
    success_factors: tuple[str, ...] = ()
    """What helped."""
    timing: Timing | None = None
    """How long it took."""
    tool_usage: ToolUsage | None = None
    """What was done with tools."""
    quality_metrics: QualityMetrics | None = None
    """How good the result is."""
    patterns: tuple[UsedPattern, ...] = ()
    """Ways of working that were followed."""


class Reliability(Record, frozen=True, kw_only=True):
    """Whether a feature came out right."""

    completed: bool | None = None
    """Whether it was finished."""
    retry_count: Count | None = None
    """Tries after the first."""
    regression_introduced: bool | None = None
    """Whether something else broke."""


class Efficiency(Record, frozen=True, kw_only=True):
    """What a feature cost. The efficiency score is estimated over actual, and not kept."""

    time_minutes: Minutes | None = None
    """How long it took."""
    estimated_minutes: Minutes | None = None
    """How long it was to take."""
    context_tokens_used: Count | None = None
    """Tokens of context that were used."""


class PerformanceReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="performance"):
    """How one feature went, in numbers."""

    feature_id: str | None = None
    """The feature."""
    reliability: Reliability | None = None
    """Whether it came out right."""
    efficiency: Efficiency | None = None
    """What it cost."""
    quality: QualityMetrics | None = None
    """How good the result is."""


class ContextReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="context_metrics"):
    """How full a session's context window was. The layout of this report is ours."""

    feature_id: str | None = None
    """The feature that was worked on."""
    model: str | None = None
    """The model."""
    tokens_used: Count | None = None
    """Tokens in the window."""
    window_size: Count | None = None
    """Tokens that fit into it."""
    utilisation: Ratio | None = None
    """Share of the window in use."""
    peak: Ratio | None = None
    """Largest share so far."""
    peak_tokens: Count | None = None
    """Most tokens in the window so far."""
    compactions: Count | None = None
    """Times that the context was summarised."""
    tokens_by_kind: dict[str, int] = msgspec.field(default_factory=dict)
    """Tokens by what they are, for example `tool_results`."""
