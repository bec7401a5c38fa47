"""What a team's own programs reported as it happened: one event each."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args

import msgspec

from tracemill.records.events.base import EventBase

CapturedKind = Literal[
    "approval",
    "artifact",
    "completion",
    "context_metrics",
    "escalation",
    "failure",
    "feedback",
    "gate",
    "note",
    "performance",
    "security_scan",
    "session",
    "stage",
    "success",
    "survey",
    "test_run",
]
"""What was told. `session` is the state of a session as a hook of the agent saw it."""

CAPTURED_KINDS: Final[tuple[CapturedKind, ...]] = get_args(CapturedKind)


class Captured(EventBase, frozen=True, kw_only=True, tag="captured"):
    """One event that a program of the team reported. `at` is when it says that it happened."""

    name: CapturedKind
    """What was told."""
    session_id: str | None = None
    """The agent's own id of the session in which it happened, where the program knew it."""
    cwd: str | None = None
    """Folder in which the program ran."""
    payload: dict[str, Any] = msgspec.field(default_factory=dict)
    """What is known of it, as it was reported."""
