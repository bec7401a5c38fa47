"""Whether this machine is ready, and what would be lost soon. Changes nothing."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tracemill.base import git
from tracemill.base.text import counted
from tracemill.flows.ingest.discovery import default_places
from tracemill.flows.results import Check, DoctorResult
from tracemill.store.workspace import Workspace

_DAY_S: Final = 86_400
_CLAUDE_KEEPS_DAYS: Final = 30
"""How long Claude Code keeps sessions where `cleanupPeriodDays` is not set."""
_WARN_DAYS: Final = 7
_FREE_BYTES: Final = 2**30


def examine(workspace: Workspace, environment: Mapping[str, str]) -> DoctorResult:
    """Look at the machine and the workspace."""
    return DoctorResult(
        checks=(
            *_sessions(environment),
            _retention(environment),
            _git(),
            _scanner(),
            _workspace(workspace),
            _disk(workspace),
        )
    )


def _sessions(environment: Mapping[str, str]) -> Iterator[Check]:
    places = default_places(Path.home(), dict(environment))
    if not places:
        yield Check(
            name="sessions",
            status="warn",
            detail="no agent sessions on this machine; `tracemill run` uses the bundled example, "
            "`tracemill run FOLDER` reads yours",
        )
    for place in places:
        files = [path.stat() for path in place.rglob("*.jsonl")]
        newest = max((file.st_mtime for file in files), default=0.0)
        size = sum(file.st_size for file in files)
        age = f", newest {_age(newest)} ago" if files else ""
        yield Check(
            name="sessions",
            status="ok",
            detail=f"{place}: {counted(len(files), 'file')}, {size / 1e6:,.1f} MB{age}",
        )


def _age(moment: float) -> str:
    seconds = max(0.0, time.time() - moment)
    if seconds < 2 * 3_600:
        return counted(int(seconds / 60), "minute")
    if seconds < 2 * _DAY_S:
        return counted(int(seconds / 3_600), "hour")
    return counted(int(seconds / _DAY_S), "day")


def _retention(environment: Mapping[str, str]) -> Check:
    """Claude Code deletes old sessions; say which go soon, and the exact edit that keeps them."""
    home = Path(environment.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude")
    settings = home / "settings.json"
    try:
        days = json.loads(settings.read_bytes()).get("cleanupPeriodDays")
    except (OSError, ValueError, AttributeError):
        days = None
    is_set = isinstance(days, int)
    keeps = days if is_set else _CLAUDE_KEEPS_DAYS
    soon = time.time() - (keeps - _WARN_DAYS) * _DAY_S
    going = sum(path.stat().st_mtime < soon for path in (home / "projects").rglob("*.jsonl"))
    detail = f"Claude Code deletes sessions after {keeps} days"
    if not going:
        return Check(name="retention", status="ok", detail=f"{detail}; none goes within a week")
    return Check(
        name="retention",
        status="warn",
        detail=f"{detail}: {counted(going, 'session')} go within a week; archive them now with "
        f'`tracemill sync`, and keep the originals with "cleanupPeriodDays": 3650 in {settings}',
    )


def _git() -> Check:
    found = shutil.which("git")
    if found is None:
        return Check(name="git", status="fail", detail="git is not installed: no history is read")
    return Check(name="git", status="ok", detail=found)


def _scanner() -> Check:
    if find_spec("hyperscan") is None:
        return Check(
            name="scanner",
            status="warn",
            detail="hyperscan has no wheel here: the slower RE2 engine finds the same",
        )
    return Check(name="scanner", status="ok", detail="hyperscan")


def _workspace(workspace: Workspace) -> Check:
    if not workspace.exists:
        return Check(name="workspace", status="ok", detail=f"{workspace.root}: will be made")
    if workspace.root.stat().st_mode & 0o077:
        return Check(
            name="workspace",
            status="fail",
            detail=f"other users can look into {workspace.root}; run: chmod 700 {workspace.root}",
        )
    if (repository := git.find_repository(workspace.root)) is not None:
        return Check(
            name="workspace",
            status="fail",
            detail=f"{workspace.root} lies in the repository {repository}: unredacted sessions "
            "could be committed; name another folder with --workspace",
        )
    return Check(name="workspace", status="ok", detail=f"{workspace.root}: closed to other users")


def _disk(workspace: Workspace) -> Check:
    place = workspace.root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    status = "ok" if free >= _FREE_BYTES else "fail"
    return Check(name="disk", status=status, detail=f"{free / 1e9:,.1f} GB free")
