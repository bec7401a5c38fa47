"""Where repositories are and whether they changed, found without running git.

A repository is named by its work tree or, where it has none, by its bare folder. Everything
here is a handful of file reads, so that looking at an unchanged repository costs less than
starting a process; `base.git.log` reads history.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_GITFILE_PREFIX: Final = b"gitdir:"
_MAX_REF_BYTES: Final = 4_096
_MAX_TABLE_BYTES: Final = 2**28
_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF_FOLDERS: Final = ("heads", "remotes", "tags", "entire")
_READ_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def find_repository(path: Path) -> Path | None:
    """Return the nearest repository at or above `path`, which itself need not exist any more."""
    start = path.absolute()
    for folder in (start, *start.parents):
        if is_repository(folder):
            is_inner = folder.name == ".git" and is_repository(folder.parent)
            return folder.parent if is_inner else folder
    return None


def is_repository(path: Path) -> bool:
    """Tell whether `path` is a work tree or a bare repository, be it intact or broken."""
    return git_directory(path) is not None


def git_directory(repo: Path) -> Path | None:
    """Return the folder that holds the git data of `repo`, or None where there is none.

    The `.git` of a linked work tree or submodule is a file that names the folder.
    """
    inner = repo / ".git"
    mode = _mode(inner)
    if mode is None:
        return repo if _is_bare(repo) else None
    if stat.S_ISDIR(mode):
        traces = ("HEAD", "objects", "refs", "config")
        return inner if any(_mode(inner / trace) is not None for trace in traces) else None
    head = _read(inner, _MAX_REF_BYTES)
    if not head.startswith(_GITFILE_PREFIX):
        return None
    return _resolved(repo, head[len(_GITFILE_PREFIX) :])


def common_directory(repo: Path) -> Path | None:
    """Return the git folder that all work trees of one repository share.

    Two work trees with one common directory hold the same history.
    """
    inner = git_directory(repo)
    if inner is None:
        return None
    pointer = _read(inner / "commondir", _MAX_REF_BYTES)
    return _resolved(inner, pointer) if pointer else inner


def fingerprint(repo: Path) -> str:
    """Return a text that changes when the commits that `repo` can reach change.

    It covers HEAD, branches, remote branches, tags and the shallow boundary, and never fails:
    what cannot be read counts as empty, and shows when the history is read.
    """
    from tracemill.base.ids import digest  # hashing is a tenth of a hook's time, which needs none

    inner, common = git_directory(repo), common_directory(repo)
    if inner is None or common is None:
        return digest("no repository")
    return digest(*_state(inner, common))


class CheckedOut(NamedTuple):
    """What a work tree has checked out."""

    branch: str | None
    """Its branch; None where it is on none."""
    commit: str | None
    """Hash of its commit; None before the first, and where git's newer tables of refs hold it."""


def checked_out(repo: Path) -> CheckedOut:
    """Return the branch and commit on which `repo` stands."""
    inner, common = git_directory(repo), common_directory(repo)
    if inner is None or common is None:
        return CheckedOut(None, None)
    head = _read(inner / "HEAD", _MAX_REF_BYTES).decode("utf-8", "replace").strip()
    ref = head.removeprefix("ref: ")
    if ref == head:
        return CheckedOut(None, head if _HASH.fullmatch(head) else None)
    branch = ref.removeprefix("refs/heads/")
    commit = _read(common / ref, _MAX_REF_BYTES).decode("utf-8", "replace").strip()
    if not _HASH.fullmatch(commit):
        packed = _read(common / "packed-refs", _MAX_TABLE_BYTES).decode("utf-8", "replace")
        found = (line.split(" ", 1) for line in packed.splitlines() if line.endswith(f" {ref}"))
        commit = next((sha for sha, name in found if name == ref), "")
    return CheckedOut(branch, commit or None)


def refs_named(repo: Path, name: str) -> list[str]:
    """Return the branch `name` of `repo`, and those of that name that remotes had, in full.

    Tables of refs in git's newer format are not looked into.
    """
    common = common_directory(repo)
    if common is None:
        return []
    packed = _read(common / "packed-refs", _MAX_TABLE_BYTES)
    found = {f"heads/{name}"} if _mode(common / "refs/heads" / name) is not None else set()
    with suppress(OSError):
        for remote in (common / "refs/remotes").iterdir():
            if _mode(remote / name) is not None:
                found.add(f"remotes/{remote.name}/{name}")
    for line in packed.splitlines() if name.encode() in packed else ():
        ref = line.partition(b" refs/")[2].decode("utf-8", "replace")
        if ref == f"heads/{name}" or (ref.startswith("remotes/") and ref.endswith(f"/{name}")):
            found.add(ref)
    return [f"refs/{ref}" for ref in sorted(found)]


def refs_below(repo: Path, folder: str) -> list[str]:
    """Return the refs of `repo` below `folder`, in full and sorted, but those in newer tables."""
    common = common_directory(repo)
    if common is None:
        return []
    loose = (path for path in (common / "refs" / folder).rglob("*") if path.is_file())
    found = {path.relative_to(common).as_posix() for path in loose}
    start = f"refs/{folder}/".encode()
    packed = _read(common / "packed-refs", _MAX_TABLE_BYTES)
    for line in packed.splitlines() if start in packed else ():
        ref = line.partition(b" ")[2]
        if ref.startswith(start):
            found.add(ref.decode("utf-8", "replace"))
    return sorted(found)


def _state(inner: Path, common: Path) -> Iterator[bytes]:
    yield _read(inner / "HEAD", _MAX_REF_BYTES)
    yield _read(inner / "reftable" / "tables.list", _MAX_TABLE_BYTES)
    for name in ("packed-refs", "shallow", "reftable/tables.list"):
        yield _read(common / name, _MAX_TABLE_BYTES)
    for folder in _REF_FOLDERS:
        yield from _loose_refs(str(common / "refs"), folder)


def _loose_refs(refs: str, folder: str) -> Iterator[bytes]:
    try:
        with os.scandir(f"{refs}/{folder}") as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        name = f"{folder}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _loose_refs(refs, name)
        else:
            yield os.fsencode(name)
            yield _read(entry.path, _MAX_REF_BYTES)


def _is_bare(folder: Path) -> bool:
    head = _mode(folder / "HEAD")
    parts = (_mode(folder / "objects"), _mode(folder / "refs")) if head else ()
    return bool(parts) and all(part is not None and stat.S_ISDIR(part) for part in parts)


def _mode(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except OSError:
        return None


def _resolved(folder: Path, pointer: bytes) -> Path:
    return Path(os.path.normpath(folder / os.fsdecode(pointer.strip())))


def _read(path: Path | str, limit: int) -> bytes:
    """Return the first bytes of a regular file; none where there is no readable one.

    A pipe or device that stands in for the file must neither block nor flood the reader.
    """
    try:
        opened = os.open(path, _READ_FLAGS)
    except OSError:
        return b""
    try:
        status = os.fstat(opened)
        return os.read(opened, min(limit, status.st_size)) if stat.S_ISREG(status.st_mode) else b""
    except OSError:
        return b""
    finally:
        os.close(opened)
