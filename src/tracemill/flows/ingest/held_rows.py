"""Redacted rows of a batch, held in the vault until nothing more has to go from them.

What one input gives away may stand in inputs that were read before it. So rows become data files
once the whole batch has been read; until then they stand in files of the spool, as they came, and
memory does not grow with them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tracemill.flows.ingest.rows import Rows
from tracemill.flows.ingest.sweeping import owners_holding
from tracemill.store.tables import TABLES


class HeldRows:
    """Rows of all tables, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        """Hold rows in files of a folder, which is made for the first."""
        self._folder = folder
        self._streams: dict[str, Any] = {}

    def add(self, rows: Rows) -> None:
        """Hold some more."""
        if rows.table not in self._streams:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._streams[rows.table] = pa.ipc.new_stream(
                str(self._path(rows.table)), rows.batch.schema
            )
        self._streams[rows.table].write_batch(rows.batch)

    def _path(self, table: str) -> Path:
        return self._folder / f"{table}.arrow"

    def holders(self, may: Callable[[bytes], bool]) -> set[str]:
        """Return the inputs whose rows may hold what is looked for."""
        found: set[str] = set()
        for name in self._streams:
            for batch in self.batches(name):
                found |= owners_holding(batch, TABLES[name], may)
        return found

    def batches(self, table: str, without: Collection[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table, but for those of some inputs."""
        if table not in self._streams:
            return
        self._streams[table].close()
        gone = pa.array(sorted(without), pa.string())
        with pa.OSFile(str(self._path(table))) as opened, pa.ipc.open_stream(opened) as stream:
            for batch in stream:
                is_gone = pc.is_in(batch.column(TABLES[table].owner), gone)
                yield batch.filter(pc.invert(is_gone)) if without else batch

    def clear(self) -> None:
        """Let go of all rows."""
        for name in self._streams:
            self._path(name).unlink()
        self._streams.clear()
