"""The seam for training formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar

import pyarrow as pa

from tracemill.records.refs import Record

E_contra = TypeVar("E_contra", bound=Record, contravariant=True)


class Exporter(Protocol[E_contra]):
    """Turns one example into one row. Pure: files, shards and hashes are the flow's business."""

    name: ClassVar[str]
    """As on the command line."""
    schema: ClassVar[pa.Schema]
    """Columns of `columns`."""

    def row(self, example: E_contra) -> Mapping[str, Any]:
        """Return the row for `example`, ready for a line of JSON."""
        ...

    def columns(self, example: E_contra) -> Mapping[str, Any]:
        """Return the row in the form of `schema`, for Parquet."""
        ...
