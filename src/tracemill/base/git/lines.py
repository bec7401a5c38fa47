"""Which lines each commit adds, as hashes: the lines of its files that were not there before.

What tells of no piece of work is left out: merges and commits of very many files or lines, lists
of locked versions, contents that are large or binary, and lines so long that no person wrote
them. So is what the repository lacks. Each content is read at most twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from tracemill.base.git.changes import ChangedFile
from tracemill.base.git.objects import blobs, object_sizes
from tracemill.base.git.process import Git
from tracemill.base.line_sketch import hashes_of, pack_hashes

MAX_FILES: Final = 100
"""How many files a commit may change that is looked at."""
_MAX_LINES: Final = 2**14
MAX_LINE_BYTES: Final = 1_000
MAX_BLOB_BYTES: Final = 2**18
_AT_ONCE: Final = 128
BINARY: Final = b"\0"
LOCKED: Final = (b"-lock.json", b"-lock.yaml", b".lock", b"go.sum", b".min.js", b".map")
_Pair = tuple[str | None, str]


class Added(NamedTuple):
    """The lines that a commit adds."""

    commit: str
    at: str
    """Seconds since 1970 at which the commit was made, as git prints them."""
    hashes: bytes
    """Their bare hashes, packed: see `base.line_sketch`."""


class _Asked(NamedTuple):
    commit: str
    at: str
    pairs: tuple[_Pair, ...]


class AddedLines:
    """Takes commits, and then reads what they added."""

    def __init__(self) -> None:
        self._asked: list[_Asked] = []
        self.left_out: Counter[str] = Counter()
        """Commits of which nothing is known, by reason."""

    def take(self, commit: str, at: str, changes: Iterable[ChangedFile]) -> None:
        """Take the next commit, which has one parent or none."""
        pairs = tuple(
            (each.old_id, each.new_id)
            for each in changes
            if each.new_id and not each.path.endswith(LOCKED)
        )
        if len(pairs) > MAX_FILES:
            self.leave_large()
        elif pairs:
            self._asked.append(_Asked(commit, at, pairs))

    def leave_large(self) -> None:
        """Note a commit of too many files."""
        self.left_out["lines_of_too_many_files"] += 1

    def found(self, git: Git) -> Iterator[Added]:
        """Yield what each commit adds, where that could be read and is not nothing."""
        every = (i for each in self._asked for pair in each.pairs for i in pair if i is not None)
        sizes = object_sizes(git, every)
        readable = {each for each, n_bytes in sizes.items() if n_bytes <= MAX_BLOB_BYTES}
        waiting = iter(self._asked)
        while asked := list(islice(waiting, _AT_ONCE)):
            wanted = {i for each in asked for pair in each.pairs for i in pair if i in readable}
            lines = {
                blob.object_id: frozenset(blob.data.split(b"\n"))
                for blob in blobs(git, sorted(filter(None, wanted)))
                if BINARY not in blob.data
            }
            for each in asked:
                yield from self._added(each, lines)

    def _added(self, asked: _Asked, lines: dict[str, frozenset[bytes]]) -> Iterator[Added]:
        if not any(new_id in lines for _, new_id in asked.pairs):
            self.left_out["lines_unavailable"] += 1
            return
        hashes = set(_hashes(asked.pairs, lines))
        if len(hashes) > _MAX_LINES:
            self.left_out["lines_too_many"] += 1
        elif hashes:
            yield Added(asked.commit, asked.at, pack_hashes(hashes))


def _hashes(pairs: Iterable[_Pair], lines: dict[str, frozenset[bytes]]) -> Iterator[int]:
    for old_id, new_id in pairs:
        old = frozenset[bytes]() if old_id is None else lines.get(old_id)
        if old is not None and new_id in lines:
            added = lines[new_id] - old
            yield from hashes_of(line for line in added if len(line) <= MAX_LINE_BYTES)
