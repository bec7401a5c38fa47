"""What each agent on this machine keeps, and how long it will. Read-only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tracemill.base.text import counted, sized
from tracemill.capture.agents import AGENTS, Agent
from tracemill.flows.ingest import Ingest
from tracemill.flows.ingest.discovery import Candidate, discover
from tracemill.flows.results import AgentSessions, Check
from tracemill.store.workspace import Workspace

_WARN_DAYS: Final = 7


def look_at_agents(
    workspace: Workspace, home: Path, environment: Mapping[str, str], now: datetime
) -> Iterator[AgentSessions]:
    """Yield what each agent with sessions on this machine keeps."""
    for agent in AGENTS:
        if places := agent.places(home, environment):
            yield _look_at(agent, places, workspace, agent.home(home, environment), now)


def _look_at(
    agent: Agent, places: list[Path], workspace: Workspace, folder: Path, now: datetime
) -> AgentSessions:
    found = [one for one in discover(places) if isinstance(one, Candidate) and one.n_bytes]
    moments = sorted(map(_written, found))
    days = agent.retention.days_kept(folder) if agent.retention else None
    soon = now - timedelta(days=days - _WARN_DAYS) if days is not None else None
    with Ingest(workspace) as ingest:
        waiting = ingest.count_waiting(found)
    return AgentSessions(
        agent=agent.name,
        places=tuple(map(str, places)),
        n_files=len(found),
        n_bytes=sum(one.n_bytes for one in found),
        newest=moments[-1] if moments else None,
        oldest=moments[0] if moments else None,
        kept_days=days,
        days_left=_days_left(moments[0], days, now) if moments and days is not None else None,
        n_going=sum(moment < soon for moment in moments) if soon else 0,
        n_waiting=waiting,
        advice=agent.retention.advice(folder) if agent.retention else None,
    )


def _written(found: Candidate) -> datetime:
    """Return when an input was last written to; one that has gone since counts as oldest."""
    try:
        return datetime.fromtimestamp(os.stat(found.path).st_mtime, UTC)  # noqa: PTH116 - many files
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _days_left(oldest: datetime, kept_days: float, now: datetime) -> int:
    left = oldest + timedelta(days=kept_days) - now
    return max(0, left.days)


def sessions_check(found: AgentSessions, now: datetime) -> Check:
    """Say what an agent keeps, and how much of it is not archived yet."""
    age = f", newest {_age(now - found.newest)} ago" if found.newest else ""
    size = f"{counted(found.n_files, 'file')}, {sized(found.n_bytes)}{age}"
    waiting = f"; {found.n_waiting:,} not looked at yet" if found.n_waiting else ""
    detail = f"{found.agent}: {size} in {' and '.join(found.places)}{waiting}"
    return Check(name="sessions", status="ok", detail=detail)


def retention_check(found: AgentSessions) -> Check:
    """Say when an agent's sessions go, and what keeps them."""
    if found.kept_days is None:
        detail = f"{found.agent} keeps sessions until you delete them"
        return Check(name="retention", status="ok", detail=detail)
    rule = f"{found.agent} deletes sessions {found.kept_days:g} days after their last change"
    if found.days_left is None:
        return Check(name="retention", status="ok", detail=f"{rule}; there are none")
    left = f"the oldest has {counted(found.days_left, 'day')} left"
    if not found.n_going:
        return Check(name="retention", status="ok", detail=f"{rule}; {left}")
    going = f"{found.n_going:,} {'goes' if found.n_going == 1 else 'go'} within a week"
    archived = "archive them now with `tracemill sync`" if found.n_waiting else "all are archived"
    return Check(
        name="retention",
        status="warn" if found.n_waiting else "ok",
        detail=f"{rule}; {left}, {going}: {archived}; to keep the originals, {found.advice}",
    )


def _age(span: timedelta) -> str:
    if span < timedelta(hours=2):
        return counted(max(0, int(span.total_seconds() / 60)), "minute")
    if span < timedelta(days=2):
        return counted(int(span.total_seconds() / 3_600), "hour")
    return counted(span.days, "day")
