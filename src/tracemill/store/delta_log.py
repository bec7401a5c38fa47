"""The log of one table in the Delta format: which data files hold its rows, version by version.

It is the part of Delta's protocol that tables without partitions need: reader version 1, writer
version 2. A commit is a file of JSON lines that is named by its version. It appears whole or not at
all, and never in place of another. Every hundredth version is also written as a checkpoint, so that
opening a table does not take longer the older it is. Any engine that knows Delta reads these
tables, and may write to them; a table that another engine made to need more is refused.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import uuid4

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from tracemill.base.errors import StoreError
from tracemill.store.workspace import newest_version, sync_folder, write_whole

_READER: Final = 1
_WRITER: Final = 2
_CHECKPOINT_EVERY: Final = 100
_HINT: Final = "_last_checkpoint"
_KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long other engines want to know that a file is gone: the protocol's default."""
_TYPES: Final = {
    pa.string(): "string",
    pa.bool_(): "boolean",
    pa.int64(): "long",
    pa.float64(): "double",
    pa.timestamp("us", tz="UTC"): "timestamp",
}
"""Every type of column that a table of ours has."""


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """Something in a log; what other engines add to it is not looked at."""


class Add(_Part, frozen=True):
    """A data file becomes part of the table."""

    path: str
    """Below the table's folder, as in a URL."""
    size: int
    """Bytes."""
    stats: str | None = None
    """What is known of its rows, as JSON."""
    modification_time: int = 0
    """When it was written; nothing of ours looks at it."""
    data_change: bool = True
    """Whether its rows are new."""
    partition_values: dict[str, str | None] = {}
    """None of our tables has partitions."""


class Remove(_Part, frozen=True):
    """A data file is part of the table no longer."""

    path: str
    """Below the table's folder, as in a URL."""
    deletion_timestamp: int | None = None
    """Since when, in milliseconds."""
    data_change: bool = True
    """Whether its rows are gone."""


class _Format(_Part, frozen=True):
    provider: str = "parquet"
    options: dict[str, str] = {}


class _MetaData(_Part, frozen=True):
    id: str
    schema_string: str
    name: str | None = None
    description: str | None = None
    format: _Format = _Format()
    partition_columns: list[str] = []
    created_time: int | None = None
    configuration: dict[str, str] = {}


class _Protocol(_Part, frozen=True):
    min_reader_version: int = _READER
    min_writer_version: int = _WRITER


class _Transaction(_Part, frozen=True):
    app_id: str
    version: int
    last_updated: int | None = None


class _Action(_Part, frozen=True, omit_defaults=True):
    """One line of a log: exactly one of these, or something that does not change the table."""

    add: Add | None = None
    remove: Remove | None = None
    meta_data: _MetaData | None = None
    protocol: _Protocol | None = None
    txn: _Transaction | None = None


_decode: Final = msgspec.json.Decoder(_Action).decode
_encode: Final = msgspec.json.Encoder().encode


