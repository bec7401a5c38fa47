"""Which inputs there are: files, folders and repositories below the places that a person named.

Looking at an input costs one stat; `recognition` looks into it only when it is new or changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from tracemill.base import sqlite
from tracemill.base.errors import SourceError
from tracemill.base.git import repositories as git
from tracemill.base.named_files import require_there
from tracemill.sources import Head, HoldsInputs, sources_of
from tracemill.sources.protocol import InnerInput
from tracemill.store.workspace import looks_like_workspace

_DATABASES: Final = (".db", ".vscdb", ".sqlite")
BESIDE_DATABASES: Final = tuple(
    f"{database}{ending}" for database in _DATABASES for ending in ("-wal", "-shm", "-journal")
)
"""Endings of files that are parts of the database beside them."""
_SESSION_FOLDERS: Final = frozenset({".specstory"})
"""Folders of a repository in which every file is looked at: they are kept for sessions."""


class Candidate(NamedTuple):
    """One file, folder or repository, and the state in which it stands."""

    path: str
    stamp: str
    """Equal stamps mean an unchanged input."""
    n_bytes: int
    source: str | None = None
    """The source that reads it, where that is known without opening it."""
    within: str | None = None
    """What the input is called at its path, where there are several at that path."""
    object_id: str | None = None
    """Hash of the git object that holds it, where it is no file."""
    is_member: bool = False
    """Whether it is a member of the archive at its path; then `stamp` is the hash of its bytes."""

    @property
    def address(self) -> str:
        """What the input is known by: its path, and its name there where it has one."""
        return self.path if self.within is None else f"{self.path}#{self.within}"

    def open(self) -> BinaryIO:
        """Return its bytes, where it is a file or an object.

        Raises OSError or SourceError where it cannot be read.
        """
        if self.object_id is not None:
            from tracemill.base.git.objects import blob_stream  # hardly any input is one

            return blob_stream(Path(self.path), self.object_id)
        return Path(self.path).open("rb")


class Unreadable(NamedTuple):
    """A place that could not even be looked at."""

    path: str
    reason: str
    detail: str

    @property
    def address(self) -> str:
        """What the place is known by."""
        return self.path


def default_places(home: Path, environment: Mapping[str, str]) -> list[Path]:
    """Return the folders of this machine in which agents keep their sessions."""
    from tracemill.capture.agents import AGENTS  # not asked for where places are named

    return [place for agent in AGENTS for place in agent.places(home, environment)]


def discover(places: Iterable[Path]) -> Iterator[Candidate | Unreadable]:
    """Yield every input below `places`, in the order of their paths.

    Raises:
        NotFoundError: a place does not exist.
    """
    seen: set[str] = set()
    for place in places:
        require_there(place, "sessions or repository")
        for found in _below(place.absolute()):
            if found.address not in seen:
                seen.add(found.address)
                yield found


def _misnamed(path: str) -> Unreadable | None:
    """Return a failure where a path cannot be written down: its bytes are not UTF-8."""
    shown = os.fsencode(path).decode("utf-8", "backslashreplace")
    if shown == path:
        return None
    return Unreadable(
        shown, "name_not_utf8", "expected a name in UTF-8, found other bytes; rename it"
    )


def _below(place: Path) -> Iterator[Candidate | Unreadable]:
    if (misnamed := _misnamed(str(place))) is not None:
        yield misnamed
        return
    if not place.is_dir():
        yield _file(str(place))
        return
    if git.is_repository(place):
        yield from _repository(place)
        yield from _walk(str(place), only=_names_in_repositories())
        return
    yield from _walk(str(place), only=None)


def _walk(folder: str, only: tuple[str, ...] | None) -> Iterator[Candidate | Unreadable]:
    """Yield what lies below a folder; below a repository only files that a source may read."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(folder, "not_readable", f"the folder cannot be listed: {error.strerror}")
        return
    names = frozenset(entry.name for entry in found)
    if looks_like_workspace(names):
        return  # what was made of sessions is not read as sessions again
    if (claimed := _claimed(folder, names)) is not None:
        yield claimed
        return
    for entry in found:
        if (misnamed := None if entry.name.isascii() else _misnamed(entry.path)) is not None:
            yield misnamed
        elif entry.is_dir(follow_symlinks=False):
            if entry.name == ".git" or (only and entry.name == "node_modules"):
                continue
            yield from _folder(entry, only)
        elif entry.name.endswith(only or ""):
            yield _file(entry.path)


