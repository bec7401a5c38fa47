"""The seam for everything that we read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Literal, NamedTuple, Protocol, runtime_checkable

from tracemill.records.events.event import BareLines, Event
from tracemill.records.events.gates import GateResult
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.sources.content import Content
from tracemill.sources.head import Head


class UnreadPart(NamedTuple):
    """A part of a message that nothing was made of, while the rest of its line was used."""

    reason: str
    """Why, for example `unknown_part:hologram`."""


SourceRecord = Trajectory | Step | Event | BareLines | GateResult | Quarantined | UnreadPart | Tally
"""What a source yields: parts before what they belong to, and at the very end a tally.

Steps and events come before their trajectory, gate results before their run. Bare lines are never
kept as they come, and unread parts are only counted.
"""

InputKind = Literal["file", "folder", "repository"]
"""What an input is: a file is read by one source, a repository by all that recognise it."""


class Source(Protocol):
    """Reads one foreign format. It never writes, never redacts and never guesses."""

    name: ClassVar[str]
    """As on the command line and in `Origin.source`."""
    version: ClassVar[int]
    """Raise it when the same input would yield other records."""
    reads: ClassVar[InputKind]
    """What its inputs are."""
    marks: ClassVar[frozenset[str]]
    """What makes an input worth a look: endings of the names under which such files lie among the
    files of a repository, or for a folder the names of entries that it must have."""

    def recognises(self, head: Head) -> bool:
        """Tell whether an input is of this format, by its first bytes."""
        ...

    def open(self, path: Path) -> BinaryIO:
        """Return the original bytes of `path`, which are archived while they are read."""
        ...

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the records that `content` holds; what is bad becomes `Quarantined`, no error."""
        ...


class InnerInput(NamedTuple):
    """An input that lies within a repository as a git object."""

    name: str
    """What it is called there; it stays when the object changes."""
    object_id: str
    """Hash of the object."""
    n_bytes: int | None
    """How long it is; None where the repository lacks it."""


@runtime_checkable
class HoldsInputs(Protocol):
    """A source whose inputs hold others, which are read by the source of whatever they are."""

    def inner_inputs(self, path: Path) -> Iterator[InnerInput]:
        """Yield the inputs within the one at `path`.

        Raises SourceError where the repository cannot be read.
        """
        ...
