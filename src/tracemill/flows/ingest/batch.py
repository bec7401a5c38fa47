"""One batch of inputs on its way into the store.

Rows stream into data files that nothing names yet. `accept` then makes the batch durable in
an order that survives a kill at any moment: pending, archive, lake, remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tracemill.base.ids import digest
from tracemill.flows.ingest.parts import Finished
from tracemill.flows.ingest.rows import Rows
from tracemill.flows.ingest.sweeping import taken_secrets
from tracemill.flows.versions import reading_code
from tracemill.records.findings import Input
from tracemill.store.lake import Lake, TableWriter
from tracemill.store.tables import FACTS, TABLES
from tracemill.store.vault import Archived, Chunk, Known, Vault

_BYTES: Final = 256 * 2**20
_INPUTS: Final = 4_096


class Batch:
    """Collects what has been read until it is worth a commit."""

    def __init__(self, vault: Vault, lake: Lake, replaceable: set[str]) -> None:
        self._vault = vault
        self._lake = lake
        self._replaceable = replaceable
        self._writers: dict[str, TableWriter] = {}
        self._inputs: list[Input] = []
        self._states: list[Archived] = []
        self._known: list[Known] = []
        self._folders: set[str] = set()
        self._secrets: dict[str, tuple[bytes, ...]] = {}
        self._refused: set[str] = set()
        self.n_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether the batch is worth a commit."""
        return self.n_bytes >= _BYTES or len(self._inputs) >= _INPUTS

    def write(self, rows: Rows) -> None:
        """Append rows to the data file of their table."""
        if rows.table not in self._writers:
            self._writers[rows.table] = self._lake.writer(TABLES[rows.table])
        self._writers[rows.table].write(rows.batch)

    def add(self, finished: Finished) -> None:
        """Take in an input that has been read."""
        task, result = finished.task, finished.result
        stamp = "" if finished.failed and result.reason == "not_readable" else task.stamp
        self._folders.update(finished.folders)
        self._secrets[result.id] = taken_secrets(finished.secrets)
        self._note(task.address, stamp, result, finished.chunks, failed=finished.failed)

    def refuse(self, input_id: str) -> None:
        """Note that rows of an input have been written that must not stay."""
        self._refused.add(input_id)

    def skip(self, path: str, stamp: str, result: Input, *, failed: bool) -> None:
        """Take in an input that is not read."""
        self._note(path, stamp, result, (), failed=failed)

    def _note(
        self, path: str, stamp: str, result: Input, chunks: tuple[Chunk, ...], *, failed: bool
    ) -> None:
        self.n_bytes += result.n_bytes
        self._inputs.append(result)
        self._states.append(
            Archived(
                input_id=result.id,
                source=result.source,
                path=path,
                content=result.content,
                n_bytes=result.n_bytes,
                stamp=stamp,
                chunks=chunks,
            )
        )
        self._known.append(
            Known(
                path=path,
                id=result.id,
                uri=result.uri,
                source=result.source,
                stamp=stamp,
                code=reading_code(result.source),
                content=result.content,
                n_bytes=result.n_bytes,
                status=result.status,
                reason=result.reason,
                detail=result.detail,
                failed=failed,
            )
        )

    def accept(self, chunks: dict[str, Chunk]) -> None:
        """Make the batch durable; `chunks` are those that the archive holds, and grow."""
        if not self._inputs:
            self._commit(set())
            return
        ids = {result.id for result in self._inputs}
        self._vault.begin(ids)
        before = set(chunks)
        self._vault.archive.add(self._name(), self._states, self._vault.spool, chunks)
        new = {sha: chunk for sha, chunk in chunks.items() if sha not in before}
        self._commit(ids & self._replaceable)
        self._vault.finish(self._known, new, self._folders, self._secrets)
        for spooled in {chunk.pack for state in self._states for chunk in state.chunks}:
            (self._vault.spool / spooled).unlink()

    def _name(self) -> str:
        return digest(*(f"{s.input_id}:{s.content}:{s.stamp}" for s in self._states))

    def _commit(self, replaced: set[str]) -> None:
        if not self._inputs and not self._refused:
            return
        inputs = self._lake.writer(TABLES["inputs"])
        inputs.write_records(self._inputs)
        self._writers["inputs"] = inputs
        for writer in self._in_order():
            self._lake.commit(writer, replaced=replaced)
            if self._refused:
                self._lake.remove(writer.table, self._refused)

    def _in_order(self) -> Iterator[TableWriter]:
        """Yield a writer for every table of facts, `inputs` last."""
        for table in FACTS:
            yield self._writers.get(table.name) or self._lake.writer(table)
