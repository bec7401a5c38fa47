"""A feature from its spec to its merge, and what came of its branch, as teams write it down.

The field names are those of the lines that teams keep, so a record reads like the line that it came
from; what is written of what we hold has the same shape.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Ratio, Record
from tracemill.records.sessions.activity import CheckKind

Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d.*)?$")]
"""A day or a moment as the line says it; one without an offset names no moment of ours."""
BranchStatus = Literal["merged", "closed", "open"]
"""What became of a branch; `closed` is closed without a merge."""
MergeSignal = Literal["strong_positive", "negative", "neutral"]
"""What a merge, a refusal, and neither say of the work."""
ValidationSignal = Literal["positive", "mixed"]
"""Whether all that was known to check it let it through, or it was merged despite something."""
RollbackSignal = Literal["strong_positive", "negative", "strong_negative", "pending"]
"""Whether it stood for a week, was taken back within one, or within a day; `pending` where the
history does not go on for a week."""


ExampleLabel = Literal["positive", "negative", "unknown"]
"""Whether a branch is an example to follow."""


class BranchSpec(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What was to be built."""

    title: str | None = None
    """What the document calls it."""
    file: str | None = None
    """The document, within the repository."""
    requirements: tuple[str, ...] = ()
    """What is asked for, item by item."""
    acceptance_criteria: tuple[str, ...] = ()
    """When it is done, item by item."""


class BranchFacts(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What git says of a branch."""

    name: str | None = None
    """Its name."""
    created: Moment | None = None
    """When its first commit was written."""
    merged: Moment | None = None
    """When it was merged."""
    commits: Count | None = None
    """Commits that it brought."""
    files_changed: Count | None = None
    """Files that it changed."""


class BranchSession(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One session that worked on it."""

    session_id: str | None = None
    """The agent's own id of the session."""
    start: Moment | None = None
    """When it began."""
    turns: Count | None = None
    """What a person typed."""
    tool_calls: Count | None = None
    """Calls."""
    outcome: str | None = None
    """What became of it, in a word of ours or of the team's."""


class ValidationCheckpoint(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What checks said at one moment; what they were not asked is unknown."""

    timestamp: Moment | None = None
    """When."""
    ruff_violations: Count | None = None
    """Findings of a linter, whichever it was."""
    typecheck_errors: Count | None = None
    """Findings of a type checker."""
    pytest_passed: Count | None = None
    """Tests that passed, whatever ran them."""
    pytest_failed: Count | None = None
    """Tests that did not."""
    verdicts: dict[CheckKind, bool] = msgspec.field(default_factory=dict)
    """Whether each kind of check passed, where that alone is known."""


class BranchResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What became of a feature."""

    status: BranchStatus | None = None
    """What became of its branch."""
    all_requirements_met: bool | None = None
    """Whether the document ticks every requirement."""
    all_acceptance_criteria_met: bool | None = None
    """Whether it ticks every criterion."""
    final_validation_passed: bool | None = None
    """Whether the last word of every kind of check was a yes."""
    rollback_within_7d: bool | None = None
    """Whether a commit was taken back within a week; None where that is open."""


class BranchSignals(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What the facts say of the work."""

    merge: MergeSignal | None = None
    """Whether it was merged."""
    validation: ValidationSignal | None = None
    """What checks said at last."""
    rollback: RollbackSignal | None = None
    """Whether it was taken back."""
    failed_then_passed: bool | None = None
    """Whether a kind of check failed early and passed at last."""
    corrected_then_achieved: bool | None = None
    """Whether a person corrected a session whose work was achieved; None where an outcome that
    would tell is unknown."""
    required_and_tested: bool | None = None
    """Whether requirements are told, files were changed, and tests passed at last."""


class ExpectedCall(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A tool or command that a requirement leads to."""

    name: str
    """The tool, or the command that a shell runs."""
    n_like: Count
    """Branches with a requirement like it that called it."""
    n_others: Count = 0
    """Other branches that did."""


class ExpectedCalls(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a requirement leads to, by the branches that were merged and stood."""

    text: str
    """The requirement."""
    calls: tuple[ExpectedCall, ...] = ()
    """What at least half of those with a requirement like it called, what tells most first."""
    of_like: Count = 0
    """Branches with a requirement like it; of one alone its calls are a case and no rule."""
    of_others: Count = 0
    """Other branches."""


class ExpectedCheck(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a criterion wants to be checked."""

    text: str
    """The criterion."""
    checks: tuple[CheckKind, ...] = ()
    """Kinds of checks that its words name."""
    passed: bool | None = None
    """Whether their last word was a yes; None where one is not known to have run, or none is
    named."""


class ExpectedWork(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a spec lets one expect, to learn from."""

    requirements: tuple[ExpectedCalls, ...] = ()
    """Which calls each requirement leads to."""
    criteria: tuple[ExpectedCheck, ...] = ()
    """Which check each criterion means."""
    label: ExampleLabel = "unknown"
    """`positive` where it was merged and stood for a week, `negative` where it was closed or taken
    back within one."""


class BranchEpisode(
    Record, frozen=True, kw_only=True, tag_field="kind", tag="branch_episode", omit_defaults=False
):
    """A feature from its spec to its merge."""

    episode_id: str | None = None
    """What it is called."""
    spec: BranchSpec | None = None
    """What was to be built; None where no document is known."""
    branch: BranchFacts | None = None
    """The branch."""
    sessions: tuple[BranchSession, ...] = msgspec.field(default=(), name="conversations")
    """The sessions that worked on it, in the order of their start."""
    validation_checkpoints: tuple[ValidationCheckpoint, ...] = ()
    """What checks said, in the order of their moments."""
    outcome: BranchResult | None = None
    """What became of it."""
    signals: BranchSignals | None = None
    """What that says of the work."""
    expected: ExpectedWork | None = None
    """What its spec lets one expect; None where no document is known."""
    quality: Ratio | None = msgspec.field(default=None, name="quality_score")
    """How good it is, 0 to 1."""


class MergeResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What became of a branch, in short."""

    merged: bool | None = None
    """Whether it was merged; None while it is open."""
    ruff_violations_at_merge: Count | None = None
    """Findings of a linter, at the last checkpoint that tells."""
    pytest_pass_rate: Ratio | None = None
    """Share of the tests that passed, there."""
    typecheck_errors: Count | None = None
    """Findings of a type checker, there."""
    rollback_within_7d: bool | None = None
    """Whether a commit was taken back within a week; None where that is open."""


class BranchOutcome(
    Record, frozen=True, kw_only=True, tag_field="kind", tag="branch_outcome", omit_defaults=False
):
    """What came of a branch, in one line."""

    branch: str | None = None
    """Its name."""
    interactions: Count | None = None
    """What people typed in its sessions."""
    tool_calls: Count | None = None
    """Calls in its sessions."""
    outcome: MergeResult | None = None
    """What became of it."""
    quality: Ratio | None = msgspec.field(default=None, name="quality_score")
    """How good it is, 0 to 1."""
