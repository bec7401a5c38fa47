"""What an agent runs at its events: keep what it says, and where its repository stands.

It prints nothing, since an agent may take that for instructions, and always succeeds, since
an agent may stop for a failure. It is run as a script, without the packages of its Python,
so that it is done within milliseconds: `python -I -S hook.py AGENT WORKSPACE`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tracemill.base.git import repositories as git
from tracemill.capture.collector import keep

_MAX_BYTES: Final = 2**20


def keep_event(said: bytes, agent: str, workspace: str) -> None:
    """Keep what an agent said at one of its events, as an event `session` of ours."""
    try:
        told: Any = json.loads(said)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        told = {"unread": f"expected a JSON object, found {len(said)} other bytes"}
    folder, session = told.get("cwd"), told.get("session_id")
    payload = {"agent": agent, "told": told, **_repository(folder)}
    keep(
        "session",
        payload,
        session=session if isinstance(session, str) else None,
        workspace=workspace,
    )


def _repository(folder: object) -> dict[str, str | None]:
    """Return where the repository stands in which the session runs."""
    found = git.find_repository(Path(folder)) if isinstance(folder, str) and folder else None
    if found is None:
        return {}
    branch, commit = git.checked_out(found)
    return {"repository": str(found), "branch": branch, "commit": commit}


def main(arguments: Sequence[str]) -> None:
    """Keep what stands on stdin."""
    agent, workspace = arguments
    keep_event(sys.stdin.buffer.read(_MAX_BYTES), agent, workspace)


if __name__ == "__main__":
    main(sys.argv[1:])
