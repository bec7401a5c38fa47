"""The versions of process files in a repository, gathered from its history with one walk.

The stream is a tar file: first `versions.jsonl`, one line for each version with path, commit,
time, letter and hash of the content; then each content once, named by its hash. Contents that
are absent, or longer than the limit, are left out.

A file is taken for its path, or for the newest content that it has: the one with which it stands
or was deleted. So a file is followed through all its versions, and no content but the newest is
looked at in vain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from tracemill.base.git.objects import TreeFile, read_files
from tracemill.base.git.process import Git
from tracemill.base.git.versions import FileChanged, file_changes
from tracemill.base.streams import PackedFile, packed_stream
from tracemill.sources.process_files.issue_headers import issue_header
from tracemill.sources.process_files.markdown import sections_of
from tracemill.sources.process_files.table import (
    is_account,
    kind_of_path,
    may_be_account,
    may_have_header,
)

VERSIONS: Final = "versions.jsonl"
MAX_BYTES: Final = 2**20
"""The longest file that is read."""
_MAX_PATHS: Final = 50_000
"""How many files at most are looked at for what they say, those changed last first."""
_MAX_VERSIONS: Final = 200_000
"""How many versions at most are read, the newest first."""


def version_stream(repo: Path) -> BinaryIO:
    """Return the versions of the process files of `repo` as one stream.

    Raises:
        SourceError: the repository cannot be read, at once or while the stream is read.
    """
    return packed_stream(_packed(Git.of(repo)))


def _packed(git: Git) -> Iterator[PackedFile]:
    versions = _versions(git)
    yield PackedFile(VERSIONS, b"".join(map(_line, versions)))
    contents = {each.object_id: None for each in versions if each.object_id is not None}
    yield from read_files(git, (TreeFile(each, each) for each in contents), MAX_BYTES)


def _line(version: FileChanged) -> bytes:
    return orjson.dumps(version._asdict()) + b"\n"


def _versions(git: Git) -> list[FileChanged]:
    by_path: dict[str, list[FileChanged]] = {}
    for change in file_changes(git):
        if kind_of_path(change.path) is not None or may_have_header(change.path):
            by_path.setdefault(change.path, []).append(change)
    wanted = {path for path in by_path if kind_of_path(path) is not None}
    wanted |= _telling(git, {p: versions for p, versions in by_path.items() if p not in wanted})
    found = chain.from_iterable(by_path[path] for path in by_path if path in wanted)
    return list(found)[:_MAX_VERSIONS]


def _telling(git: Git, by_path: dict[str, list[FileChanged]]) -> set[str]:
    """Return the paths of files that are process files for what they say."""
    newest = (_newest(path, versions) for path, versions in by_path.items())
    asked = [file for file, _ in zip(filter(None, newest), range(_MAX_PATHS), strict=False)]
    return {file.name for file in read_files(git, asked, MAX_BYTES) if _tells(file)}


def _newest(path: str, versions: Iterable[FileChanged]) -> TreeFile | None:
    ids = (version.object_id for version in versions)
    return next((TreeFile(path, object_id) for object_id in ids if object_id is not None), None)


def _tells(file: PackedFile) -> bool:
    if b"\0" in file.data[:8192]:
        return False
    if b"ISSUES:" in file.data and issue_header(file.data.decode("utf-8", "replace")):
        return True
    if not may_be_account(file.name):
        return False
    sections = sections_of(file.data.decode("utf-8", "replace"))
    return is_account(frozenset(section.role for section in sections))
