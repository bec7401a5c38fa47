"""A failure and what became of it: what was tried, what changed, and when it worked at last."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Count, Record

FailureKind = Literal["test", "lint", "types", "build", "command", "edit", "tool"]
"""What failed: a check of one of four kinds, another command, an edit, or any other tool."""

FailureCause = Literal["code", "environment", "usage", "unknown"]
"""What a failure's own words point at: the work itself, the machine around it (a program, module
or permission that is missing), or the way in which the tool was called."""

Change = Literal["edit", "arguments", "edit_and_arguments", "none"]
"""What was different between the last failing attempt and the one that worked."""


IgnoredFailure = Literal[
    "answered", "looked_only", "several_commands", "polled", "nothing_named", "no_verdict",
    "same_step", "late_result", "beyond_limit", "taken_back",
]  # fmt: skip
"""Why a result that failed is no failure of the work: a program answered by its exit code, or only
looked; several commands ran, and nobody knows which one failed; it asked after a running program;
nothing says what was attempted; a check did not say what it found; another call of the same step
wanted the same; it came after other steps; there were more than are kept; or the command took back
what it had looked at, as one does who wants to see a test fail."""


class Recovery(Record, frozen=True, kw_only=True):
    """One thing that failed, from its first failure to the attempt that worked, if any."""

    kind: FailureKind
    """What failed."""
    cause: FailureCause = "unknown"
    """What the failure's own words point at."""
    action: str
    """What was attempted: program and verb, or tool and file; at most 120 characters."""
    symptom: str
    """The line of the output that says what is wrong; at most 240 characters."""
    attempts: tuple[int, ...]
    """Indexes of the steps in which it failed, in order."""
    edits: tuple[int, ...] = ()
    """Indexes of steps that changed files between the first failure and the end, at most 32."""
    resolved_step: Count | None = None
    """Index of the step in which it worked; None where it never did."""
    change: Change | None = None
    """What was different when it worked; None where it never did."""
    at: datetime | None = None
    """When it first failed."""
    seconds: float | None = None
    """From the first failure to the attempt that worked; None where a moment is unknown."""
