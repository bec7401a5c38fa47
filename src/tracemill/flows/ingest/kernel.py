"""The ingest kernel: inputs in, redacted rows out. Runs in any process of any executor.

Bytes are archived into a spool while a source reads them, so nothing is read twice. Records
wait in batches of a few megabytes until they have been redacted; only then do they become
rows. Memory is bounded by the longest line and the batches, never by the input.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa

from tracemill.base.errors import SourceError
from tracemill.base.lines import MAX_LINE_BYTES, split_lines
from tracemill.flows.ingest.redactors import redactor
from tracemill.label.observe import Observer
from tracemill.records.events import Event
from tracemill.records.findings import Input, Quarantined, Tally
from tracemill.records.refs import Origin, Record
from tracemill.records.trajectory import Step, Trajectory
from tracemill.sources import load_source
from tracemill.store.archive import Archive, Chunk, ChunkWriter, Spool
from tracemill.store.tables import TABLES

_BLOCK_BYTES: Final = 2**20
_REDACT_BYTES: Final = 2 * 2**20
_REDACT_RECORDS: Final = 2_048
_ROWS: Final = 4_096
_ROW_BYTES: Final = 16 * 2**20


class ReadTask(Record, frozen=True, kw_only=True):
    """One input to read."""

    path: str
    """Where it stands, unredacted."""
    uri: str
    """Its address with personal parts pseudonymised."""
    input_id: str
    """Its id."""
    source: str
    """The source that reads it."""
    stamp: str
    """The state in which it was seen."""
    n_bytes: int
    """Its size then; 0 for a repository."""
    chunks: tuple[Chunk, ...] = ()
    """Its bytes in the archive, where it is to be read from there."""


class Shard(Record, frozen=True, kw_only=True):
    """Inputs that are read behind one another and accepted together."""

    tasks: tuple[ReadTask, ...]
    """The inputs."""
    key: bytes
    """Key of the pseudonyms."""
    spool: str
    """Folder for new chunks, inside the vault."""
    archive: str
    """Folder of the archive."""
    max_line_bytes: int = MAX_LINE_BYTES
    """Longer lines are quarantined unread."""


class Rows(Record, frozen=True, kw_only=True):
    """Redacted rows of one table."""

    table: str
    """Name of the table."""
    batch: Any
    """The rows, a `pyarrow.RecordBatch`."""


class Finished(Record, frozen=True, kw_only=True):
    """An input has been read, and all its rows have been or will be yielded by its shard."""

    task: ReadTask
    """The input."""
    result: Input
    """What became of it."""
    chunks: tuple[Chunk, ...]
    """Its archived bytes, in the spool."""
    folders: tuple[str, ...]
    """Folders in which its sessions ran, unredacted: for the vault only."""
    failed: bool
    """Whether a person should know that it could not be read whole."""


class ShardEnd(Record, frozen=True, kw_only=True):
    """All rows of the shard's inputs have been yielded."""


Part = Rows | Finished | ShardEnd


def read_shard(shard: Shard) -> Iterator[Part]:
    """Read the inputs of a shard, one after the other."""
    rows = RowBuffer()
    spool = Spool(Path(shard.spool) / f"{shard.tasks[0].input_id}.zst")
    for task in shard.tasks:
        reading = _Reading(task, shard, rows)
        yield from reading.run(spool)
    yield from rows.flush()
    spool.close()
    yield ShardEnd()


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
        """Note how much input the records came from; yield rows where enough have come."""
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


