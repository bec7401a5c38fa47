"""What commits changed, as hunks: lines as they were and as they became, with a few around them.

What cannot be shown is named and never ends the reading: binary files, contents that the repository
lacks, as a partial clone does, files that are too long, and commits that it does not know. Nothing
is fetched. A merge is compared with its first parent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

from tracemill.base.errors import SourceError
from tracemill.base.git.changes import ChangedFile, changed_files
from tracemill.base.git.objects import blobs, object_sizes
from tracemill.base.git.process import Git

Lack = Literal["binary", "missing", "too_long"]
"""Why a file has no hunks: it is no text, its contents are not there, or they are too long."""

MAX_BYTES: Final = 2**18
"""Longest content of which hunks are told."""
_AROUND: Final = 3
"""Lines before and behind a change that a hunk holds."""
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
"""A line as git counts them: a form feed or a carriage return ends none."""
_MOST_COMPARED: Final = 4_000_000
"""Pairs of lines up to which a change is told apart; beyond, all between its ends is one hunk."""
_MOST_EQUAL: Final = 200_000
"""Likewise pairs of equal lines: each is looked at again for every change that is found."""
_HEAD: Final = 8_000
"""Bytes in which a zero byte tells, as to git, that a file is no text."""
_TREE: Final = (
    "diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--root", "--no-commit-id", "-m",
    "--first-parent", "--ignore-submodules=all",
)  # fmt: skip
_WITH_RENAMES: Final = (("-M", "-l400"), ("--no-renames",))
"""To tell renames git reads contents; where some are missing, none are told."""


class Hunk(NamedTuple):
    """Lines that follow one another, before and after."""

    old_start: int
    """Number of the first line before, from 1."""
    new_start: int
    """Number of the first line after."""
    before: str
    after: str


class FileHunks(NamedTuple):
    """What a commit did to one file."""

    path: str
    old_path: str | None
    """Path before a rename or copy."""
    letter: str
    """A added, M modified, D deleted, R renamed, C copied, T type changed."""
    before: str | None
    """Its whole content before; None where there was none, or it is not told."""
    hunks: tuple[Hunk, ...]
    lack: Lack | None
    """Why there are no hunks; None where there are."""


def changes_of(git: Git, shas: Iterable[str]) -> Iterator[tuple[str, list[FileHunks] | None]]:
    """Yield each commit with its files in the order of their paths; None where it is unknown.

    Raises:
        SourceError: the repository cannot be read at all.
    """
    listed = {sha: _files(git, sha) for sha in shas}
    ids = {name for files in listed.values() for file in files or () for name in _ids(file)}
    sizes = object_sizes(git, sorted(ids))
    for sha, files in listed.items():
        yield sha, None if files is None else list(_told(git, files, sizes))


def _files(git: Git, sha: str) -> list[ChangedFile] | None:
    for renames in _WITH_RENAMES:
        try:
            answered = git.answer(*_TREE, *renames, sha)
        except SourceError:
            continue
        return list(changed_files(answered.split(b"\0")))
    return None


def _ids(file: ChangedFile) -> list[str]:
    return [name for name in (file.old_id, file.new_id) if name is not None]


def _told(git: Git, files: Sequence[ChangedFile], sizes: Mapping[str, int]) -> Iterator[FileHunks]:
    lacks = {file.path: _lack(file, sizes) for file in files}
    wanted = {name for file in files if lacks[file.path] is None for name in _ids(file)}
    data = {blob.object_id: blob.data for blob in blobs(git, sorted(wanted))}
    for file in files:
        path = file.path.decode("utf-8", "replace")
        old_path = None if file.old_path is None else file.old_path.decode("utf-8", "replace")
        lack = lacks[file.path]
        contents = [data.get(name, b"") if name else b"" for name in (file.old_id, file.new_id)]
        if lack is None and any(b"\0" in content[:_HEAD] for content in contents):
            lack = "binary"
        if lack is not None:
            yield FileHunks(path, old_path, file.letter, None, (), lack)
            continue
        old, new = (content.decode("utf-8", "replace") for content in contents)
        before = old if file.old_id else None
        yield FileHunks(path, old_path, file.letter, before, tuple(hunks_between(old, new)), None)


def _lack(file: ChangedFile, sizes: Mapping[str, int]) -> Lack | None:
    found = [sizes.get(name) for name in _ids(file)]
    if None in found:
        return "missing"
    return "too_long" if any(size is not None and size > MAX_BYTES for size in found) else None


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as git counts them, with their ends."""
    return _LINE.findall(text)


def hunks_between(old: str, new: str) -> Iterator[Hunk]:
    """Yield what differs between two texts, changes that lie close together as one."""
    first, second = lines_of(old), lines_of(new)
    for group in _groups(first, second):
        start, end = max(group[0] - _AROUND, 0), min(group[1] + _AROUND, len(first))
        new_start, new_end = group[2] - (group[0] - start), group[3] + (end - group[1])
        yield Hunk(
            old_start=start + 1,
            new_start=new_start + 1,
            before="".join(first[start:end]),
            after="".join(second[new_start:new_end]),
        )


class _Range(NamedTuple):
    """Lines before, and those that stand in their place."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


def _groups(first: Sequence[str], second: Sequence[str]) -> list[_Range]:
    """Return the changes, joined where fewer lines lie between than two hunks would share."""
    found: list[_Range] = []
    for change in _ranges(first, second):
        if found and change.old_start - found[-1].old_end <= 2 * _AROUND:
            last = found.pop()
            change = _Range(last.old_start, change.old_end, last.new_start, change.new_end)  # noqa: PLW2901
        found.append(change)
    return found


def _ranges(first: Sequence[str], second: Sequence[str]) -> Iterator[_Range]:
    head = _n_common(first, second)
    tail = _n_common(first[head:][::-1], second[head:][::-1])
    old, new = first[head : len(first) - tail], second[head : len(second) - tail]
    if not old and not new:
        return
    if not old or not new or _are_too_many(old, new):
        yield _Range(head, head + len(old), head, head + len(new))
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _Range(head + i, head + j, head + k, head + m)


def _are_too_many(old: Sequence[str], new: Sequence[str]) -> bool:
    if len(old) * len(new) > _MOST_COMPARED:
        return True
    before = Counter(old)
    return sum(before[line] for line in new) > _MOST_EQUAL


def _n_common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many lines are alike from the beginning on."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
