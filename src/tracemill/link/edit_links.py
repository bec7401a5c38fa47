"""Which commits hold what a session edited, told by paths, moments and lines.

A session's edit of a file can be in a commit that changed the file afterwards, unless an earlier
commit of the same file holds it already. How many of the commit's files were edited so, how long
before, and how many of the commit's new lines the session wrote, is the evidence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tracemill.base.line_sketch import MAX_OF_SESSION, Sketch
from tracemill.link.change_index import ChangeIndex
from tracemill.records.activity import Activity
from tracemill.records.events import Commit
from tracemill.records.links import LinkMethod
from tracemill.records.trajectory import Trajectory

_LONGEST: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MOST: Final = 0.67
_MANY: Final = 0.3
"""Share of the lines, of the commit's or of the session's, from which they speak for it."""
_SOME: Final = 0.1
_MIN_OWN_LINES: Final = 3
_BOTH: Final = {True: (0.98, 0.95, 0.95), False: (0.92, 0.65, 0.65)}
_OF_COMMIT: Final = {True: (0.96, 0.88, 0.88), False: (0.85, 0.6, 0.6)}
_OF_SESSION: Final = 0.87
_FEW: Final = (0.5, 0.15, 0.1)
_FEWER: Final = (0.25, 0.08, 0.02)
_NONE: Final = (0.1, 0.03, 0.01)
_BY_FILES: Final = {True: (0.85, 0.1, 0.05), False: (0.3, 0.1, 0.05)}
"""How sure it is by the files alone: most of the commit's, or not."""
_SLACK: Final = timedelta(minutes=1)
"""Edits keep one moment a minute, and clocks differ."""


class EditEvidence(NamedTuple):
    """What speaks for a commit holding edits of a session."""

    commit: Commit
    n_edited: int
    """Files of the commit that the session edited, the edit being in no earlier commit."""
    late: timedelta
    """From the last such edit to the commit."""
    n_lines: int
    """New lines of the commit that the session wrote."""
    n_of_lines: int | None
    """New lines of the commit that can be compared; None where none are known."""
    own_share: float
    """Share of the lines that the session wrote that are new in the commit."""

    @property
    def share(self) -> float:
        """Share of the commit's files."""
        return self.n_edited / len(self.commit.files or (1,))

    @property
    def method(self) -> LinkMethod:
        """By what the session and the commit are linked."""
        return "files_and_time" if self.line_share is None else "edited_lines"

    @property
    def confidence(self) -> float:
        """How sure that is, as measured."""
        when = 0 if self.late < _HOUR else 1 if self.late < _DAY else 2
        is_most = self.share >= _MOST
        if self.line_share is None:
            return _BY_FILES[is_most][when]
        is_own = self.own_share >= _MANY and self.n_lines >= _MIN_OWN_LINES
        if self.line_share >= _MANY:
            return (_BOTH if is_own else _OF_COMMIT)[is_most][when]
        if is_own:
            return _OF_SESSION
        few = _FEW if max(self.own_share, self.line_share) >= _SOME else _FEWER
        return (few if self.n_lines else _NONE)[when]

    @property
    def line_share(self) -> float | None:
        """Share of the commit's new lines; None where none can be compared."""
        return self.n_lines / self.n_of_lines if self.n_of_lines else None


def edit_evidence(
    trajectory: Trajectory, activity: Activity, repository: str, index: ChangeIndex
) -> Iterator[EditEvidence]:
    """Yield what speaks for each commit that may hold edits of the session."""
    edits = dict(_edits(trajectory, activity, repository, index))
    nearby = {
        commit.id: commit
        for path, moments in edits.items()
        for commit in index.changing(repository, path, moments[0] - _SLACK, moments[-1] + _LONGEST)
    }
    written = Sketch.of(activity.added_lines, MAX_OF_SESSION)
    for commit in nearby.values():
        n_edited, last = _in_commit(commit, edits, index)
        if last is not None and commit.at is not None:
            added = index.lines_of(commit)
            n_lines, n_of = (0, None) if added is None else added.shared(written)
            n_own, n_of_own = (0, 0) if added is None else written.shared(added)
            late = max(commit.at - last, timedelta())
            own_share = n_own / n_of_own if n_of_own else 0.0
            yield EditEvidence(commit, n_edited, late, n_lines, n_of, own_share)


def _in_commit(
    commit: Commit, edits: Mapping[str, Sequence[datetime]], index: ChangeIndex
) -> tuple[int, datetime | None]:
    """Return of how many files the commit can hold an edit, and the moment of the last."""
    if commit.at is None:
        return 0, None
    n_edited, latest = 0, None
    for change in commit.files or ():
        moments = edits.get(change.path, ())
        before = bisect_right(moments, commit.at + _SLACK)
        last = moments[before - 1] if before else None
        since = index.found_since(commit, change)
        if last is not None and (since is None or last > since):
            n_edited += 1
            latest = last if latest is None else max(latest, last)
    return n_edited, latest


def _edits(
    trajectory: Trajectory, activity: Activity, repository: str, index: ChangeIndex
) -> Iterator[tuple[str, tuple[datetime, ...]]]:
    for edit in activity.edits:
        path = _path_within(repository, trajectory.cwd, edit.path, index)
        if path is not None and edit.at:
            yield path, edit.at


def _path_within(repository: str, cwd: str | None, path: str, index: ChangeIndex) -> str | None:
    """Return a path as git names it in the repository.

    The session may have run in another clone or work tree, so what matters is where the path
    lies below its folder; beneath that, the longest end of at least two names that git knows.
    """
    folder = (cwd or "").rstrip("/")
    whole = path if path.startswith(("/", "~")) or not folder else f"{folder}/{path}"
    for root in (repository, folder):
        inner = whole.removeprefix(f"{root}/")
        if inner != whole and index.knows(repository, inner):
            return inner
    names = whole.split("/")
    ends = ("/".join(names[at:]) for at in range(len(names) - 1))
    return next((end for end in ends if index.knows(repository, end)), None)
