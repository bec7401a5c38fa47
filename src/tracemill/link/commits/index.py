"""Commits of all repositories, found by hash, time, pull request, subject or session.

Built once from every commit event. Where a hash stands in several clones, the clone that a
session worked in is preferred, and after that the order of addresses decides, never chance.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tracemill.base.clock import moment_key
from tracemill.records.events.event import Checkpoint, Commit

MIN_PREFIX: Final = 7
"""Characters of an abbreviated hash below which it proves nothing."""

_SESSION_KEYS: Final = frozenset(
    {"claude-session", "claude-session-id", "codex-session", "codex-session-id", "session-id"}
    | {"agent-session", "agent-session-id", "ai-session-id", "entire-session"}
)
_CHECKPOINT_KEY: Final = "entire-checkpoint"
_CUT_OFF: Final = re.compile(r"(?:\.{3}|\u2026)$")
_MIN_OPENING: Final = 10
"""Characters of a subject below which anybody may have said it."""
_MIN_CUT: Final = 40
"""Characters from which a subject may be the beginning of a longer text."""
_PULL_AT_END: Final = re.compile(r"\(#(\d{1,9})\)\s*$")
_PULL_MERGE: Final = re.compile(r"^Merge pull request #(\d{1,9})\b")
_REVERT_SUBJECT: Final = re.compile(r'^Revert "(.+)"$')


class CommitIndex:
    """Finds commits."""

    def __init__(self, commits: Iterable[Commit], checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._saved: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for checkpoint in checkpoints:
            self._saved[checkpoint.checkpoint_id][checkpoint.session_id] = None
        self._commits = sorted(commits, key=lambda c: (c.sha, c.origin.uri, c.id))
        self._shas = [commit.sha for commit in self._commits]
        self._by_repository: defaultdict[str, list[Commit]] = defaultdict(list)
        self._by_session: defaultdict[str, list[Commit]] = defaultdict(list)
        self._by_saved_session: defaultdict[str, list[Commit]] = defaultdict(list)
        self._by_pull: defaultdict[tuple[str, int], list[Commit]] = defaultdict(list)
        self._by_subject: defaultdict[tuple[str, str], list[Commit]] = defaultdict(list)
        self._by_opening: defaultdict[tuple[str, str], list[tuple[str, Commit]]] = defaultdict(list)
        for commit in self._commits:
            self._add(commit)
        for known in self._by_repository.values():
            known.sort(key=_moment)
        self._moments = {
            uri: [_moment(commit) for commit in known] for uri, known in self._by_repository.items()
        }

    def __iter__(self) -> Iterator[Commit]:
        """Yield all commits, by hash."""
        return iter(self._commits)

    def find(self, prefix: str, repository: str | None = None) -> Commit | None:
        """Return the one commit whose hash begins with `prefix`, or None.

        Copies of it in several clones are one commit; two hashes that share the prefix are none.
        """
        if len(prefix) < MIN_PREFIX:
            return None
        start = bisect_left(self._shas, prefix)
        found = list(self._starting(start, prefix))
        here = [commit for commit in found if commit.origin.uri == repository]
        shas = {commit.sha for commit in here or found}
        return (here or found)[0] if len(shas) == 1 else None

    def repository_of(self, folder: str | None) -> str | None:
        """Return the innermost known repository that a folder lies in."""
        inner = folder.rstrip("/") if folder else ""
        while inner:
            if inner in self._by_repository:
                return inner
            inner = inner.rpartition("/")[0]
        return None

    def between(self, repository: str, first: datetime, last: datetime) -> list[Commit]:
        """Return the commits of a repository made from `first` to `last`, by time."""
        moments = self._moments.get(repository, [])
        known = self._by_repository.get(repository, [])
        start, end = first.timestamp(), last.timestamp()
        return known[bisect_left(moments, start) : bisect_right(moments, end)]

    def of_session(self, session_id: str) -> list[Commit]:
        """Return the commits of which a trailer names the session itself."""
        return self._by_session.get(session_id, [])

    def of_checkpoint(self, session_id: str) -> list[Commit]:
        """Return the commits of which a trailer names a checkpoint that saved the session."""
        return self._by_saved_session.get(session_id, [])

    def of_pull_request(self, repository: str, number: int) -> list[Commit]:
        """Return the commits of a repository that say they came by the pull request."""
        return self._by_pull.get((repository, number), [])

    def with_subject(self, repository: str, subject: str) -> list[Commit]:
        """Return the commits of a repository that have a subject."""
        return self._by_subject.get((repository, subject), [])

    def saying(self, repository: str, opening: str) -> list[Commit]:
        """Return the commits whose subject is how a text begins, or all of it, whatever its case.

        `opening` is the beginning of the text on one line; a short subject has to be all of it.
        """
        said = opening.casefold()
        return [
            commit
            for subject, commit in self._by_opening.get((repository, said[:_MIN_OPENING]), ())
            if said == subject or (len(subject) >= _MIN_CUT and said.startswith(subject))
        ]

    def undone_by(self, commit: Commit) -> Iterator[tuple[Commit, float]]:
        """Yield the commits that `commit` says it reverts, each with how sure that is."""
        uri = commit.origin.uri
        named = [found for sha in commit.reverts if (found := self.find(sha, uri)) is not None]
        for target in named:
            if target.id != commit.id:
                yield target, 0.99
        match = _REVERT_SUBJECT.match(commit.subject)
        if named or match is None:
            return
        same = [c for c in self._by_subject[uri, match[1]] if _moment(c) <= _moment(commit)]
        if same:
            yield max(same, key=lambda c: (_moment(c), c.sha)), 0.8

    def _starting(self, start: int, prefix: str) -> Iterator[Commit]:
        for at in range(start, len(self._shas)):
            if not self._shas[at].startswith(prefix):
                return
            yield self._commits[at]

    def _add(self, commit: Commit) -> None:
        uri = commit.origin.uri
        self._by_repository[uri].append(commit)
        self._by_subject[uri, commit.subject].append(commit)
        subject = " ".join(_CUT_OFF.sub("", commit.subject).casefold().split())
        if len(subject) >= _MIN_OPENING:
            self._by_opening[uri, subject[:_MIN_OPENING]].append((subject, commit))
        for session_id in dict.fromkeys(_named(commit)):
            self._by_session[session_id].append(commit)
        for session_id in dict.fromkeys(self._saved_by(commit)):
            self._by_saved_session[session_id].append(commit)
        for pattern in (_PULL_AT_END, _PULL_MERGE):
            if match := pattern.search(commit.subject):
                self._by_pull[uri, int(match[1])].append(commit)

    def _saved_by(self, commit: Commit) -> Iterator[str]:
        for key, value in commit.trailers:
            if key.lower() == _CHECKPOINT_KEY:
                yield from self._saved.get(value, ())


def _named(commit: Commit) -> Iterator[str]:
    """Yield the ids of the sessions that the trailers of a commit name."""
    for key, value in commit.trailers:
        if key.lower() in _SESSION_KEYS:
            yield value.rstrip("/").rpartition("/")[2]


def _moment(commit: Commit) -> float:
    return moment_key(commit.at)