class _Reading:
    """One input on its way from bytes to rows."""

    def __init__(self, task: ReadTask, shard: Shard, rows: RowBuffer) -> None:
        self._task = task
        self._shard = shard
        self._rows = rows
        self._redactor = redactor(shard.key)
        self._observers: dict[str, Observer] = {}
        self._held: list[Any] = []
        self._n_held = 0
        self._counts: Counter[str] = Counter()
        self._tally: Tally | None = None
        self._folders: set[str] = set()
        self._failure: tuple[str, str] | None = None

    def run(self, spool: Spool) -> Iterator[Part]:
        """Yield the input's rows, and last what became of it."""
        writer = ChunkWriter(spool)
        try:
            with self._opened(writer) as blocks:
                yield from self._read(blocks)
        except OSError as error:
            self._failure = ("not_readable", f"reading broke off: {error.strerror}")
        except SourceError as error:
            self._failure = ("not_readable", self._redactor.text(str(error)))
        yield from self._redact()
        content = writer.finish()
        yield self._finished(content, writer)

    @contextmanager
    def _opened(self, writer: ChunkWriter) -> Iterator[Iterator[bytes]]:
        """Give the input's bytes, which are archived as they pass."""
        task = self._task
        if task.chunks:
            yield writer.passing(Archive(Path(self._shard.archive)).read(task.chunks))
            return
        with load_source(task.source).open(Path(task.path)) as opened:
            yield writer.passing(_blocks(opened))
            self._note_growth(opened)

    def _read(self, blocks: Iterator[bytes]) -> Iterator[Rows]:
        task = self._task
        source = load_source(task.source)
        origin = Origin(
            source=source.name, source_version=source.version, uri=task.uri, input_id=task.input_id
        )
        for record in source.read(split_lines(blocks, self._shard.max_line_bytes), origin):
            if isinstance(record, Tally):
                self._tally = record
                continue
            self._held.append(record)
            if isinstance(record, Step):
                self._n_held += record.span.end - record.span.start
            elif isinstance(record, Trajectory) and record.cwd:
                self._folders.add(record.cwd)
            if self._n_held >= _REDACT_BYTES or len(self._held) >= _REDACT_RECORDS:
                yield from self._redact()

    def _note_growth(self, opened: BinaryIO) -> None:
        """Say so when more has come since the input was looked at."""
        try:
            size = os.fstat(opened.fileno()).st_size
        except (OSError, AttributeError):
            return
        if self._task.n_bytes and size != self._task.n_bytes:
            self._failure = (
                "grew_while_read",
                f"it had {self._task.n_bytes} bytes when it was found, {size} after it was read",
            )

    def _redact(self) -> Iterator[Rows]:
        redaction = self._redactor.redact(self._held)
        owner = self._task.input_id
        for record in redaction.records:
            self._keep(record, owner)
        for finding in redaction.findings:
            self._rows.add("findings", _owned(finding, owner), owner)
        self._counts["findings"] += len(redaction.findings)
        n_held, self._n_held = self._n_held, 0
        self._held.clear()
        yield from self._rows.weigh(n_held)

    def _keep(self, record: Any, owner: str) -> None:
        if isinstance(record, Step):
            self._observer(record.trajectory_id).step(record)
            table = "steps"
        elif isinstance(record, Event):
            if record.trajectory_id is not None:
                self._observer(record.trajectory_id).event(record)
            table = "events"
        elif isinstance(record, Trajectory):
            activity = self._observer(record.id).finish(record)
            del self._observers[record.id]
            self._rows.add("activities", activity, owner)
            table = "trajectories"
        else:
            assert isinstance(record, Quarantined), type(record)
            table = "quarantine"
        self._rows.add(table, record, owner)
        self._counts[table] += 1

    def _observer(self, trajectory_id: str) -> Observer:
        if trajectory_id not in self._observers:
            self._observers[trajectory_id] = Observer()
        return self._observers[trajectory_id]

    def _finished(self, content: str, writer: ChunkWriter) -> Finished:
        reason, detail = self._failure or (None, None)
        was_read = writer.n_bytes > 0 or self._failure is None
        result = Input(
            id=self._task.input_id,
            source=self._task.source,
            source_version=load_source(self._task.source).version,
            uri=self._task.uri,
            status="read" if was_read else "skipped",
            reason=reason,
            detail=detail,
            n_bytes=writer.n_bytes,
            content=content if was_read else None,
            n_records=dict(sorted(self._counts.items())),
            skipped=self._tally.skipped if self._tally else {},
        )
        return Finished(
            task=self._task,
            result=result,
            chunks=tuple(writer.chunks),
            folders=tuple(sorted(self._folders)),
            failed=self._failure is not None,
        )


def _owned(finding: Any, owner: str) -> Any:
    return msgspec.structs.replace(finding, input_id=owner)


def _blocks(opened: BinaryIO) -> Iterator[bytes]:
    while block := opened.read(_BLOCK_BYTES):
        yield block
