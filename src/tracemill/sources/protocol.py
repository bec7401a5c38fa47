"""The seam for everything that we read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

from tracemill.base.lines import Line, OversizeLine
from tracemill.records.events import Event
from tracemill.records.findings import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.records.trajectory import Step, Trajectory

SourceRecord = Trajectory | Step | Event | Quarantined | Tally
"""What a source yields: steps and events, then their trajectory, and at the very end a tally."""


class Source(Protocol):
    """Reads one foreign format. It never writes, never redacts and never guesses."""

    name: ClassVar[str]
    """As on the command line and in `Origin.source`."""
    version: ClassVar[int]
    """Raise it when the same input would yield other records."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Tell whether `path`, which begins with the bytes `head`, is of this format.

        For a folder `head` is empty.
        """
        ...

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of `path`, which are archived while they are read."""
        ...

    def read(self, lines: Iterable[Line | OversizeLine], origin: Origin) -> Iterator[SourceRecord]:
        """Yield the records that `lines` hold; bad lines become `Quarantined`, never errors."""
        ...
