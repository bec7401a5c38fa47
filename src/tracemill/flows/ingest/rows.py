"""Redacted rows on their way out of the kernel, as many at a time as are worth a batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from tracemill.records.refs import Record
from tracemill.store.tables import TABLES

_ROWS: Final = 4_096
_ROW_BYTES: Final = 8 * 2**20
"""How much text is worth a batch of rows."""


class Rows(Record, frozen=True, kw_only=True):
    """Redacted rows of one table."""

    table: str
    """Name of the table."""
    batch: Any
    """The rows, a `pyarrow.RecordBatch`."""


class RowBuffer:
    """Collects records of all tables until they make worthwhile batches."""

    def __init__(self) -> None:
        self._records: dict[str, list[Any]] = {name: [] for name in TABLES}
        self._owners: dict[str, list[str]] = {name: [] for name in TABLES}
        self._n_bytes = 0

    def add(self, table: str, record: Any, owner: str) -> None:
        """Add one record."""
        self._records[table].append(record)
        self._owners[table].append(owner)

    def weigh(self, n_bytes: int) -> Iterator[Rows]:
        """Note how much text the records hold; yield rows where enough has come."""
        self._n_bytes += n_bytes
        if self._n_bytes >= _ROW_BYTES or len(self._records["steps"]) >= _ROWS:
            yield from self.flush()

    def flush(self) -> Iterator[Rows]:
        """Yield everything held as rows."""
        for name, records in self._records.items():
            if records:
                batch: pa.RecordBatch = TABLES[name].to_batch(records, self._owners[name])
                records.clear()
                self._owners[name].clear()
                yield Rows(table=name, batch=batch)
        self._n_bytes = 0
