"""What a forge says of pull requests and issues, by number, and the clones that they are of.

The newest word of the forge about each counts. A number means something within one repository
only: which of the forge's names a clone goes by is known where the forge names one of its
commits, or where a session in it says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.link.authorship.stated import repository_of
from tracemill.link.commits.index import CommitIndex
from tracemill.records.events.event import Commit, Issue, PullRequest
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

Thing = PullRequest | Issue
Session = tuple[Trajectory, Activity]
_NAME: Final = re.compile(r"([\w.-]+/[\w.-]+?)(?:\.git)?/?\Z")


class ForgeIndex:
    """Finds pull requests and issues, and the commits that pull requests bring."""

    def __init__(
        self, pulls: Iterable[PullRequest], issues: Iterable[Issue], commits: CommitIndex
    ) -> None:
        self._commits = commits
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._by_id: dict[str, Issue] = {}
        self._numbered: dict[tuple[str, int], Thing] = {}
        things: list[Thing] = [*pulls, *issues]
        for thing in sorted(things, key=_order):
            if thing.repository is not None and thing.number is not None:
                self._numbered[thing.repository.lower(), thing.number] = thing
            elif isinstance(thing, Issue) and thing.native_id is not None:
                self._by_id[thing.native_id] = thing
        self.pulls = [t for t in self._numbered.values() if isinstance(t, PullRequest)]
        for pull in self.pulls:
            for commit in self.brought_by(pull):
                self._learn(commit.origin.uri, pull.repository)

    def learn(self, sessions: Iterable[Session]) -> None:
        """Learn by which names the clones go in which sessions ran."""
        for trajectory, activity in sessions:
            clone = repository_of(trajectory, self._commits)
            said = _NAME.search(trajectory.repository or "")
            if clone is not None:
                self._learn(clone, said[1] if said else None)
                for mention in activity.mentions:
                    self._learn(clone, mention.repository if mention.is_opened else None)

    def names_of(self, clone: str | None) -> frozenset[str]:
        """Return the forge's names of a clone, in small letters."""
        return frozenset(self._names.get(clone or "", ()))

    def brought_by(self, pull: PullRequest) -> Iterator[Commit]:
        """Yield the commits that the forge says a pull request brings, or was merged by."""
        merged = pull.merge_commit if pull.state == "merged" else None
        for sha in dict.fromkeys((*pull.commits, pull.head_commit, merged)):
            commit = self._commits.find(sha or "")
            if commit is not None:
                yield commit

    def numbered(self, names: Iterable[str], number: int) -> list[Thing]:
        """Return what has a number in the repositories of these names."""
        known = (self._numbered.get((name.lower(), number)) for name in sorted(names))
        return [thing for thing in known if thing is not None]

    def issue(self, native_id: str) -> Issue | None:
        """Return the issue of a tracker that does not count."""
        return self._by_id.get(native_id)

    def _learn(self, clone: str, name: str | None) -> None:
        if name is not None:
            self._names[clone].add(name.lower())


def _order(thing: Thing) -> tuple[float, str]:
    return thing.at.timestamp() if thing.at is not None else float("-inf"), thing.id
