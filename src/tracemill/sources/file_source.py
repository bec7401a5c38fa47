"""What all sources share whose inputs are single files that are read from their beginning."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, ClassVar

from tracemill.sources.protocol import InputKind


class FileSource:
    """A source of plain files; a format adds its name, how to tell it, and how to read it."""

    reads: ClassVar[InputKind] = "file"

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of the file."""
        return path.open("rb", buffering=0)
