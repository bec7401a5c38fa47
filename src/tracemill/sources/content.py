"""The bytes of one input, handed to its source once, in the shape that its format needs.

Whoever archives the input sees each block pass, so a source asks for one shape only: lines,
one document, the members of a folder, or a file on disk for readers that must seek. Nothing
here holds more than one line, one document or one member at a time.
"""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from tracemill.base.errors import SourceError
from tracemill.base.lines import MAX_LINE_BYTES, Line, OversizeLine, split_lines
from tracemill.base.streams import Blocks


class Member(NamedTuple):
    """One file of an input that is a folder."""

    path: str
    """Its path below the folder, with `/` between the parts."""
    start: int
    """Offset of its first byte in the input's stream."""
    data: bytes | None
    """What it holds; None where that is longer than the limit."""
    n_bytes: int
    """How long it is."""

    @property
    def end(self) -> int:
        """Offset just behind its last byte."""
        return self.start + self.n_bytes


class Content:
    """The bytes of one input; ask for one shape, once."""

    def __init__(
        self,
        blocks: Iterable[bytes],
        max_bytes: int = MAX_LINE_BYTES,
        scratch: Path | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """Take the bytes in blocks of any size.

        Args:
            blocks: the bytes.
            max_bytes: the longest line, document or member that is held in memory.
            scratch: folder in which `file` may write for a while; unredacted text goes there.
            zone: the zone of times that tell none, as a person said it; None for nobody did.
        """
        self.zone = zone
        self._blocks = blocks
        self.max_bytes = max_bytes
        self._scratch = scratch

    def begins_with(self, mark: bytes) -> bool:
        """Tell whether the bytes begin with `mark`; they can be asked for in any shape after."""
        return self.peek(len(mark)).startswith(mark)

    def peek(self, n_bytes: int) -> bytes:
        """Return the first bytes, as many as there are up to `n_bytes`, and keep them."""
        rest = iter(self._blocks)
        held = b""
        for block in rest:
            held += block
            if len(held) >= n_bytes:
                break
        self._blocks = chain([held], rest)
        return held[:n_bytes]

    def blocks(self) -> Iterable[bytes]:
        """Return the bytes as they come."""
        return self._blocks

    def lines(self) -> Iterator[Line | OversizeLine]:
        """Yield the lines with their offsets."""
        return split_lines(self._blocks, self.max_bytes)

    def document(self) -> bytes | None:
        """Return all bytes at once, or None where they are more than the limit."""
        held: list[bytes] = []
        n_bytes = 0
        for block in self._blocks:
            n_bytes += len(block)
            if n_bytes <= self.max_bytes:
                held.append(block)
            else:
                held.clear()
        return b"".join(held) if n_bytes <= self.max_bytes else None

    def members(self) -> Iterator[Member]:
        """Yield the files of an input that `base.streams.folder_stream` opened.

        Raises:
            SourceError: the stream is cut or damaged.
        """
        try:
            with tarfile.open(fileobj=Blocks(iter(self._blocks)), mode="r|") as packed:
                for entry in packed:
                    opened = packed.extractfile(entry)
                    is_fitting = opened is not None and entry.size <= self.max_bytes
                    data = opened.read() if opened is not None and is_fitting else None
                    yield Member(entry.name, entry.offset_data, data, entry.size)
        except tarfile.TarError as error:
            raise SourceError(
                f"expected a whole folder, found a cut or damaged one: {error}"
            ) from None

    @contextmanager
    def file(self) -> Iterator[Path]:
        """Give the bytes as a file that may be read in any order, and is gone afterwards."""
        with tempfile.NamedTemporaryFile(dir=self._scratch) as out:
            for block in self._blocks:
                out.write(block)
            out.flush()
            yield Path(out.name)
