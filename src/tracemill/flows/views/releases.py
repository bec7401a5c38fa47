"""Releases of the repositories that were read: what each brought. Read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tracemill.flows.held.lookup import only_one, require_kept
from tracemill.link.commits.releases import releases
from tracemill.records.events.event import Commit, DocumentVersion, Event
from tracemill.records.refs import Record
from tracemill.records.work.releases import Release
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_TOLD: Final = frozenset({"plan", "spec", "design", "decision", "report"})
"""Kinds of documents that a release names where its commits changed them."""


class ReleaseList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Every release."""

    releases: tuple[Release, ...]
    """The newest first."""


class ReleasedCommit(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One commit of a release, in short."""

    sha: str
    """Its hash."""
    subject: str
    """First line of its message."""


class ReleasedSession(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A session whose commits a release was the first to bring."""

    trajectory_id: str
    """The session's trajectory."""
    n_commits: int
    """How many of its commits the release brought; no more than 20 are counted."""
    confidence: float
    """How sure the surest link to one of them is."""


class ShownRelease(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A release with its commits."""

    release: Release
    """The release."""
    commits: tuple[ReleasedCommit, ...]
    """Its commits, the newest first."""
    sessions: tuple[ReleasedSession, ...]
    """The sessions that made them, the surest first."""


def read_releases(workspace: Workspace) -> ReleaseList:
    """Return the releases of every repository that was read."""
    return ReleaseList(releases=tuple(_read(workspace)[0]))


def show_release(workspace: Workspace, name: str) -> ShownRelease:
    """Return one release with its commits.

    Raises:
        NotFoundError: none or several answer to `name`.
    """
    held, commits = _read(workspace)
    found = [each for each in held if name in each.tags or each.id.startswith(name)]
    release = only_one(
        found, name, "release", "release list", lambda each: f"{each.id} ({each.repository})"
    )
    return ShownRelease(
        release=release,
        commits=tuple(
            ReleasedCommit(sha=sha, subject=commits[sha].subject if sha in commits else "")
            for sha in reversed(release.commits)
        ),
        sessions=tuple(_sessions(workspace, commits[release.commit].id)),
    )


def _sessions(workspace: Workspace, event_id: str) -> list[ReleasedSession]:
    found = [
        ReleasedSession(
            trajectory_id=link.source.id, n_commits=len(link.evidence), confidence=link.confidence
        )
        for link in Lake(workspace.lake).records(TABLES["links"])
        if link.method == "tag_range" and link.target.id == event_id
    ]
    return sorted(found, key=lambda each: (-each.confidence, each.trajectory_id))


def _read(workspace: Workspace) -> tuple[list[Release], dict[str, Commit]]:
    """Return the releases, the newest first, and all commits by their hash."""
    require_kept(workspace)
    commits: list[Commit] = []
    documents: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    events: Iterator[Event] = Lake(workspace.lake).records(
        TABLES["events"], where=is_unknown("trajectory_id")
    )
    for event in events:
        if isinstance(event, Commit):
            commits.append(event)
        elif isinstance(event, DocumentVersion) and event.document in _TOLD and event.commit:
            documents[event.origin.uri.partition("#")[0], event.commit].append(event.path)
    found = list(releases(commits, documents))
    found.sort(key=lambda each: each.at.isoformat() if each.at else "", reverse=True)
    return found, {commit.sha: commit for commit in commits}
