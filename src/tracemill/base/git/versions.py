"""Which files each commit of a repository changed, and to which contents: names and hashes alone.

A merge changed only what it holds unlike each of its parents, so what a branch brought is told
once, by the commit that wrote it. Commits come children first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final, NamedTuple

from tracemill.base.errors import SourceError
from tracemill.base.git.log import work_refs
from tracemill.base.git.process import Git
from tracemill.base.streams import Blocks

_BLOCK_BYTES: Final = 2**17
_FORMAT: Final = "%x00commit %H %ct"
_LOG: Final = (
    "log",
    "--stdin",
    "--topo-order",
    "-z",
    "--root",
    "--no-color",
    "--no-show-signature",
    "--no-relative",
    "--no-renames",
    "--raw",
    "--no-abbrev",
    "--diff-merges=combined",
    "--ignore-submodules=all",
    f"--format={_FORMAT}",
)


class FileChanged(NamedTuple):
    """What one commit made of one file."""

    commit: str
    at: int
    """Seconds since 1970 at which it was committed."""
    path: str
    letter: str
    """Git's letter: A added, M modified, D deleted, T type changed."""
    object_id: str | None
    """Hash of the new content; None where the file is gone."""


def file_changes(git: Git) -> Iterator[FileChanged]:
    """Yield what the commits changed that branches and tags reach, regular files only.

    Raises:
        SourceError: the history cannot be read.
    """
    tips = b"\n".join(sorted({ref.sha for ref in work_refs(git)}))
    if not tips:
        return
    with git.running(*_LOG, asked=tips) as process:
        yield from _changes(_tokens(io.BufferedReader(Blocks(process.blocks()), _BLOCK_BYTES)))
        if failure := process.failure():
            raise SourceError(failure)


def _tokens(stream: io.BufferedReader) -> Iterator[bytes]:
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _changes(tokens: Iterator[bytes]) -> Iterator[FileChanged]:
    commit, at = "", 0
    for token in tokens:
        entry = token.lstrip(b"\n")
        if entry.startswith(b"commit "):
            _, sha, seconds = entry.split(b" ")
            commit, at = sha.decode("ascii"), int(seconds or 0)
        elif entry.startswith(b":"):
            path = next(tokens, b"")
            modes_and_ids = entry.lstrip(b":").split(b" ")
            n_sides = (len(modes_and_ids) - 1) // 2
            mode, object_id = modes_and_ids[n_sides - 1], modes_and_ids[-2]
            is_gone = not object_id.strip(b"0")
            if is_gone or mode.startswith(b"100"):
                yield FileChanged(
                    commit=commit,
                    at=at,
                    path=path.decode("utf-8", "replace"),
                    letter=modes_and_ids[-1][-1:].decode("ascii", "replace"),
                    object_id=None if is_gone else object_id.decode("ascii"),
                )
