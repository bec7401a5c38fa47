"""The seams for training formats, and for formats of whole trajectories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from tracemill.export.trajectories.known import NOTHING_KNOWN, Known
from tracemill.records.events.event import Event
from tracemill.records.refs import Record
from tracemill.records.sessions.trajectory import Step, Trajectory

if TYPE_CHECKING:  # who only asks for the version needs no Arrow
    import pyarrow as pa

E_contra = TypeVar("E_contra", bound=Record, contravariant=True)


class Exporter(Protocol[E_contra]):
    """Turns one example into one row. Pure: files, shards and hashes are the flow's business."""

    name: ClassVar[str]
    """As on the command line."""
    schema: ClassVar[pa.Schema]
    """Columns of the row in Parquet, where a column that a row lacks is null."""

    def row(self, example: E_contra) -> Mapping[str, Any]:
        """Return the row for `example`.

        What nests is JSON already, as `msgspec.Raw`: a line of JSON and a cell of Parquet hold
        the same text, and it is encoded once.
        """
        ...


class TrajectoryExporter(Protocol):
    """Turns one trajectory into one document. Pure, as exporters of examples are."""

    name: ClassVar[str]
    """As on the command line."""
    tells_known: ClassVar[bool]
    """Whether it tells what is known beyond the steps, which takes a look at all of them."""

    def document(
        self,
        header: Trajectory,
        steps: Iterable[Step],
        events: Iterable[Event] = (),
        subagents: Sequence[Mapping[str, Any]] = (),
        known: Known = NOTHING_KNOWN,
    ) -> Mapping[str, Any]:
        """Return the document of a trajectory, which may hold those of its subagents."""
        ...

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the file that holds a document."""
        ...
