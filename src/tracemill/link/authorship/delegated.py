"""Links from a session to the commits that its subagents made, where they kept no log of their own.

What was committed between a call of a subagent and its answer, in the repository of the session, by
somebody who commits there, and that no other session is known to have made, is likely to be the
subagent's. Where its answer names the hash, it is sure.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from tracemill.link.authorship.authors import Authors
from tracemill.link.authorship.stated import repository_of
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.changes import first_written
from tracemill.link.commits.index import CommitIndex
from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.records.events.event import Commit
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity, Delegation
from tracemill.records.sessions.trajectory import Trajectory

_NAMED: Final = 0.97
_MEANWHILE: Final = 0.85
_LONGEST: Final = timedelta(hours=12)
"""A subagent that ran longer than this says too little of when."""


class DelegatedLinks:
    """Finds what was committed while subagents were at work."""

    def __init__(self, index: CommitIndex, branches: Branches, authors: Authors) -> None:
        self._index = index
        self._branches = branches
        self._authors = authors
        by_repository: defaultdict[str, list[tuple[datetime, Commit]]] = defaultdict(list)
        for commit in index:
            at = first_written(commit)
            if at is not None and len(commit.parents) < 2:  # noqa: PLR2004 - a merge
                by_repository[commit.origin.uri].append((at, commit))
        self._commits = {
            uri: sorted(known, key=lambda each: (each[0], each[1].sha))
            for uri, known in by_repository.items()
        }
        self._moments = {
            uri: [at.timestamp() for at, _ in known] for uri, known in self._commits.items()
        }

    def of(
        self, trajectory: Trajectory, activity: Activity, taken: Collection[str]
    ) -> Iterator[Link]:
        """Yield the links of a session, none to commits in `taken`."""
        repository = repository_of(trajectory, self._index)
        if repository is None:
            return
        found: dict[str, tuple[float, Commit, int]] = {}
        for each in activity.delegations:
            for commit in self._meanwhile(repository, each):
                is_named = any(commit.sha.startswith(sha) for sha in each.shas)
                sureness = _NAMED if is_named else _MEANWHILE
                if not is_named and (commit.id in taken or self._is_elsewhere(trajectory, commit)):
                    continue
                known = found.get(commit.id)
                if known is None or known[0] < sureness:
                    found[commit.id] = (sureness, commit, each.step)
        for sureness, commit, step in found.values():
            source, shown = of_trajectory(trajectory.id), [of_trajectory(trajectory.id, step)]
            yield make_link(source, of_commit(commit), "subagent_commit", sureness, evidence=shown)

    def _meanwhile(self, repository: str, each: Delegation) -> Iterable[Commit]:
        if each.at is None or each.until is None or each.until - each.at > _LONGEST:
            return ()
        moments = self._moments.get(repository, [])
        first = bisect_left(moments, each.at.timestamp())
        last = bisect_right(moments, each.until.timestamp())
        return [commit for _, commit in self._commits.get(repository, [])[first:last]]

    def _is_elsewhere(self, trajectory: Trajectory, commit: Commit) -> bool:
        is_other = self._branches.is_same(trajectory, commit) is False
        return is_other or self._authors.is_stranger(trajectory, commit)
