"""The lake: redacted facts and derivations as Delta tables that any engine can read.

Data files are written row group by row group, so that memory does not grow with the data; one
commit then makes them visible and takes away what they replace. A killed process leaves at most
files that no commit names.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tracemill.store.arrow import chosen
from tracemill.store.arrow import compute as pc
from tracemill.store.delta_log import Add, DeltaLog
from tracemill.store.tables import TABLES, Table
from tracemill.store.workspace import sync_folder

_ROW_GROUP_ROWS: Final = 16_384
_ROW_GROUP_BYTES: Final = 8 * 2**20
"""Each group of rows has costs of its own, in time as in size."""
_BATCH_ROWS: Final = 2_048
_BATCH_BYTES: Final = 1 * 2**20
_BUFFER_BYTES: Final = 2**20
_FEW_OWNERS: Final = 8
"""Of so many it is worth a look where they stand, before the other columns are read."""
_ZSTD_LEVEL: Final = 1
"""The archive keeps the same words smaller; here speed counts."""

Where = Callable[[pa.RecordBatch], list[bool | None]]
"""Tells for each of some rows whether it is wanted; an Arrow expression would import pandas."""


def equals(column: str, value: str) -> Where:
    """Want rows with one value in a column."""
    return lambda rows: pc.equal(rows.column(column), value).to_pylist()


def is_any(column: str, values: Collection[str]) -> Where:
    """Want rows with one of some values in a column."""
    wanted = pa.array(sorted(values), pa.string())
    return lambda rows: pc.is_in(rows.column(column), wanted).to_pylist()


def among(column: str, first: int, end: int) -> Where:
    """Want rows whose number in a column is at least `first` and below `end`."""
    return lambda rows: list(map(range(first, end).__contains__, rows.column(column).to_pylist()))


def both(one: Where, other: Where) -> Where:
    """Want rows that two conditions hold for."""
    return lambda rows: [a and b for a, b in zip(one(rows), other(rows), strict=True)]


def begins(column: str, start: str) -> Where:
    """Want rows whose text in a column begins so."""
    return lambda rows: pc.starts_with(rows.column(column), start).to_pylist()


def contains(column: str, part: str) -> Where:
    """Want rows whose text in a column has `part` somewhere."""
    return lambda rows: pc.match_substring(rows.column(column), part).to_pylist()


def contains_any(column: str, parts: Collection[str]) -> Where:
    """Want rows whose text in a column has one of `parts` somewhere."""
    pattern = "|".join(re.escape(part) for part in sorted(parts))
    return lambda rows: pc.match_substring_regex(rows.column(column), pattern).to_pylist()


def is_any_pair(columns: tuple[str, str], values: Collection[tuple[Any, Any]]) -> Where:
    """Want rows with one of some pairs of values in two columns."""

    def wanted(rows: pa.RecordBatch) -> list[bool | None]:
        pairs = zip(*(rows.column(name).to_pylist() for name in columns), strict=True)
        return [pair in values for pair in pairs]

    return wanted


def is_unknown(column: str) -> Where:
    """Want rows that hold nothing in a column."""
    return lambda rows: [value is None for value in rows.column(column).to_pylist()]


class Lake:
    """All tables below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _folder(self, table: Table) -> Path:
        return self._root / table.name

    def _log(self, table: Table) -> DeltaLog:
        return DeltaLog(self._folder(table))

    def versions(self) -> dict[str, int]:
        """Return the Delta version of each table that exists."""
        found = ((name, self._log(table).state()) for name, table in TABLES.items())
        return {name: state.version for name, state in found if state is not None}

    def writer(self, table: Table) -> TableWriter:
        """Begin to write rows; nothing is visible before `commit`."""
        return TableWriter(table, self._folder(table))

    def commit(
        self, writer: TableWriter, *, replaced: Collection[str] | None = None, whole: bool = False
    ) -> bool:
        """Make the writer's rows visible in one step; return whether anything changed.

        Args:
            writer: what was written.
            replaced: owners whose old rows go in the same step.
            whole: whether all old rows go.
        """
        table, log = writer.table, self._log(writer.table)
        added = writer.finish()
        state = log.state()
        gone: list[str] = []
        if state is not None and whole:
            gone = state.files
        elif state is not None and replaced:
            kept, gone = self._without(table, state.files, replaced, table.owner)
            added += kept
        if not added and not gone:
            return False
        log.commit(state, table.schema, added, gone)
        return True

    def _without(
        self, table: Table, files: Sequence[str], values: Collection[str], column: str
    ) -> tuple[list[Add], list[str]]:
        """Rewrite the files that hold rows with `values` in a column, without those rows."""
        gone = frozenset(values)
        writer = TableWriter(table, self._folder(table))
        rewritten = []
        for name in files:
            path = self._folder(table) / name
            if gone.isdisjoint(_values_in(path, column)):
                continue
            rewritten.append(name)
            file = pq.ParquetFile(path)
            for batch in file.iter_batches(_rows_at_once(file)):
                values_here = batch.column(column).to_pylist()
                writer.write(chosen(batch, (value not in gone for value in values_here)))
        return writer.finish(), rewritten

    def remove(self, table: Table, values: Collection[str], column: str | None = None) -> bool:
        """Take away rows with some values in a column, the owner's unless another is named."""
        log = self._log(table)
        state = log.state()
        if state is None or not values:
            return False
        kept, gone = self._without(table, state.files, values, column or table.owner)
        if gone:
            log.commit(state, table.schema, kept, gone)
        return bool(gone)

    def purge(self) -> int:
        """Delete the files that no newest version names; return how many bytes they had.

        Earlier versions of the tables cannot be read any more.
        """
        n_bytes = 0
        for table in TABLES.values():
            named = set(self.files(table))
            for path in self._folder(table).glob("*.parquet"):
                if path.name not in named:
                    n_bytes += path.stat().st_size
                    path.unlink()
        return n_bytes

    def files(self, table: Table) -> list[str]:
        """Return the names of the data files of a table; all rows of an owner are in one."""
        state = self._log(table).state()
        return [] if state is None else state.files

    def owners(self, table: Table, files: Sequence[str] | None = None) -> set[str]:
        """Return the owners of rows."""
        names = self.files(table) if files is None else files
        found = (_values_in(self._folder(table) / name, table.owner) for name in names)
        return set().union(*found)

    def batches(
        self,
        table: Table,
        *,
        owners: Collection[str] | None = None,
        where: Where | None = None,
        columns: Sequence[str] | None = None,
        files: Sequence[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield rows, a few megabytes at a time; an owner's rows keep their order."""
        folder = self._folder(table)
        wanted = None if owners is None else frozenset(owners)
        read = _all_of(columns, table, wanted)
        for name in self.files(table) if files is None else files:
            path = folder / name
            file = pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)
            groups = _groups_of(path, table.owner, wanted)
            for batch in file.iter_batches(
                _rows_at_once(file), row_groups=groups, columns=read, use_threads=False
            ):
                owned = batch if wanted is None else _owned(batch, table.owner, wanted)
                found = owned if where is None else chosen(owned, where(owned))
                if found.num_rows:
                    yield found

    def records(
        self,
        table: Table,
        *,
        owners: Collection[str] | None = None,
        where: Where | None = None,
        files: Sequence[str] | None = None,
    ) -> Iterator[Any]:
        """Yield records; an owner's records keep their order."""
        for batch in self.batches(table, owners=owners, where=where, files=files):
            yield from table.from_batch(batch)

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        return sum(metadata.num_rows for metadata in self._metadata(table))

    def n_bytes(self, table: Table) -> int:
        """Return how many bytes the rows of a table take in memory, roughly."""
        return sum(map(_n_bytes, self._metadata(table)))

    def _metadata(self, table: Table) -> list[pq.FileMetaData]:
        return [pq.read_metadata(self._folder(table) / name) for name in self.files(table)]

    def content_hash(self) -> str:
        """Hash what the tables say, whatever the order and the files in which they say it."""
        state = hashlib.sha256()
        for name, table in sorted(TABLES.items()):
            total = 0
            n_rows = 0
            for batch in self.batches(table):
                for row in batch.to_pylist():
                    total += _row_hash(row)
                    n_rows += 1
            state.update(f"{name}:{n_rows}:{total % 2**256:064x};".encode())
        return state.hexdigest()


class TableWriter:
    """Writes rows of one table into one new data file."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table = table
        self.n_rows = 0
        self._folder = folder
        self.name = f"{table.name}-{uuid4().hex}.parquet"
        """Of the data file."""
        self._out: Any = None
        self._parquet: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._n_waiting = 0
        self._n_waiting_rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; the file appears with the first that are enough for a group of rows."""
        if not batch.num_rows:
            return
        self._waiting.append(_conformed(batch, self.table.schema))
        self._n_waiting += batch.nbytes
        self.n_rows += batch.num_rows
        self._n_waiting_rows += batch.num_rows
        if self._n_waiting >= _ROW_GROUP_BYTES or self._n_waiting_rows >= _ROW_GROUP_ROWS:
            self._write_waiting()

    def _write_waiting(self) -> None:
        """Write what waits as one group of rows."""
        if self._parquet is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._out = (self._folder / self.name).open("wb")
            self._parquet = pq.ParquetWriter(
                self._out,
                self.table.schema,
                compression="zstd",
                compression_level=_ZSTD_LEVEL,
                use_dictionary=[n for n in _REPEATED if n in self.table.schema.names],
                write_statistics=[n for n in _REPEATED if n in self.table.schema.names],
            )
        rows = pa.Table.from_batches(self._waiting, self.table.schema)
        self._parquet.write_table(rows, row_group_size=_ROW_GROUP_ROWS)
        self._waiting.clear()
        self._n_waiting = self._n_waiting_rows = 0

    def write_records(self, records: Sequence[Any], owners: Sequence[str] | None = None) -> None:
        """Append records."""
        if records:
            self.write(self.table.to_batch(records, owners))

    def finish(self) -> list[Add]:
        """Close the file and make it durable; return what a commit needs to show it."""
        if self._waiting:
            self._write_waiting()
        if self._parquet is None:
            return []
        self._parquet.close()
        self._out.flush()
        os.fsync(self._out.fileno())
        size = self._out.tell()
        self._out.close()
        self._parquet = None
        sync_folder(self._folder)
        return [Add(self.name, size, stats=json.dumps({"numRecords": self.n_rows}))]


_REPEATED: Final = (
    "input_id", "trajectory_id", "episode_id", "target_id", "speaker", "model", "source", "uri",
    "kind", "rule", "where", "method", "name", "reason", "status", "split", "outcome", "agent",
    "gate_run_id", "suite", "path", "severity",
)  # fmt: skip
"""Columns with few distinct values: worth a dictionary, and bounds to skip by."""


def _owned(batch: pa.RecordBatch, column: str, wanted: frozenset[str]) -> pa.RecordBatch:
    return chosen(batch, map(wanted.__contains__, batch.column(column).to_pylist()))


def _groups_of(path: Path, column: str, wanted: frozenset[str] | None) -> list[int] | None:
    """Return the groups of rows worth reading: of few owners, only those that they stand in."""
    if wanted is None or len(wanted) > _FEW_OWNERS:
        return None
    file = pq.ParquetFile(path, read_dictionary=[column])
    named = (file.read_row_group(group, [column]) for group in range(file.num_row_groups))
    return [group for group, names in enumerate(named) if not wanted.isdisjoint(_values(names))]


def _values_in(path: Path, column: str) -> set[str]:
    """Return the values that stand in a column of a file."""
    return _values(pq.ParquetFile(path, read_dictionary=[column]).read([column]))


def _values(names: pa.Table) -> set[str]:
    """Return the values of the one column of a table, whose dictionaries name each once."""
    chunks = names.column(0).chunks
    return {value for chunk in chunks for value in chunk.dictionary.to_pylist()}


def _rows_at_once(file: pq.ParquetFile) -> int:
    """Return how many rows of a file make a batch of a few megabytes."""
    fitting: int = _BATCH_BYTES * file.metadata.num_rows // max(1, _n_bytes(file.metadata))
    return max(1, min(_BATCH_ROWS, fitting))


def _n_bytes(metadata: pq.FileMetaData) -> int:
    return sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))


def _all_of(
    columns: Sequence[str] | None, table: Table, wanted: Collection[str] | None
) -> list[str] | None:
    """Return the columns to read: those asked for, and the owner's where it is looked at."""
    if columns is None:
        return None
    return list(columns) if wanted is None else list(dict.fromkeys([*columns, table.owner]))


def _conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return rows that an older version wrote with the columns of this one; new ones are null."""
    if batch.schema.names == schema.names:
        return batch
    known = set(batch.schema.names)
    arrays = [
        batch.column(field.name) if field.name in known else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _row_hash(row: Mapping[str, Any]) -> int:
    return int.from_bytes(hashlib.sha256(msgspec.msgpack.encode(row)).digest(), "big")
