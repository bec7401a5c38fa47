"""Whether this machine is ready, and what would be lost soon. Read-only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.base.git import repositories as git
from tracemill.base.text import counted, sized
from tracemill.flows.held.lookup import read_status
from tracemill.flows.ingest.plan import count_stale
from tracemill.flows.machine.hooking import read_capture_status
from tracemill.flows.machine.retention import look_at_agents, retention_check, sessions_check
from tracemill.flows.results import AgentSessions, Check, DoctorResult
from tracemill.store.settings import NAME, read_settings
from tracemill.store.workspace import Workspace

_FREE_BYTES: Final = 2**30


def examine(workspace: Workspace, environment: Mapping[str, str]) -> DoctorResult:
    """Look at the machine and the workspace."""
    moment = now()
    agents = tuple(look_at_agents(workspace, Path.home(), environment, moment))
    return DoctorResult(
        agents=agents,
        checks=(
            *_agent_checks(agents, moment),
            _capture(workspace, environment),
            _git(),
            _scanner(),
            _workspace(workspace),
            _rules(workspace),
            _originals(workspace),
            _disk(workspace),
        ),
    )


def _agent_checks(agents: Sequence[AgentSessions], moment: datetime) -> Iterator[Check]:
    if not agents:
        yield Check(
            name="sessions",
            status="warn",
            detail="no agent sessions on this machine; `tracemill run FOLDER` reads yours, and "
            "where nothing was read yet, `tracemill run` uses the bundled example",
        )
    yield from (sessions_check(found, moment) for found in agents)
    yield from (retention_check(found) for found in agents)


def _capture(workspace: Workspace, environment: Mapping[str, str]) -> Check:
    """Say who tells us of sessions, what waits to be read, and whether anything was dropped."""
    try:
        found = read_capture_status(workspace, Path.home(), environment)
    except UsageError as error:
        return Check(name="capture", status="warn", detail=str(error))
    telling = [agent.agent for agent in found.agents if agent.events]
    broken = [agent.agent for agent in found.agents if agent.is_runnable is False]
    said = f"told by {', '.join(telling)}" if telling else "no agent tells of its sessions"
    detail = f"{said}; {sized(found.n_bytes)} of events wait"
    if found.dropped:
        drops = ", ".join(f"{reason} {n:,}" for reason, n in sorted(found.dropped.items()))
        detail += f"; events were dropped: {drops}"
    if broken:
        detail += f"; the hook of {', '.join(broken)} cannot run: `tracemill capture install` again"
    status = "warn" if found.dropped or broken else "ok"
    return Check(name="capture", status=status, detail=detail)


def _git() -> Check:
    found = shutil.which("git")
    if found is None:
        detail = "git is not installed: no history is read; install it with your system's packages"
        return Check(name="git", status="fail", detail=detail)
    return Check(name="git", status="ok", detail=found)


def _scanner() -> Check:
    from tracemill.redact import best_engine
    from tracemill.redact.regexes import IS_DIRECT

    if not IS_DIRECT:
        return Check(
            name="scanner",
            status="warn",
            detail="this release of google-re2 is asked by its slower methods, which find the same;"
            " 1.1.20251105 is asked itself",
        )
    if best_engine() != "hyperscan":
        return Check(
            name="scanner",
            status="warn",
            detail="no hyperscan 0.7.9 to 0.7.21 here: the slower RE2 engine finds the same",
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


def _rules(workspace: Workspace) -> Check:
    """Say whether what is kept was read and derived by the rules of this version."""
    if not workspace.exists:
        return Check(name="rules", status="ok", detail="nothing is kept yet")
    n_stale = count_stale(workspace)
    if not n_stale and not read_status(workspace).is_outdated:
        return Check(
            name="rules", status="ok", detail="all that is kept is by those of this version"
        )
    of = f"{counted(n_stale, 'input')} read" if n_stale else "links, labels and lists made"
    detail = (
        f"{of} by rules of another version, whose new fields show as unknown; `tracemill run` "
        "makes them anew"
    )
    return Check(name="rules", status="warn", detail=detail)


def _originals(workspace: Workspace) -> Check:
    """Say whether originals are kept unredacted, and how to keep none."""
    try:
        consent = read_settings(workspace).consent
    except UsageError as error:
        return Check(name="originals", status="fail", detail=str(error))
    place = workspace.root / NAME
    if consent.default != "full":
        detail = f"none is kept but where a rule in {place} says so"
        return Check(name="originals", status="ok", detail=detail)
    detail = (
        f"kept unredacted in {workspace.vault}, for better rules to reach them and for sessions "
        f'that agents delete; to keep none, write default = "redacted" under [consent] in {place}'
    )
    return Check(name="originals", status="ok", detail=detail)


def _disk(workspace: Workspace) -> Check:
    place = workspace.root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    status = "ok" if free >= _FREE_BYTES else "fail"
    return Check(name="disk", status=status, detail=f"{free / 1e9:,.1f} GB free")
