r"""Byte streams into lines with their offsets, in memory bounded by one line.

Lines end at `\n` and nowhere else: `bytes.splitlines` would also cut at `\r`, and text
mode at U+2028, both of which stand inside real JSON strings. A line longer than the
limit is never held: its place is reported, so that it can be named and skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final, NamedTuple, Self, final

MAX_LINE_BYTES = 256 * 2**20
"""The longest line that is read; longer ones are reported as `OversizeLine`."""
_NEWLINE: Final = ord("\n")


class Line(NamedTuple):
    """One line, and where it stood."""

    start: int
    """Offset of its first byte."""
    end: int
    """Offset just behind its last byte, before the newline."""
    raw: bytes
    """Its bytes as they came, perhaps with the newline: for who does not mind, and saves a copy."""
    is_terminated: bool
    """Whether a newline followed; the last line of a live file may still grow."""

    @classmethod
    def at(cls, start: int, data: bytes, *, is_terminated: bool) -> Self:
        """Return the line that stands at an offset."""
        return cls(start, start + len(data), data, is_terminated)

    @property
    def data(self) -> bytes:
        """Its bytes without the newline."""
        return self.raw[: self.end - self.start]


@final
class OversizeLine(NamedTuple):
    """A line that was longer than the limit, and was passed over."""

    start: int
    end: int


def split_lines(
    blocks: Iterable[bytes], max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[Line | OversizeLine]:
    """Yield the lines of a byte stream that arrives in blocks of any size."""
    new: Final = tuple.__new__  # half the cost of the class's own, which checks its arguments
    offset = n_begun = 0
    begun: list[bytes] = []
    for block in blocks:
        for part in BytesIO(block):  # finds newlines several times as fast as `bytes.split`
            if n_begun or part[-1] != _NEWLINE:
                n_begun += len(part)
                begun.append(part)
                if n_begun > max_line_bytes + 1:
                    begun.clear()
                if part[-1] != _NEWLINE:
                    continue
                end = offset + n_begun - 1
                raw, begun, n_begun = b"".join(begun), [], 0
            else:
                end = offset + len(part) - 1
                raw = part
            if end - offset <= max_line_bytes:
                yield new(Line, (offset, end, raw, True))
            else:
                yield OversizeLine(offset, end)
            offset = end + 1
    if n_begun > max_line_bytes:
        yield OversizeLine(offset, offset + n_begun)
    elif n_begun:
        yield Line.at(offset, b"".join(begun), is_terminated=False)
