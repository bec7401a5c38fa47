"""Which commits hold the edits of sessions, by paths, times and lines.

A session's edit of a file can be in a commit that was written afterwards. Where an earlier commit
of the same file holds it already, only its lines can tell. Sessions whose edits may be in the same
commit are rivals: a line counts for the last that wrote it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from tracemill.base.line_sketch import MAX_OF_SESSION, Compared, Sketch
from tracemill.link.authorship.authors import Authors
from tracemill.link.authorship.edited_paths import edited_paths
from tracemill.link.authorship.sureness import Measures, sureness
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.changes import ChangeIndex, first_written
from tracemill.records.events.event import Commit
from tracemill.records.links import LinkMethod
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_LONGEST: Final = timedelta(days=14)
_HOUR: Final = timedelta(hours=1)
_SLACK: Final = timedelta(minutes=1)
"""Edits keep one moment a minute, and clocks differ."""

Worker = tuple[Trajectory, Activity, str]
"""A session, what it did, and the repository that it worked in."""


class EditEvidence(NamedTuple):
    """What speaks for a commit holding edits of a session."""

    trajectory: Trajectory
    commit: Commit
    measures: Measures

    @property
    def method(self) -> LinkMethod:
        """By what the session and the commit are linked."""
        return "files_and_time" if self.measures.new_share is None else "edited_lines"

    @property
    def confidence(self) -> float:
        """How sure that is, as measured."""
        return sureness(self.measures)


class _Touch(NamedTuple):
    """That a session edited files of a commit before it was written."""

    trajectory: Trajectory
    last: datetime
    """Its last edit of any of the files."""
    late: timedelta
    """From the last edit that no earlier commit holds, else from the last, to the commit."""
    is_fresh: bool
    """Whether there is an edit that no earlier commit holds."""
    shared: frozenset[int]
    """New lines of the commit that it wrote."""
    n_of: int
    """New lines of the commit that can be compared."""
    own_share: float

    @property
    def share(self) -> float:
        """Share of the commit's new lines."""
        return len(self.shared) / self.n_of if self.n_of else 0.0


def edit_evidence(
    workers: Iterable[Worker], index: ChangeIndex, authors: Authors, branches: Branches
) -> Iterator[EditEvidence]:
    """Yield what speaks for each commit that may hold edits of each session."""
    known = list(workers)
    edits = [dict(edited_paths(*worker, index)) for worker in known]
    for commit, numbers in _nearby(known, edits, index):
        added = index.lines_of(commit)
        touches = [
            touch
            for number in numbers
            if (touch := _touch(commit, known[number], edits[number], index, added)) is not None
        ]
        for touch in touches:
            measures = _measures(commit, touch, touches, authors)._replace(
                is_same_branch=branches.is_same(touch.trajectory, commit)
            )
            yield EditEvidence(touch.trajectory, commit, measures)


def _nearby(
    workers: Sequence[Worker],
    edits: Sequence[Mapping[str, Sequence[datetime]]],
    index: ChangeIndex,
) -> list[tuple[Commit, list[int]]]:
    """Return commits, by time, with the numbers of the sessions that edited files of them."""
    commits: dict[str, Commit] = {}
    numbers: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for number, (_, _, repository) in enumerate(workers):
        for path, moments in edits[number].items():
            first, last = moments[0] - _SLACK, moments[-1] + _LONGEST
            for commit in index.changing(repository, path, first, last):
                commits[commit.id] = commit
                numbers[commit.id][number] = None
    ordered = sorted(commits.values(), key=lambda commit: (first_written(commit), commit.id))
    return [(commit, list(numbers[commit.id])) for commit in ordered]


def _touch(
    commit: Commit,
    worker: Worker,
    edits: Mapping[str, Sequence[datetime]],
    index: ChangeIndex,
    added: Sketch | None,
) -> _Touch | None:
    written = first_written(commit)
    if written is None:
        return None
    last, fresh = _last_edits(commit, written, edits, index)
    if last is None:
        return None
    trajectory, activity, _ = worker
    own = _sketch(activity.added_lines)
    shared = frozenset[int]() if added is None else added.hashes & own.hashes
    if fresh is None and not shared:
        return None
    compared = Compared(0, 0, 0) if added is None else own.compared(added)
    return _Touch(
        trajectory=trajectory,
        last=last,
        late=max(written - (fresh or last), timedelta()),
        is_fresh=fresh is not None,
        shared=shared,
        n_of=compared.n_second,
        own_share=compared.n_shared / compared.n_first if compared.n_first else 0.0,
    )


def _last_edits(
    commit: Commit, written: datetime, edits: Mapping[str, Sequence[datetime]], index: ChangeIndex
) -> tuple[datetime | None, datetime | None]:
    """Return the last edit of a file of the commit, and the last that no earlier commit holds."""
    last: list[datetime] = []
    fresh: list[datetime] = []
    for change in commit.files or ():
        moments = edits.get(change.path, ())
        before = bisect_right(moments, written + _SLACK)
        if not before:
            continue
        last.append(moments[before - 1])
        since = index.found_since(commit, change)
        if since is None or since > written or last[-1] > since:
            fresh.append(last[-1])
    return max(last, default=None), max(fresh, default=None)


@lru_cache(maxsize=1024)
def _sketch(data: bytes) -> Sketch:
    return Sketch.of(data, MAX_OF_SESSION)


def _measures(commit: Commit, own: _Touch, touches: Iterable[_Touch], authors: Authors) -> Measures:
    """Compare one session with the others that edited files of the commit."""
    session = own.trajectory.session_id
    others = [each for each in touches if each.trajectory.session_id != session]
    later = [each.shared for each in others if each.last > own.last]
    n_new = len(own.shared.difference(*later))
    most = max((each.share for each in others), default=0.0)
    return Measures(
        hours=own.late / _HOUR,
        new_share=n_new / own.n_of if own.n_of else None,
        own_share=own.own_share,
        rival=max(most - own.share, 0.0),
        is_alone=not any(each.is_fresh for each in others),
        is_stranger=authors.is_stranger(own.trajectory, commit),
        is_same_branch=None,
        n_shared=len(own.shared),
    )
