r"""Byte streams into lines with their offsets, in memory bounded by one line.

Lines end at `\n` and nowhere else: `bytes.splitlines` would also cut at `\r`, and text
mode at U+2028, both of which stand inside real JSON strings. A line longer than the
limit is never held: its place is reported, so that it can be named and skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

MAX_LINE_BYTES = 256 * 2**20
"""The longest line that is read; longer ones are reported as `OversizeLine`."""


class Line(NamedTuple):
    """One line without its newline, and where it stood."""

    start: int
    """Offset of its first byte."""
    data: bytes
    is_terminated: bool
    """Whether a newline followed; the last line of a live file may still grow."""

    @property
    def end(self) -> int:
        """Offset just behind its last byte, before the newline."""
        return self.start + len(self.data)


class OversizeLine(NamedTuple):
    """A line that was longer than the limit, and was passed over."""

    start: int
    end: int


def split_lines(
    blocks: Iterable[bytes], max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[Line | OversizeLine]:
    """Yield the lines of a byte stream that arrives in blocks of any size."""
    new: Final = tuple.__new__  # half the cost of the class's own, which checks its arguments
    offset = 0
    held: list[bytes] = []
    n_held = 0
    for block in blocks:
        first, *rest = block.split(b"\n")
        n_held += len(first)
        if n_held <= max_line_bytes:
            held.append(first)
        else:
            held.clear()
        if not rest:
            continue
        yield _line(held, offset, n_held, is_terminated=True)
        offset += n_held + 1
        for data in rest[:-1]:
            if len(data) <= max_line_bytes:
                yield new(Line, (offset, data, True))
            else:
                yield OversizeLine(offset, offset + len(data))
            offset += len(data) + 1
        n_held = len(rest[-1])
        held = [rest[-1]] if n_held <= max_line_bytes else []
    if n_held:
        yield _line(held, offset, n_held, is_terminated=False)


def _line(
    held: list[bytes], offset: int, n_bytes: int, *, is_terminated: bool
) -> Line | OversizeLine:
    data = b"".join(held)
    if len(data) != n_bytes:
        return OversizeLine(offset, offset + n_bytes)
    return Line(offset, data, is_terminated)
