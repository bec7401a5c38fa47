"""Files of lines of which some go: how many that are, and the files without them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tracemill.store.workspace import write_whole

Stays = Callable[[bytes], bool]
"""Whether a line stays."""


def count_gone(paths: Iterable[Path], stays: Stays) -> int:
    """Return how many lines of some files do not stay."""
    return sum(n_gone for _, _, n_gone in _split(paths, stays))


def erase_gone(paths: Iterable[Path], stays: Stays) -> int:
    """Write files anew without the lines that do not stay; return how many those are."""
    n_all = 0
    for path, kept, n_gone in _split(paths, stays):
        if n_gone:
            write_whole(path, kept)
            n_all += n_gone
    return n_all


def _split(paths: Iterable[Path], stays: Stays) -> Iterator[tuple[Path, bytes, int]]:
    """Yield each file with the lines of it that stay, and how many do not."""
    for path in sorted(paths):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if stays(line)]
        yield path, b"".join(kept), len(lines) - len(kept)
