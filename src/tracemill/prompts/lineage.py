"""Which commit comes before which: the order of versions, and which one was in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from tracemill.records.events.commits import Commit


class _Known(NamedTuple):
    parents: tuple[str, ...]
    subject: str


class Lineage:
    """The commits that are held, by their hashes, with their parents."""

    def __init__(self, commits: Iterable[Commit]) -> None:
        self._known: dict[str, _Known] = {
            commit.sha: _Known(commit.parents, commit.subject) for commit in commits
        }
        self._before: dict[str, frozenset[str]] = {}

    def subject(self, sha: str | None) -> str | None:
        """Return the first line of a commit's message; None where it is not held, or empty."""
        known = self._known.get(sha) if sha else None
        return (known.subject or None) if known else None

    def depth(self, sha: str | None) -> int:
        """Return how many commits lie before one at most; of one second, the deeper is later."""
        return self._depths.get(sha, 0) if sha else 0

    def holds(self, sha: str) -> bool:
        """Tell whether a commit is held."""
        return sha in self._known

    def up_to(self, sha: str) -> frozenset[str]:
        """Return a commit and all that lie before it."""
        found = self._before.get(sha)
        if found is None:
            found = self._before[sha] = self._walked(sha)
        return found

    def _walked(self, sha: str) -> frozenset[str]:
        seen = {sha}
        waiting = [sha]
        while waiting:
            known = self._known.get(waiting.pop())
            new = [parent for parent in (known.parents if known else ()) if parent not in seen]
            seen.update(new)
            waiting += new
        return frozenset(seen)

    @cached_property
    def _depths(self) -> Mapping[str, int]:
        depths: dict[str, int] = {}
        for start in self._known:
            waiting = [start]
            while waiting:
                sha = waiting[-1]
                parents = [p for p in self._parents(sha) if p in self._known]
                unknown = [parent for parent in parents if parent not in depths]
                if sha in depths or not unknown:
                    depths.setdefault(sha, 1 + max((depths[p] for p in parents), default=0))
                    waiting.pop()
                else:
                    waiting += unknown
        return depths

    def _parents(self, sha: str) -> tuple[str, ...]:
        return self._known[sha].parents