class TableState:
    """What a log says up to one version."""

    def __init__(self) -> None:
        self.version = -1
        """The version; -1 before the first."""
        self._added: dict[str, Add] = {}  # by name, which a path in a log may spell in many ways
        self._removed: dict[str, Remove] = {}
        self._about: _MetaData | None = None
        self._protocol: _Protocol | None = None
        self._transactions: dict[str, _Transaction] = {}

    @property
    def files(self) -> list[str]:
        """Names of the data files, in order."""
        return sorted(self._added)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The table's columns, as Delta describes them."""
        if self._about is None:
            return []
        found: list[dict[str, Any]] = json.loads(self._about.schema_string)["fields"]
        return found

    def without(self, name: str, at_ms: int) -> Remove:
        """Return what takes a data file away."""
        return Remove(path=self._added[name].path, deletion_timestamp=at_ms)

    def take(self, action: _Action) -> None:
        """Follow one line of the log."""
        if action.add is not None:
            self._added[unquote(action.add.path)] = action.add
            self._removed.pop(unquote(action.add.path), None)
        if action.remove is not None:
            self._added.pop(unquote(action.remove.path), None)
            self._removed[unquote(action.remove.path)] = action.remove
        if action.txn is not None:
            self._transactions[action.txn.app_id] = action.txn
        self._about = action.meta_data or self._about
        self._protocol = action.protocol or self._protocol

    def described(self, schema: pa.Schema, at_ms: int) -> Iterator[_Action]:
        """Yield what a commit must say of the table itself, so that it has these columns."""
        known = self.columns
        names = {column["name"] for column in known}
        new = [_column(field) for field in schema if field.name not in names]
        if not new:
            return
        fields = {"type": "struct", "fields": [*known, *new]}
        said = json.dumps(fields, separators=(",", ":"))
        if self._about is None:
            yield _Action(protocol=_Protocol())
            about = _MetaData(id=str(uuid4()), schema_string=said, created_time=at_ms)
            yield _Action(meta_data=about)
        else:
            yield _Action(meta_data=msgspec.structs.replace(self._about, schema_string=said))

    def actions(self, at_ms: int) -> Iterator[_Action]:
        """Yield as few lines as say the same as the whole log; what went long ago is left out."""
        yield _Action(protocol=self._protocol)
        yield _Action(meta_data=self._about)
        for transaction in self._transactions.values():
            yield _Action(txn=transaction)
        for add in self._added.values():
            yield _Action(add=msgspec.structs.replace(add, data_change=False))
        for remove in self._removed.values():
            if (remove.deletion_timestamp or 0) > at_ms - _KEPT_MS:
                yield _Action(remove=msgspec.structs.replace(remove, data_change=False))

    def fault(self) -> str | None:
        """Return what keeps this program from reading or writing the table."""
        if self._about is None or self._protocol is None:
            return "its log does not say what the table is"
        asked = self._protocol
        if asked.min_reader_version > _READER or asked.min_writer_version > _WRITER:
            return (
                f"another program made it need reader version {asked.min_reader_version} and "
                f"writer version {asked.min_writer_version} of Delta, and "
                f"{_READER} and {_WRITER} are known"
            )
        return None


