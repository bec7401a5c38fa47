"""The seam for training formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from tracemill.records.refs import Record

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