def _folder(
    entry: os.DirEntry[str], only: tuple[str, ...] | None
) -> Iterator[Candidate | Unreadable]:
    path = Path(entry.path)
    if git.is_repository(path):
        yield from _repository(path)
        only = only or _names_in_repositories()
    yield from _walk(entry.path, None if entry.name in _SESSION_FOLDERS else only)


def _file(path: str) -> Candidate | Unreadable:
    try:
        status = os.stat(path)  # noqa: PTH116 - once for each of 100,000 files
    except OSError as error:
        return Unreadable(path, "not_readable", f"the file cannot be looked at: {error.strerror}")
    if not stat.S_ISREG(status.st_mode):
        return Unreadable(path, "not_a_file", "expected a regular file, found another kind")
    stamp = f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"
    if path.endswith(_DATABASES):
        stamp = ":".join([stamp, *map(_companion_stamp, sqlite.companions_of(Path(path)))])
    return Candidate(path, stamp, status.st_size)


def _companion_stamp(path: Path) -> str:
    """Return the state of a file beside a database, which holds the newest of its rows."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return "gone"
    return f"{status.st_size}:{status.st_mtime_ns}"


@cache
def _names_in_repositories() -> tuple[str, ...]:
    """Return the endings of names worth a look among the files of a repository."""
    return tuple(sorted(frozenset().union(*(source.marks for source in sources_of("file")))))


def _repository(path: Path) -> Iterator[Candidate | Unreadable]:
    """Yield a repository once for each source that finds something in it, and what it holds."""
    stamp = git.fingerprint(path)
    head = Head(path, b"")
    for source in sources_of("repository"):
        if source.recognises(head):
            within = None if source.name == "git" else source.name
            yield Candidate(str(path), stamp, 0, source.name, within)
            if isinstance(source, HoldsInputs):
                yield from _held(source, path, stamp)


def _held(source: HoldsInputs, path: Path, stamp: str) -> Iterator[Candidate | Unreadable]:
    """Yield what a repository holds of other formats; what cannot be read shows in its own."""
    for inner in _inner_inputs(source, path, stamp):
        if inner.n_bytes is None:
            detail = "the repository lacks the object; it may be had with `git fetch`"
            yield Unreadable(f"{path}#{inner.name}", "object_missing", detail)
        else:
            yield Candidate(
                str(path), inner.object_id, inner.n_bytes, None, inner.name, inner.object_id
            )


_listed: Final[dict[str, tuple[str, tuple[InnerInput, ...]]]] = {}
"""What repositories held, and in which state: whoever watches them looks every few seconds."""


def _inner_inputs(source: HoldsInputs, path: Path, stamp: str) -> tuple[InnerInput, ...]:
    """Return what a repository holds; it is listed anew when its state or an object is another."""
    known = _listed.get(str(path))
    if known is not None and known[0] == stamp:
        return known[1]
    found: list[InnerInput] = []
    with suppress(SourceError):
        found.extend(source.inner_inputs(path))
        if all(inner.n_bytes is not None for inner in found):
            _listed[str(path)] = stamp, tuple(found)
    return tuple(found)


def _claimed(folder: str, names: frozenset[str]) -> Candidate | None:
    """Return a folder as one input where a source takes it as a whole."""
    for source in sources_of("folder"):
        if source.marks <= names and source.recognises(Head(Path(folder), b"", names)):
            stamp, n_bytes = _folder_state(folder)
            return Candidate(folder, stamp, n_bytes, source.name)
    return None


def _folder_state(folder: str) -> tuple[str, int]:
    """Return a stamp of all files below a folder, and their size."""
    n_files = n_bytes = newest = 0
    for below, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                status = os.lstat(os.path.join(below, name))  # noqa: PTH118 - many files
                n_files, n_bytes = n_files + 1, n_bytes + status.st_size
                newest = max(newest, status.st_mtime_ns)
    return f"{n_files}:{n_bytes}:{newest}", n_bytes
