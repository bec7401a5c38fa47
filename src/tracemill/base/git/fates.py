"""What became of the lines that each commit wrote: do they stand on the main line, who took them?

The main line is HEAD and its first parents. A line, taken without white space, is written by the
commit that adds it to a file, lands with the first commit of the main line that brings it there,
and goes with the commit that takes it out of the file. So what a branch wrote stands through a
merge, a squash and a rebase, and moves with a renamed file; a line that moves to another file is
gone. Where a merge brings or takes a line, it is the commit of the branch that did.

Only counts come out, nothing of the lines. Files are looked at one after another, so memory holds
the lines of one at a time. Lists of locked versions and short lines are left out; lines of a file
that becomes unreadable, as in a partial clone, are lost from sight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tracemill.base.git.changes import ChangedFile
from tracemill.base.git.lines import BINARY, LOCKED, MAX_BLOB_BYTES, MAX_LINE_BYTES
from tracemill.base.git.objects import blobs, object_sizes
from tracemill.base.git.process import Git
from tracemill.base.line_sketch import MIN_BYTES, WHITE

MAX_CHANGES: Final = 500_000
"""Changes of files in a history above which nothing is followed, so that memory is bounded."""
_AT_HAND: Final = 8
_RENAMED: Final = "R"
_Lines = frozenset[bytes]
_NONE: Final[_Lines] = frozenset()


class Moved(NamedTuple):
    """That lines of one commit went or came back."""

    commit: str
    """The commit that did it."""
    at: str
    """When that reached the main line, in seconds since 1970."""
    n_lines: int


class Fate(NamedTuple):
    """What became of the lines of one commit."""

    commit: str
    at: str
    """Seconds since 1970 at which the commit was made, as git prints them."""
    n_lines: int
    """Lines that it wrote and that were looked for."""
    n_landed: int
    """Those of them that reached the main line."""
    landed: str | None
    """When the first of them did."""
    n_lost: int
    """Those that landed, and of which nothing is known since."""
    gone: tuple[Moved, ...]
    back: tuple[Moved, ...]


class _Taken(NamedTuple):
    sha: str
    at: str
    parents: tuple[str, ...]
    changes: tuple[ChangedFile, ...]


class _Version(NamedTuple):
    """What one commit made of one file."""

    commit: int
    """Place of the commit among all, parents first."""
    is_main: bool
    is_merge: bool
    old_id: str | None
    new_id: str | None


class LineFates:
    """Takes commits, children first, and then follows what they wrote."""

    def __init__(
        self, head: str | None, shallow: Iterable[str] = (), most: int = MAX_CHANGES
    ) -> None:
        self._head = head
        self._most = most
        self._shallow = frozenset(shallow)
        self._taken: list[_Taken] = []
        self._n_changes = self._n_commits = 0
        self.left_out: Counter[str] = Counter()
        """Commits that were not followed, by reason."""

    def take(self, sha: str, at: str, parents: str, changes: Iterable[ChangedFile]) -> None:
        """Take the next commit; what a merge changes is what it brings to its first parent."""
        known = tuple(each for each in changes if not each.path.endswith(LOCKED))
        self._n_changes += len(known)
        self._n_commits += 1
        if self._n_changes <= self._most:
            self._taken.append(_Taken(sha, at, tuple(parents.split()), known))
        else:
            self._taken.clear()

    def found(self, git: Git) -> Iterator[Fate]:
        """Yield the fate of each commit that wrote lines, in the order in which they came."""
        if self._n_changes > self._most:
            self.left_out["fates_of_large_history"] = self._n_commits
        elif self._head is None:
            self.left_out["fates_without_head"] = self._n_commits
        else:
            yield from self._followed(git, self._head)

    def _followed(self, git: Git, head: str) -> Iterator[Fate]:
        commits = _by_time(self._taken)
        books = _Books(commits, self._shallow)
        files = list(_files(commits, _main_line(commits, head)))
        named = (i for file in files for each in file for i in (each.old_id, each.new_id))
        sizes = object_sizes(git, (i for i in named if i is not None))
        readable = {each for each, n_bytes in sizes.items() if n_bytes <= MAX_BLOB_BYTES}
        contents = blobs(git, (i for file in files for _, i in _loads(file, readable)))
        for file in files:
            followed = _File(books)
            at_hand = _AtHand()
            for version in file:
                for object_id in at_hand.ask(version, readable):
                    at_hand.lines[object_id] = _lines(next(contents).data)
                followed.take(version, at_hand.lines)
        places = {commit.sha: place for place, commit in enumerate(commits)}
        for each in self._taken:
            fate = books.fate(places[each.sha])
            if fate is not None:
                yield fate


def _by_time(taken: Sequence[_Taken]) -> list[_Taken]:
    """Return commits by time, each behind its parents whatever its clock said."""
    moments: dict[str, int] = {}
    parents_first = taken[::-1]
    for commit in parents_first:
        own = int(commit.at) if commit.at.isdigit() else 0
        moments[commit.sha] = max([own, *(moments.get(parent, 0) for parent in commit.parents)])
    return sorted(parents_first, key=lambda commit: moments[commit.sha])


def _main_line(commits: Iterable[_Taken], head: str) -> set[str]:
    first = {commit.sha: commit.parents[:1] for commit in commits}
    found: set[str] = set()
    while head in first and head not in found:
        found.add(head)
        head = "".join(first[head])
    return found


def _files(commits: Sequence[_Taken], main: set[str]) -> Iterator[list[_Version]]:
    """Yield the versions of each file under all its names, in the order of `commits`."""
    names: dict[bytes, int] = {}
    files: list[list[_Version]] = []
    for place, commit in enumerate(commits):
        is_main, is_merge = commit.sha in main, len(commit.parents) > 1
        if is_merge and not is_main:
            continue
        for change in commit.changes:
            number = names.get(change.path)
            if change.letter == _RENAMED and change.old_path in names:
                number = names[change.old_path] if number is None else number
                if is_main:
                    number = names.pop(change.old_path)
            if number is None:
                number = len(files)
                files.append([])
            names[change.path] = number
            files[number].append(_Version(place, is_main, is_merge, change.old_id, change.new_id))
    yield from files


def _loads(file: Iterable[_Version], readable: set[str]) -> Iterator[tuple[_Version, str]]:
    at_hand = _AtHand()
    for version in file:
        for object_id in at_hand.ask(version, readable):
            yield version, object_id


class _AtHand:
    """The contents of a file that were used last."""

    def __init__(self) -> None:
        self.lines: dict[str, _Lines | None] = {}
        """By their hashes; None where they are binary."""

    def ask(self, version: _Version, readable: set[str]) -> list[str]:
        """Return what must be read for a version, and let go of what was not used for long."""
        wanted = [version.new_id] if version.is_main else [version.old_id, version.new_id]
        known = [each for each in dict.fromkeys(wanted) if each is not None and each in readable]
        missing = [each for each in known if each not in self.lines]
        for each in known:
            self.lines[each] = self.lines.pop(each, None)
        for each in list(self.lines)[:-_AT_HAND]:
            del self.lines[each]
        return missing


def _lines(data: bytes) -> _Lines | None:
    return None if BINARY in data else frozenset(data.split(b"\n"))


class _Books:
    """What is known of the lines of all commits."""

    def __init__(self, commits: Sequence[_Taken], shallow: frozenset[str]) -> None:
        self.commits = commits
        self.is_whole = [commit.sha not in shallow for commit in commits]
        self.n_lines: Counter[int] = Counter()
        self.n_landed: Counter[int] = Counter()
        self.n_lost: Counter[int] = Counter()
        self.landed: dict[int, int] = {}
        self.gone: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
        self.back: defaultdict[int, Counter[tuple[int, int]]] = defaultdict(Counter)

    def land(self, writer: int, place: int) -> None:
        self.n_landed[writer] += 1
        self.landed[writer] = min(place, self.landed.get(writer, place))

    def fate(self, place: int) -> Fate | None:
        if not self.n_lines[place]:
            return None
        commit, landed = self.commits[place], self.landed.get(place)
        return Fate(
            commit.sha,
            commit.at,
            self.n_lines[place],
            self.n_landed[place],
            None if landed is None else self.commits[landed].at,
            self.n_lost[place],
            self._moved(self.gone.get(place)),
            self._moved(self.back.get(place)),
        )

    def _moved(self, counted: Counter[tuple[int, int]] | None) -> tuple[Moved, ...]:
        return tuple(
            Moved(self.commits[by].sha, self.commits[main].at, n)
            for (main, by), n in sorted((counted or {}).items())
        )


class _File:
    """One file under all its names, while its versions pass."""

    def __init__(self, books: _Books) -> None:
        self._books = books
        self._now: _Lines | None = _NONE
        self._standing: dict[bytes, tuple[int, ...]] = {}
        self._former: dict[bytes, tuple[int, ...]] = {}
        self._coming: defaultdict[bytes, tuple[int, ...]] = defaultdict(tuple)
        self._going: dict[bytes, int] = {}

    def take(self, version: _Version, contents: dict[str, _Lines | None]) -> None:
        """Take the next version."""
        new = _NONE if version.new_id is None else contents.get(version.new_id)
        if version.is_main:
            self._take_main(version, new)
        elif new is not None:
            old = _NONE if version.old_id is None else contents.get(version.old_id)
            if old is not None:
                self._take_side(version.commit, old, new)

    def _take_side(self, commit: int, old: _Lines, new: _Lines) -> None:
        added, gone = _bare(new - old), _bare(old - new)
        for line in gone - added:
            self._going[line] = commit
        if not self._books.is_whole[commit]:
            return
        for line in added - gone:
            self._books.n_lines[commit] += 1
            if line in self._standing:
                self._standing[line] += (commit,)
                self._books.land(commit, commit)
            else:
                self._coming[line] += (commit,)

    def _take_main(self, version: _Version, new: _Lines | None) -> None:
        old, self._now = self._now, new
        if new is None:
            for writers in self._standing.values():
                self._books.n_lost.update(writers)
            self._standing.clear()
        elif old is not None:
            added, gone = _bare(new - old), _bare(old - new)
            for line in gone - added:
                self._go(line, version)
            for line in added - gone:
                self._come(line, version)

    def _go(self, line: bytes, version: _Version) -> None:
        by = self._going.pop(line, version.commit) if version.is_merge else version.commit
        writers = self._standing.pop(line, ())
        for writer in writers:
            self._books.gone[writer][version.commit, by] += 1
        self._former[line] = writers

    def _come(self, line: bytes, version: _Version) -> None:
        books, coming = self._books, self._coming.pop(line, ())
        former = self._former.pop(line, ())
        by = coming[-1] if version.is_merge and coming else version.commit
        for writer in former:
            books.back[writer][version.commit, by] += 1
        fresh = [writer for writer in coming if writer not in former]
        if books.is_whole[version.commit] and not (version.is_merge and coming):
            books.n_lines[version.commit] += 1
            fresh.append(version.commit)
        for writer in fresh:
            books.land(writer, version.commit)
        self._standing[line] = (*former, *fresh)


def _bare(lines: Iterable[bytes]) -> set[bytes]:
    packed = (line.translate(None, WHITE) for line in lines if len(line) <= MAX_LINE_BYTES)
    return {line for line in packed if len(line) >= MIN_BYTES}
