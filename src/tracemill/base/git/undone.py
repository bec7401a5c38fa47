"""Commits that undo an earlier commit, recognised by their changes and not their messages.

A commit takes another back exactly where every file that the other changed has again the content
that it had before. It takes it back line for line where the lines that the other added are gone
again and those that it deleted are there again, whatever else it does to the same places. Both
are looked for among the next changes of the same files, so memory grows with the number of files
and not with the history. Contents are read only where the counts of lines allow it.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from tracemill.base.git.changes import ChangedFile
from tracemill.base.git.objects import TreeFile, read_files
from tracemill.base.git.process import Git

MAX_FILES: Final = 50
"""How many files a commit may change that is looked at."""
_MAX_LINES: Final = 400
"""How many lines of a file may go, where contents are compared."""
_MAX_BLOB_BYTES: Final = 2**18
_NEXT_CHANGES: Final = 8
"""How many later changes of a file are remembered, the nearest."""
_MAX_PATHS: Final = 200_000
"""How many files are remembered; those that come after are not looked at."""
_PAIRS_AT_ONCE: Final = 64
_SPARE_LINES: Final = 2
"""How many more lines than the other added a commit may delete, beside as many again."""


class Undone(NamedTuple):
    """That one commit takes another back."""

    commit: str
    at: str
    """Seconds since 1970 at which the commit was made, as git prints them."""
    undone: str
    how: Literal["exact", "lines"]


class _Later(NamedTuple):
    """What a commit did to a file, for the commits before it, which are taken after it."""

    commit: str
    at: str
    order: int
    """How many commits were taken before it; the highest is the nearest."""
    change: ChangedFile


class _Key(NamedTuple):
    """A later commit; the nearest sorts first."""

    nearness: int
    """Its order, negated."""
    commit: str
    at: str


class _Maybe(NamedTuple):
    """A pair of which the contents must tell."""

    commit: str
    at: str
    undone: str
    changes: tuple[tuple[ChangedFile, ChangedFile], ...]
    """For each file, what the other did and what the commit did."""


class Undoings:
    """Takes commits, children first, and finds which take which back."""

    def __init__(self) -> None:
        self._later: dict[bytes, deque[_Later]] = {}
        self._n_commits = 0
        self._found: list[Undone] = []
        self._maybe: list[_Maybe] = []

    def take(self, commit: str, at: str, changes: Iterable[ChangedFile]) -> None:
        """Take the next commit, which has one parent or none."""
        own = {change.path: change for change in islice(changes, MAX_FILES + 1)}
        if own and len(own) <= MAX_FILES:
            self._compare(commit, own)
        self._n_commits += 1
        for path, change in own.items():
            if path in self._later or len(self._later) < _MAX_PATHS:
                known = self._later.setdefault(path, deque(maxlen=_NEXT_CHANGES))
                known.append(_Later(commit, at, self._n_commits, change))

    def found(self, git: Git) -> Iterator[Undone]:
        """Yield all that was found; contents are read to tell where counts do not."""
        yield from self._found
        pairs = iter(self._maybe)
        while batch := list(islice(pairs, _PAIRS_AT_ONCE)):
            contents = _contents(git, batch)
            yield from (
                Undone(pair.commit, pair.at, pair.undone, "lines")
                for pair in batch
                if _is_taken_back(pair.changes, contents)
            )

    def _compare(self, commit: str, own: Mapping[bytes, ChangedFile]) -> None:
        """Look for the nearest commit behind this one that takes it back."""
        later: defaultdict[_Key, dict[bytes, ChangedFile]] = defaultdict(dict)
        for path in own:
            for each in self._later.get(path, ()):
                later[_Key(-each.order, each.commit, each.at)][path] = each.change
        for key, there in sorted(later.items(), key=itemgetter(0)):
            if len(there) < len(own):
                continue
            pairs = tuple((own[path], there[path]) for path in own)
            if all(_is_restored(*pair) for pair in pairs):
                self._found.append(Undone(key.commit, key.at, commit, "exact"))
                return
            if all(_may_be_taken_back(*pair) for pair in pairs):
                self._maybe.append(_Maybe(key.commit, key.at, commit, pairs))
                return


def _is_restored(change: ChangedFile, later: ChangedFile) -> bool:
    """Tell whether a file is as before; one that grew since it was new is deleted, not restored."""
    is_new_and_grown = change.old_id is None and later.old_id != change.new_id
    return later.new_id == change.old_id != later.old_id and not is_new_and_grown


def _may_be_taken_back(change: ChangedFile, later: ChangedFile) -> bool:
    """Tell whether the counts allow it; whole files come and go too easily to mean anything."""
    ids = (change.old_id, change.new_id, later.old_id, later.new_id)
    counts = (change.n_added, change.n_deleted, later.n_added, later.n_deleted)
    if None in ids or None in counts:
        return False
    added, deleted, later_added, later_deleted = (n or 0 for n in counts)
    is_covered = 0 < added <= later_deleted and deleted <= later_added
    return is_covered and later_deleted <= min(2 * added + _SPARE_LINES, _MAX_LINES)


def _contents(git: Git, pairs: Iterable[_Maybe]) -> dict[str, bytes]:
    wanted = {
        object_id
        for pair in pairs
        for change in (each for both in pair.changes for each in both)
        for object_id in (change.old_id, change.new_id)
        if object_id is not None
    }
    files = (TreeFile(object_id, object_id) for object_id in sorted(wanted))
    return {file.name: file.data for file in read_files(git, files, _MAX_BLOB_BYTES)}


def _is_taken_back(
    changes: Iterable[tuple[ChangedFile, ChangedFile]], contents: Mapping[str, bytes]
) -> bool:
    sides = [
        [contents.get(object_id or "") for object_id in (a.old_id, a.new_id, b.old_id, b.new_id)]
        for a, b in changes
    ]
    return all(
        old is not None
        and new is not None
        and before is not None
        and after is not None
        and _are_inverse(_Lines.between(old, new), _Lines.between(before, after))
        for old, new, before, after in sides
    )


class _Lines(NamedTuple):
    """The lines that a change adds and deletes, however often each."""

    added: Counter[bytes]
    deleted: Counter[bytes]

    @classmethod
    def between(cls, old: bytes, new: bytes) -> _Lines:
        """Return what a change of one content to another adds and deletes.

        Only what stands between the lines with which both begin and end is counted.
        """
        start = old.rfind(b"\n", 0, _n_common(old, new)) + 1
        old, new = old[start:], new[start:]
        n_end = _n_common(old[::-1], new[::-1])
        kept = old.find(b"\n", len(old) - n_end) + 1
        n_end = len(old) - kept if kept else 0
        before, after = (_counted(data[: len(data) - n_end]) for data in (old, new))
        return cls(after - before, before - after)


def _counted(data: bytes) -> Counter[bytes]:
    return Counter(map(bytes.strip, data.split(b"\n")))


def _n_common(one: bytes, other: bytes) -> int:
    """Return with how many bytes both begin."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _are_inverse(change: _Lines, later: _Lines) -> bool:
    """Tell whether what was added is gone again, what was deleted is back, and no more.

    A line may be left behind as a comment. Any other new line must stand for one that was there
    before: otherwise what was added is not taken back, but written anew.
    """
    added, deleted = change
    if not added or not (added <= later.deleted and deleted <= later.added):
        return False
    new_lines = (later.added - deleted).elements()
    n_new = sum(not any(line and line in new for line in added) for new in new_lines)
    return n_new <= (later.deleted - added).total()
