"""Redacted rows of a batch, held in the vault until nothing more has to go from them.

What one input gives away may stand in inputs that were read before it. So rows become data files
once the whole batch has been read; until then the newest wait in memory, a few megabytes
of them, and all before them stand in files of the spool, as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tracemill.flows.ingest.rows import Rows
from tracemill.flows.ingest.sweeping import owners_holding
from tracemill.store.arrow import chosen
from tracemill.store.tables import TABLES

_WAITING_BYTES: Final = 24 * 2**20


class HeldRows:
    """Rows of all tables, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        """Hold what does not fit into memory in files of a folder, which is made for the first."""
        self._folder = folder
        self._streams: dict[str, Any] = {}
        self._waiting: dict[str, list[pa.RecordBatch]] = {}
        self._n_waiting = 0

    def add(self, rows: Rows) -> None:
        """Hold some more."""
        self._waiting.setdefault(rows.table, []).append(rows.batch)
        self._n_waiting += rows.batch.nbytes
        if self._n_waiting >= _WAITING_BYTES:
            self._write_waiting()

    def _write_waiting(self) -> None:
        for table, batches in self._waiting.items():
            if table not in self._streams:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                path, schema = str(self._path(table)), batches[0].schema
                self._streams[table] = pa.ipc.new_stream(path, schema)
            for batch in batches:
                self._streams[table].write_batch(batch)
        self._waiting.clear()
        self._n_waiting = 0

    def _path(self, table: str) -> Path:
        return self._folder / f"{table}.arrow"

    def holders(self, may: Callable[[bytes], bool]) -> set[str]:
        """Return the inputs whose rows may hold what is looked for."""
        found: set[str] = set()
        for name in {*self._streams, *self._waiting}:
            for batch in self.batches(name):
                found |= owners_holding(batch, TABLES[name], may)
        return found

    def batches(self, table: str, without: Collection[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table, but for those of some inputs."""
        for batch in self._all(table):
            if without:
                owners = batch.column(TABLES[table].owner).to_pylist()
                yield chosen(batch, (owner not in without for owner in owners))
            else:
                yield batch

    def _all(self, table: str) -> Iterator[pa.RecordBatch]:
        if table in self._streams:
            self._streams[table].close()
            with pa.OSFile(str(self._path(table))) as opened, pa.ipc.open_stream(opened) as stream:
                yield from stream
        yield from self._waiting.get(table, ())

    def clear(self) -> None:
        """Let go of all rows."""
        for name in self._streams:
            self._path(name).unlink()
        self._streams.clear()
        self._waiting.clear()
        self._n_waiting = 0
