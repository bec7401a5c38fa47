"""Recording one event of a team's own process: what `emit` promises its callers.

It never raises, and costs the caller one small write. What it is given is judged when it is
read in, not here, so that nothing is lost to a rule that may change.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tracemill.capture.inbox import Inbox, NotKept, inbox_folder

if TYPE_CHECKING:
    from datetime import datetime

FORMAT_VERSION: Final = 1
KINDS: Final = (
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
)
"""What can be told: what the process of a team does and decides, a session's state, any note."""


def emit(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
    session: str | None = None,
    workspace: str | os.PathLike[str] | None = None,
) -> bool:
    """Keep one event until it is read in; return whether it was kept. Never raises.

    Args:
        kind: one of `KINDS`.
        payload: what is to be known of it, as JSON can say it; paths and moments become texts.
        at: when it happened; now, where not given.
        session: the agent's own id of the session in which it happened.
        workspace: the folder that holds everything; by default as for every command.
    """
    return keep(kind, payload, at=at, session=session, workspace=workspace) is None


def keep(
    kind: str,
    payload: Mapping[str, Any] | None = None,
    *,
    at: datetime | None = None,
    session: str | None = None,
    workspace: str | os.PathLike[str] | None = None,
) -> NotKept | None:
    """Keep one event; return why it was not kept, or None where it was."""
    inbox = Inbox(inbox_folder(workspace))
    try:
        event = {
            "tracemill": FORMAT_VERSION,
            "kind": kind,
            "at": now() if at is None else at.isoformat(),
            "session": session,
            "cwd": _folder(),
            "payload": {} if payload is None else dict(payload),
        }
        record = json.dumps(event, default=_plain).encode()
    except (TypeError, ValueError, AttributeError, RecursionError):
        return inbox.drop("not_json")
    return inbox.append(record)


def now() -> str:
    """Return the present moment as RFC 3339; `datetime` would take as long as all the rest."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{moment}.{nanoseconds // 1_000:06}Z"


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


def _plain(value: object) -> object:
    """Return what JSON can say of a path or a moment."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"cannot be said in JSON: {type(value).__name__}")
