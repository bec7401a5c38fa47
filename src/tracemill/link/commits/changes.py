"""What commits changed: found by the path, and with what stood there before.

The content that a commit found in a file was written by an earlier commit, whose moment is known
by the hash of that content. An edit of the file that a commit holds was made after that moment,
else the earlier commit holds it. This survives a rebase and a squash, and asks for no walk
through the history.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tracemill.base.clock import moment_key
from tracemill.base.line_sketch import MAX_OF_COMMIT, Sketch
from tracemill.records.events.event import Commit, FileChange, LinesAdded

_MAX_FILES: Final = 300
"""A commit of more files, such as one that brings a library in, tells of no session."""


class ChangeIndex:
    """Finds commits by what they changed; merges are none of them."""

    def __init__(self, commits: Iterable[Commit], lines: Iterable[LinesAdded] = ()) -> None:
        self._by_path: defaultdict[tuple[str, str], list[Commit]] = defaultdict(list)
        self._written: dict[tuple[str, str, str], datetime] = {}
        for commit in commits:
            if commit.at is not None and len(commit.parents) < 2:  # noqa: PLR2004 - a merge
                self._add(commit)
        for known in self._by_path.values():
            known.sort(key=_moment)
        self._moments = {key: list(map(_moment, known)) for key, known in self._by_path.items()}
        self._lines = {(each.origin.uri, each.commit): each.lines for each in lines}

    def knows(self, repository: str, path: str) -> bool:
        """Tell whether any commit of a repository changed a path."""
        return (repository, path) in self._by_path

    def changing(
        self, repository: str, path: str, first: datetime, last: datetime
    ) -> Iterator[Commit]:
        """Yield the commits first written from `first` to `last` that changed a path, by time."""
        moments = self._moments.get((repository, path), [])
        start, end = (
            bisect_left(moments, first.timestamp()),
            bisect_right(moments, last.timestamp()),
        )
        yield from self._by_path.get((repository, path), [])[start:end]

    def found_since(self, commit: Commit, change: FileChange) -> datetime | None:
        """Return when what a commit found in a file was written; None where that is not known."""
        key = (commit.origin.uri, change.old_path or change.path, change.old_object_id or "")
        return self._written.get(key)

    def lines_of(self, commit: Commit) -> Sketch | None:
        """Return which lines a commit added; None where that is not known."""
        data = self._lines.get((commit.origin.uri, commit.sha))
        return None if data is None else Sketch.of(data, MAX_OF_COMMIT)

    def _add(self, commit: Commit) -> None:
        uri, files = commit.origin.uri, commit.files or ()
        written = first_written(commit)
        for change in files:
            if len(files) <= _MAX_FILES:
                self._by_path[uri, change.path].append(commit)
            if change.object_id is not None and written is not None:
                key = (uri, change.path, change.object_id)
                self._written[key] = min(written, self._written.get(key, written))


def first_written(commit: Commit) -> datetime | None:
    """Return when a commit was first written, before it was rebased or amended."""
    moments = [at for at in (commit.at, commit.authored) if at is not None]
    return min(moments, default=None)


def _moment(commit: Commit) -> float:
    written = first_written(commit)
    return moment_key(written)
