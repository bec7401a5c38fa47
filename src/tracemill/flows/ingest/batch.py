"""One batch of inputs on its way into the store.

Rows are held until all inputs of the batch have been read, and those once more that hold what
others gave away. `accept` then makes the batch durable in an order that survives a kill at any
moment: pending, archive, lake, remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from tracemill.base.ids import digest
from tracemill.flows.ingest.held_rows import HeldRows
from tracemill.flows.ingest.parts import Finished, ReadTask
from tracemill.flows.ingest.rows import Rows
from tracemill.flows.ingest.sweeping import taken_secrets
from tracemill.flows.ingest.telling import Tell
from tracemill.flows.versions import reading_code
from tracemill.records.inputs import Input
from tracemill.redact import may_hold
from tracemill.store.lake import Lake, TableWriter
from tracemill.store.tables import FACTS, Table
from tracemill.store.vault import Archived, Chunk, Known, Vault

_BYTES: Final = 256 * 2**20
_INPUTS: Final = 4_096


class Batch:
    """Collects what has been read until it is worth a commit."""

    def __init__(self, vault: Vault, lake: Lake, replaceable: set[str]) -> None:
        self._vault = vault
        self._lake = lake
        self._replaceable = replaceable
        self._rows = HeldRows(vault.spool / "rows")
        self._rows_again = HeldRows(vault.spool / "rows-again")
        self._finished: dict[str, Finished] = {}
        self._again: dict[str, Input] = {}
        self._stale: set[str] = set()
        self._inputs: list[Input] = []
        self._states: list[Archived] = []
        self._known: list[Known] = []
        self._folders: set[str] = set()
        self._secrets: dict[str, tuple[bytes, ...]] = {}
        self._refused: set[str] = set()
        self.files: set[str] = set()
        """Names of its data files, once it is accepted."""
        self.n_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether the batch is worth a commit."""
        return self.n_bytes >= _BYTES or len(self._inputs) >= _INPUTS

    def write(self, rows: Rows) -> None:
        """Hold rows until the batch is accepted."""
        self._rows.add(rows)

    def write_again(self, rows: Rows) -> None:
        """Hold rows of inputs that are read once more."""
        self._rows_again.add(rows)

    def add(self, finished: Finished) -> tuple[bytes, ...]:
        """Take in an input that has been read; return what it gives away."""
        task, result = finished.task, finished.result
        stamp = "" if finished.failed and result.reason == "not_readable" else task.stamp
        self._folders.update(finished.folders)
        self._secrets[result.id] = taken_secrets(finished.secrets)
        self._finished[result.id] = finished
        self._note(task.address, stamp, result, finished.chunks, failed=finished.failed)
        return self._secrets[result.id]

    def to_read_again(self, secrets: Collection[bytes], known: Collection[bytes]) -> list[ReadTask]:
        """Return inputs whose rows may hold one of some secrets, with their bytes in the spool.

        What is `known` may be gone from their rows already.
        Their rows go. Those of inputs of which no bytes are kept stay until the next run, which
        reads these where they stand.
        """
        found = self._rows.holders(may_hold(secrets, known)) & self._finished.keys()
        tasks = [self._finished[each].again() for each in sorted(found)]
        kept = [task for task in tasks if task.chunks]
        self._again = {task.input_id: self._finished[task.input_id].result for task in kept}
        self._stale = found - self._again.keys()
        return kept

    def add_again(self, finished: Finished) -> None:
        """Take in an input that has been read once more; what befell it first still holds."""
        result = finished.result
        first = self._again[result.id]
        told = result if result.reason else first
        self._again[result.id] = msgspec.structs.replace(
            result, reason=told.reason, detail=told.detail
        )

    def results(self) -> list[Input]:
        """Return what became of each input, after it was read for the last time."""
        return [self._again.get(one.id, one) for one in self._inputs]

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

    def accept(self, chunks: dict[str, Chunk], tell: Tell) -> None:
        """Make the batch durable.

        Args:
            chunks: Those that the archive holds; they grow.
            tell: Says how the lake tells of an input.
        """
        if not self._inputs:
            self._commit(set(), tell)
            return
        ids = {result.id for result in self._inputs}
        self._vault.begin(ids)
        before = set(chunks)
        self._vault.archive.add(self._name(), self._states, self._vault.spool, chunks)
        new = {sha: chunk for sha, chunk in chunks.items() if sha not in before}
        self._commit(ids & self._replaceable, tell)
        self._vault.finish(self._known, new, self._folders, self._secrets)
        self._vault.mark_stale(self._stale)
        for spooled in {chunk.pack for state in self._states for chunk in state.chunks}:
            (self._vault.spool / spooled).unlink()

    def _name(self) -> str:
        return digest(*(f"{s.input_id}:{s.content}:{s.stamp}" for s in self._states))

    def _commit(self, replaced: set[str], tell: Tell) -> None:
        if not self._inputs and not self._refused:
            return
        for table in FACTS:
            self._lake.commit(self._written(table, tell), replaced=replaced)
            if self._refused:
                self._lake.remove(table, self._refused)
        self._rows.clear()
        self._rows_again.clear()

    def _written(self, table: Table, tell: Tell) -> TableWriter:
        """Return a writer that has written all rows of a table."""
        writer = self._lake.writer(table)
        if table.name == "inputs":
            writer.write_records(list(map(tell, self.results())))
        for rows in self._rows.batches(table.name, without=self._refused | self._again.keys()):
            writer.write(rows)
        for rows in self._rows_again.batches(table.name):
            writer.write(rows)
        self.files.add(writer.name)
        return writer
