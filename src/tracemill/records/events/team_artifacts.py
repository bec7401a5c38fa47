"""The output of a program's model, and the verdict of the program's own rules on it.

The field names are those of the lines that such programs keep, so a record reads like the line that
it came from.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracemill.records.refs import Count, Record

Milliseconds = Annotated[float, msgspec.Meta(ge=0)]
"""A span of time in milliseconds."""
RuleKind = Literal["structural", "convention", "domain"]
"""What a rule looks at: the form of the code, a team's way of writing, what its domain asks for."""


class RuleVerdict(Record, frozen=True, kw_only=True):
    """What one rule says of an artifact."""

    rule: str | None = None
    """Name of the rule, for example `has_view_decorator`."""
    kind: RuleKind | None = None
    """What it looks at."""
    failed: bool = True
    """Whether the artifact breaks it."""
    error_message: str | None = None
    """What is wrong."""


class SaidBefore(Record, frozen=True, kw_only=True):
    """One message of the session in which an artifact was asked for."""

    role: str
    """Who speaks, for example `user`."""
    content: str
    """What is said."""


class ArtifactReport(Record, frozen=True, kw_only=True, tag_field="kind", tag="artifact"):
    """One attempt of a model at an artifact, and whether rules let it through."""

    artifact_type: str | None = None
    """What it is, for example `view`."""
    user_request: str | None = None
    """What was asked for."""
    generated_code: str | None = None
    """What the model wrote."""
    agent_model: str | None = None
    """The model."""
    file_path: str | None = None
    """Where it was put."""
    validation_passed: bool | None = None
    """Whether every rule let it through."""
    type_check_passed: bool | None = None
    """Whether a type checker did."""
    retry_count: Count | None = None
    """Attempts before this one."""
    generation_time_ms: Milliseconds | None = None
    """How long the model wrote."""
    validation_time_ms: Milliseconds | None = None
    """How long the rules took."""
    validation_errors: tuple[RuleVerdict, ...] = ()
    """What each rule says; not every program tells of those that hold."""
    said_before: tuple[SaidBefore, ...] = msgspec.field(default=(), name="conversation_context")
    """The last messages before the request, oldest first."""

    @property
    def is_accepted(self) -> bool | None:
        """Whether rules and type checker let it through; None where nobody says."""
        said = (self.validation_passed, self.type_check_passed)
        if False in said:
            return False
        return True if self.validation_passed else None

    @property
    def broken(self) -> tuple[RuleVerdict, ...]:
        """What the rules say that it breaks."""
        return tuple(verdict for verdict in self.validation_errors if verdict.failed)
