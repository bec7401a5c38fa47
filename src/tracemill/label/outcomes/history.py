"""What became of commits: whose work they are, whether they were undone, how long they stood.

A commit is undone by a commit that says that it reverts it, or that changes back what it changed,
and that was not itself undone. It is known to have survived only where the repository's history
goes on for a week after it: a commit that was made yesterday has not survived anything yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tracemill.records.events.event import Commit, LineFate
from tracemill.records.links import SURE_ENOUGH, WORK, Link

CERTAIN: Final = 0.99
"""The confidence that no link is above."""

_UNDOING: Final = frozenset({"reverts", "undoes"})
WEEK: Final = timedelta(days=7)
_MAX_DEPTH: Final = 32


class Undoing(NamedTuple):
    """The commit that undid another."""

    commit: Commit
    after: timedelta | None
    """How long the other had stood; None where a moment is unknown."""
    sureness: float
    """How sure it is, against the surest that there can be."""
    is_said: bool
    """Whether its message says so, and not only its changes."""


class History:
    """All known commits by their event id, who made them, and what they did to each other."""

    def __init__(
        self, commits: Iterable[Commit], links: Iterable[Link], fates: Iterable[LineFate] = ()
    ) -> None:
        self.commits = {commit.id: commit for commit in commits}
        self._by_sha = {(c.origin.uri, c.sha): c for c in self.commits.values()}
        self._fates = {(fate.origin.uri, fate.commit): fate for fate in fates}
        self._links: defaultdict[str, list[Link]] = defaultdict(list)
        self._makers: defaultdict[str, list[str]] = defaultdict(list)
        self._reverters: defaultdict[str, dict[str, Link]] = defaultdict(dict)
        self._latest: dict[str, datetime] = {}
        for link in links:
            if link.method in _UNDOING and link.source.id in self.commits:
                self._reverters[link.target.id][link.source.id] = link
            elif link.source.kind == "trajectory" and link.target.kind == "event":
                self._links[link.source.id].append(link)
                if link.method in WORK and link.confidence >= SURE_ENOUGH:
                    self._makers[link.target.id].append(link.source.id)
        for commit in self.commits.values():
            known = self._latest.get(commit.origin.uri)
            if commit.at is not None and (known is None or commit.at > known):
                self._latest[commit.origin.uri] = commit.at
        self._released = _released(self.commits.values())

    def links_from(self, trajectory_id: str) -> Sequence[Link]:
        """Return the links from a trajectory to commits."""
        return self._links.get(trajectory_id, ())

    def knows_repository(self, folder: str | None) -> bool:
        """Tell whether a folder lies in a repository of which any commit is known."""
        inner = folder.rstrip("/") if folder else ""
        while inner:
            if inner in self._latest:
                return True
            inner = inner.rpartition("/")[0]
        return False

    def undoing(self, commit_id: str) -> Undoing | None:
        """Return the earliest commit that undid another and still stands, or None."""
        found = sorted(
            (self.commits[other] for other in self._standing_reverters(commit_id, 0)),
            key=lambda commit: (commit.at is None, commit.at, commit.sha),
        )
        if not found:
            return None
        undone = self.commits.get(commit_id)
        first, since = found[0].at, undone.at if undone else None
        link = self._reverters[commit_id][found[0].id]
        return Undoing(
            commit=found[0],
            after=first - since if first and since else None,
            sureness=min(link.confidence / CERTAIN, 1.0),
            is_said=link.method == "reverts",
        )

    def makers(self, commit_id: str) -> Sequence[str]:
        """Return the trajectories of which a commit is the work."""
        return self._makers.get(commit_id, ())

    def find(self, repository: str, sha: str) -> Commit | None:
        """Return the commit of a repository that has a hash, or None."""
        return self._by_sha.get((repository, sha))

    def fate(self, commit: Commit) -> LineFate | None:
        """Return what became of the lines of a commit, or None where that is not known."""
        return self._fates.get((commit.origin.uri, commit.sha))

    def reaches(self, commit: Commit, moment: datetime) -> bool:
        """Tell whether the history of the repository of a commit goes on to a moment."""
        latest = self._latest.get(commit.origin.uri)
        return latest is not None and latest >= moment

    def is_released(self, commit_id: str) -> bool:
        """Tell whether a commit is in a version that a tag names."""
        return commit_id in self._released

    def has_survived(self, commit_id: str) -> bool:
        """Tell whether a commit is known to have stood for a week."""
        commit = self.commits.get(commit_id)
        if commit is None or commit.at is None or self.undoing(commit_id) is not None:
            return False
        return self.reaches(commit, commit.at + WEEK)

    def _standing_reverters(self, commit_id: str, depth: int) -> list[str]:
        if depth > _MAX_DEPTH:
            return []
        return [
            other
            for other in self._reverters.get(commit_id, ())
            if not self._standing_reverters(other, depth + 1)
        ]


def _released(commits: Iterable[Commit]) -> set[str]:
    """Return the ids of the commits that tags, or the parents of what they name, reach."""
    by_sha = {(commit.origin.uri, commit.sha): commit for commit in commits}
    waiting = [commit for commit in by_sha.values() if commit.tags]
    reached = {commit.id for commit in waiting}
    while waiting:
        commit = waiting.pop()
        for parent in commit.parents:
            known = by_sha.get((commit.origin.uri, parent))
            if known is not None and known.id not in reached:
                reached.add(known.id)
                waiting.append(known)
    return reached
