"""Objects of a repository by their hashes: the files of a tree, their sizes, their bytes.

Objects may be absent, as in a partial clone; they are left out and never fetched.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from tracemill.base.errors import SourceError
from tracemill.base.git.process import Git
from tracemill.base.streams import Blocks, PackedFile

_BLOCK_BYTES: Final = 2**17
_MAX_HEADER_BYTES: Final = 256


class TreeFile(NamedTuple):
    """One file of a tree."""

    path: str
    object_id: str


class Blob(NamedTuple):
    """What a file holds."""

    object_id: str
    data: bytes


def tree_files(git: Git, revision: str) -> Iterator[TreeFile]:
    """Yield the regular files of the tree of a commit, in the order of their paths."""
    listed = git.answer("ls-tree", "-r", "-z", "--full-tree", revision)
    for entry in listed.split(b"\0"):
        about, _, path = entry.partition(b"\t")
        mode, _, rest = about.partition(b" ")
        if mode.startswith(b"100"):
            object_id = rest.partition(b" ")[2].decode("ascii")
            yield TreeFile(path.decode("utf-8", "replace"), object_id)


def object_sizes(git: Git, object_ids: Iterable[str]) -> dict[str, int]:
    """Return how many bytes each blob has; those that the repository lacks are left out.

    Git ends at the first object that it would have to fetch, and must then list all it has.
    """
    wanted = dict.fromkeys(object_ids)
    if not wanted:
        return {}
    try:
        answered = git.answer("cat-file", "--batch-check", asked="\n".join(wanted).encode())
    except SourceError:
        answered = git.answer("cat-file", "--batch-check", "--batch-all-objects", "--unordered")
    sizes = {}
    for line in answered.splitlines():
        object_id, *about = line.decode("ascii", "replace").split(" ")
        if object_id in wanted and about[0] == "blob":
            sizes[object_id] = int(about[1])
    return sizes


def read_files(git: Git, files: Iterable[TreeFile], max_bytes: int) -> Iterator[PackedFile]:
    """Yield files with what they hold, equal ones behind one another.

    Those that are absent or longer than `max_bytes` are left out.
    """
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for file in files:
        paths[file.object_id].append(file.path)
    sizes = object_sizes(git, paths)
    for blob in blobs(git, (each for each in paths if sizes.get(each, max_bytes + 1) <= max_bytes)):
        yield from (PackedFile(path, blob.data) for path in paths[blob.object_id])


def blobs(git: Git, object_ids: Iterable[str]) -> Iterator[Blob]:
    """Yield blobs, all of which must be there, in the order asked for, one at a time."""
    for object_id, n_bytes, stream in _each(git, object_ids):
        yield Blob(object_id, stream.read(n_bytes))


def beginnings(git: Git, object_ids: Iterable[str], n_bytes: int) -> Iterator[Blob]:
    """Yield the first bytes of blobs, all of which must be there; none is held as a whole."""
    for object_id, size, stream in _each(git, object_ids):
        yield Blob(object_id, stream.read(min(size, n_bytes)))
        for rest in range(max(size - n_bytes, 0), 0, -_BLOCK_BYTES):
            stream.read(min(rest, _BLOCK_BYTES))


def _each(git: Git, object_ids: Iterable[str]) -> Iterator[tuple[str, int, BinaryIO]]:
    """Yield each blob's hash and size, and the stream to read exactly so many bytes from."""
    asked = "\n".join(object_ids).encode()
    if not asked:
        return
    with git.running("cat-file", "--batch", "--buffer", asked=asked) as process:
        stream = io.BufferedReader(Blocks(process.blocks()), _BLOCK_BYTES)
        while header := stream.readline(_MAX_HEADER_BYTES).split():
            yield header[0].decode("ascii"), int(header[2]), stream
            stream.read(1)
        if failure := process.failure():
            raise SourceError(failure)


def blob_stream(repo: Path, object_id: str) -> BinaryIO:
    """Return the bytes of one blob; closing the stream early stops git.

    Raises:
        SourceError: there is no repository, or while it is read: the blob cannot be read.
    """
    return io.BufferedReader(Blocks(_blocks(Git.of(repo), object_id)), _BLOCK_BYTES)


def _blocks(git: Git, object_id: str) -> Generator[bytes, None, None]:
    with git.running("cat-file", "blob", object_id, asked=b"") as process:
        yield from process.blocks()
        if failure := process.failure():
            raise SourceError(failure)
