"""On which branch a commit was made, by the merge that brought it in or the ref that points at it.

Git does not keep it. But a merge on the main line says in its message which branch it brings, and
what it brings is what its other parents reach and the main line did not reach before. What no
merge brought is on the branches that still reach it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tracemill.records.events.event import Commit
from tracemill.records.sessions.trajectory import Trajectory

MAIN_BRANCHES: Final = frozenset(
    {"main", "master", "trunk", "develop", "development", "dev", "HEAD"}
)
"""Names of branches on which all kinds of work meet."""
_MERGED: Final = re.compile(
    r"^Merge pull request #\d+ from [^/\s]+/(?P<pull>\S+)"
    r"|^Merge (?:remote-tracking )?branch '(?:origin/)?(?P<branch>[^']+)'"
)


class Brought(NamedTuple):
    """What a branch brought to the main line, or still holds."""

    branch: str
    commits: tuple[Commit, ...]
    """Oldest first."""
    merge: Commit | None
    """What brought them; None where nothing has."""


class Branches:
    """The branches on which the commits of repositories were made, where that can be told."""

    def __init__(self, commits: Iterable[Commit]) -> None:
        self._of: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.brought: list[Brought] = []
        """What each branch that has a name brought, or still holds."""
        by_repository: defaultdict[str, dict[str, Commit]] = defaultdict(dict)
        for commit in commits:
            by_repository[commit.origin.uri][commit.sha] = commit
        for known in by_repository.values():
            self._read(known)

    def of(self, commit: Commit) -> frozenset[str]:
        """Return the branches on which a commit may have been made; none where nobody knows."""
        return frozenset(self._of.get((commit.origin.uri, commit.sha), ()))

    def is_same(self, trajectory: Trajectory, commit: Commit) -> bool | None:
        """Tell whether a session began on the branch of a commit, unless it is the main one."""
        made_on = self.of(commit)
        if not made_on or trajectory.branch is None or trajectory.branch in MAIN_BRANCHES:
            return None
        return trajectory.branch in made_on

    def _read(self, known: dict[str, Commit]) -> None:
        tips = [(name, commit) for commit in known.values() for name in _names(commit)]
        mains = [commit.sha for name, commit in tips if name in {"main", "master"}]
        reached: set[str] = set()
        for commit in reversed(list(_first_parents(mains, known))):
            match = _MERGED.match(commit.subject)
            name = (match["pull"] or match["branch"]) if match else None
            shas = [sha for tip in commit.parents[1:] for sha in _unreached(tip, known, reached)]
            self._note(name, [known[sha] for sha in shas], commit)
            reached.add(commit.sha)
        for name, commit in sorted(tips, key=lambda tip: tip[0]):
            if mains:
                shas = list(_unreached(commit.sha, known, set(), reached))
                self._note(name, [known[sha] for sha in shas], None)

    def _note(self, name: str | None, commits: list[Commit], merge: Commit | None) -> None:
        if name is None or name in MAIN_BRANCHES or not commits:
            return
        for commit in commits:
            self._of[commit.origin.uri, commit.sha].add(name)
        ordered = sorted(commits, key=lambda commit: (commit.at is not None, commit.at, commit.sha))
        self.brought.append(Brought(name, tuple(ordered), merge))


def _names(commit: Commit) -> Iterator[str]:
    return (name.removeprefix("origin/") for name in commit.refs)


def _first_parents(tips: Iterable[str], known: dict[str, Commit]) -> Iterator[Commit]:
    """Yield the commits of the main line, newest first, each once."""
    seen: set[str] = set()
    for tip in sorted(tips):
        sha = tip
        while sha in known and sha not in seen:
            seen.add(sha)
            yield known[sha]
            sha = next(iter(known[sha].parents), "")


def _unreached(
    tip: str, known: dict[str, Commit], reached: set[str], others: set[str] | None = None
) -> Iterator[str]:
    """Yield what a commit reaches and was not reached before, and note it as reached."""
    waiting = [tip]
    while waiting:
        sha = waiting.pop()
        if sha in known and sha not in reached and sha not in (others or ()):
            reached.add(sha)
            yield sha
            waiting.extend(known[sha].parents)
