"""Objects of a repository by their hashes: the files of a tree, their sizes, their bytes.

Objects may be absent, as in a partial clone; they are left out and never fetched.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
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


def files_of_trees(git: Git, trees: Mapping[str, str]) -> Iterator[TreeFile]:
    """Yield the regular files of many trees by few processes, all of which must be there.

    `trees` are git's names of them, by what the paths of their files begin with.
    """
    level = dict(trees)
    while level:
        inner: dict[str, str] = {}
        for start, tree in zip(level, blobs(git, level.values()), strict=True):
            for mode, name, object_id in _entries(tree):
                if mode == b"40000":
                    inner[f"{start}{name}/"] = object_id
                elif mode.startswith(b"100"):
                    yield TreeFile(f"{start}{name}", object_id)
        level = inner


def _entries(tree: Blob) -> Iterator[tuple[bytes, str, str]]:
    """Yield mode, name and object of each entry of a tree as git keeps it."""
    n_bytes, data, at = len(tree.object_id) // 2, tree.data, 0
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, name = data[at:end].partition(b" ")
        at = end + 1 + n_bytes
        yield mode, name.decode("utf-8", "replace"), data[end + 1 : at].hex()


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
            if header[-1] == b"missing":
                raise SourceError(f"{str(git.repo)!r}: objects are missing; see `git fsck`")
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