class DeltaLog:
    """The log in a table's folder."""

    def __init__(self, folder: Path) -> None:
        self._table = folder
        self._folder = folder / "_delta_log"

    def state(self) -> TableState | None:
        """Return the newest state of the table; None where nothing was ever committed.

        Raises:
            StoreError: the log is damaged, or needs more than this program knows.
        """
        newest = newest_version(self._table)
        if newest < 0:
            return None  # also what a run leaves that was killed while it made the table
        state = TableState()
        try:
            for action in self._actions(newest):
                state.take(action)
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise self._error(f"its log cannot be read ({error})") from error
        if fault := state.fault():
            raise self._error(fault)
        state.version = newest
        return state

    def _error(self, fault: str) -> StoreError:
        return StoreError(
            f"table {self._table.name!r} in {str(self._table)!r} cannot be opened: {fault}; "
            "delete the lake folder and run again to rebuild it from the archive"
        )

    def _actions(self, newest: int) -> Iterator[_Action]:
        first = 0
        if (self._folder / _HINT).exists():
            hint = json.loads((self._folder / _HINT).read_bytes())
            first = hint["version"] + 1
            for path in self._checkpoint(hint["version"], hint.get("parts")):
                yield from _checkpointed(path)
        for version in range(first, newest + 1):
            for line in self._commit(version).read_bytes().splitlines():
                yield _decode(line)

    def _commit(self, version: int) -> Path:
        return self._folder / f"{version:020}.json"

    def _checkpoint(self, version: int, n_parts: int | None = None) -> list[Path]:
        """Return the files of a checkpoint; other engines may write it in parts."""
        if n_parts is None:
            return [self._folder / f"{version:020}.checkpoint.parquet"]
        return [
            self._folder / f"{version:020}.checkpoint.{part:010}.{n_parts:010}.parquet"
            for part in range(1, n_parts + 1)
        ]

    def commit(
        self,
        before: TableState | None,
        schema: pa.Schema,
        added: Sequence[Add],
        gone: Iterable[str],
    ) -> None:
        """Make the version after `before`: files are added and gone, and new columns are known.

        Raises:
            StoreError: another process made that version meanwhile.
        """
        state = before or TableState()
        at_ms = time.time_ns() // 10**6
        actions = [
            *state.described(schema, at_ms),
            *(_Action(add=add) for add in added),
            *(_Action(remove=state.without(name, at_ms)) for name in gone),
        ]
        self._appear(state.version + 1, actions, at_ms)
        if (state.version + 1) % _CHECKPOINT_EVERY == _CHECKPOINT_EVERY - 1:
            for action in actions:
                state.take(action)
            state.version += 1
            self._write_checkpoint(state, at_ms)

    def _appear(self, version: int, actions: Iterable[_Action], at_ms: int) -> None:
        """Put the lines of a version in place, all at once and only where there is none."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = {"timestamp": at_ms, "operation": "WRITE", "engineInfo": "tracemill"}
        lines = [{"commitInfo": about}, *actions]
        final = self._commit(version)
        part = self._folder / f".{final.name}.{os.getpid()}.part"
        with part.open("wb") as out:
            out.write(b"".join(_encode(line) + b"\n" for line in lines))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(part, final)
        except FileExistsError as error:
            raise StoreError(
                f"another program wrote version {version} of table {self._table.name!r} in "
                f"{str(self._table)!r} at the same time; run again"
            ) from error
        finally:
            part.unlink()
        sync_folder(self._folder)

    def _write_checkpoint(self, state: TableState, at_ms: int) -> None:
        rows = [msgspec.to_builtins(action) for action in state.actions(at_ms)]
        (path,) = self._checkpoint(state.version)
        out = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(rows, _CHECKPOINT), out)
        write_whole(path, out.getvalue().to_pybytes())
        hint = {"version": state.version, "size": len(rows)}
        write_whole(self._folder / _HINT, json.dumps(hint).encode())


def _column(field: pa.Field) -> dict[str, Any]:
    return {"name": field.name, "type": _TYPES[field.type], "nullable": True, "metadata": {}}


def _checkpointed(path: Path) -> Iterator[_Action]:
    file = pq.ParquetFile(path)
    wanted = [name for name in _CHECKPOINT.names if name in file.schema_arrow.names]
    for batch in file.iter_batches(columns=wanted, use_threads=False):
        for row in batch.to_pylist(maps_as_pydicts="strict"):
            yield msgspec.convert(row, _Action)


_OPTIONS: Final = pa.map_(pa.string(), pa.string())
_CHECKPOINT: Final = pa.schema(
    {
        "txn": pa.struct({"appId": pa.string(), "version": pa.int64(), "lastUpdated": pa.int64()}),
        "add": pa.struct(
            {
                "path": pa.string(),
                "partitionValues": _OPTIONS,
                "size": pa.int64(),
                "modificationTime": pa.int64(),
                "dataChange": pa.bool_(),
                "stats": pa.string(),
            }
        ),
        "remove": pa.struct(
            {"path": pa.string(), "deletionTimestamp": pa.int64(), "dataChange": pa.bool_()}
        ),
        "metaData": pa.struct(
            {
                "id": pa.string(),
                "name": pa.string(),
                "description": pa.string(),
                "format": pa.struct({"provider": pa.string(), "options": _OPTIONS}),
                "schemaString": pa.string(),
                "partitionColumns": pa.list_(pa.string()),
                "createdTime": pa.int64(),
                "configuration": _OPTIONS,
            }
        ),
        "protocol": pa.struct({"minReaderVersion": pa.int32(), "minWriterVersion": pa.int32()}),
    }
)
"""What a checkpoint's rows look like."""
