"""The ingest kernel: inputs in, redacted rows out. Runs in any process of any executor.

Bytes are archived into a spool while a source reads them, so nothing is read twice. Records
wait in batches of a few megabytes until they have been redacted; only then do they become
rows. Memory is bounded by the longest line and the batches, never by the input.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from tracemill.base.errors import SourceError
from tracemill.flows.guarding import Refused
from tracemill.flows.ingest.consent import (
    LEFT_OUT,
    LEFT_OUT_ON_THE_WAY,
    WITHHELD,
    Asked,
    Policy,
    numbers_of,
)
from tracemill.flows.ingest.masking import refusal, unnamed
from tracemill.flows.ingest.parts import Finished, Part, ReadTask, Shard, ShardEnd
from tracemill.flows.ingest.recognition import Skip
from tracemill.flows.ingest.redaction_batch import RedactionBatch
from tracemill.flows.ingest.results import ERASED
from tracemill.flows.ingest.rows import RowBuffer
from tracemill.flows.ingest.sealing import Sealing
from tracemill.flows.ingest.sweeping import keep_secrets
from tracemill.label.activity.observe import Observer
from tracemill.records.events.event import Event
from tracemill.records.events.gates import GateResult
from tracemill.records.inputs import Input, Quarantined, Tally
from tracemill.records.privacy.findings import Finding
from tracemill.records.privacy.settings import ConsentLevel
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import Step, Trajectory
from tracemill.sources import Content, UnreadPart, load_source
from tracemill.sources.archives.members import Unpacker
from tracemill.store.archive import Archive, Chunk, ChunkWriter, Hashing, Spool
from tracemill.store.erasures import Refusal
from tracemill.store.settings import zone_of

_BLOCK_BYTES: Final = 4 * 2**20


def read_shard(shard: Shard) -> Iterator[Part]:
    """Read the inputs of a shard, one after the other."""
    rows = RowBuffer()
    batch = RedactionBatch(shard, rows)
    path = Path(shard.spool) / f"{shard.tasks[0].input_id}.zst"
    with Unpacker() as unpacker, closing(Spool(path)) as spool:
        for task in shard.tasks:
            yield from batch.use(task.allowed)
            yield from _Reading(task, shard, rows, unpacker).run(spool, batch)
        yield from batch.flush()
        yield from rows.flush()
    yield ShardEnd()


class _Reading:
    """One input on its way from bytes to rows."""

    def __init__(self, task: ReadTask, shard: Shard, rows: RowBuffer, unpacker: Unpacker) -> None:
        self._task = task
        self._shard = shard
        self._unpacker = unpacker
        self._rows = rows
        self._sealing = Sealing(shard.key)
        self._observers: dict[str, Observer] = {}
        self._counts: Counter[str] = Counter()
        self._tally: Tally | None = None
        self._folders: set[str] = set()
        self.secrets: set[bytes] = set()
        self._failure: tuple[str, str] | None = None
        self._refusal = None if shard.erasures is None else refusal(shard.erasures)
        self._is_captured = Path(task.path).parent == Path(shard.spool).with_name("inbox")
        self._is_refused = False
        self._left_out_for: Skip | None = None
        self._gone: frozenset[str] = frozenset()
        self._policy = Policy(shard.consent)
        self._level: ConsentLevel = shard.consent.default
        self._left_out: Counter[str] = Counter()
        self._chunks: tuple[Chunk, ...] = ()
        self._content = ""
        self._n_bytes = 0

    def run(self, spool: Spool, batch: RedactionBatch) -> Iterator[Part]:
        """Read the input; yield what is ready, of this or earlier inputs of the shard."""
        writer: ChunkWriter | Hashing = Hashing()
        try:
            self._look_ahead()
            if self._level == "off" or self._is_refused:
                batch.finish(self)
                return
            if self.keeps and not self._gone:
                writer = ChunkWriter(spool)
            with self._opened(writer) as blocks:
                yield from self._read(blocks, batch)
        except OSError as error:
            self._failure = ("not_readable", f"reading broke off: {error.strerror}")
        except SourceError as error:
            self._failure = ("not_readable", batch.redactor.text(str(error)))
        self._content = writer.finish()
        self._chunks = tuple(writer.chunks)
        self._n_bytes = writer.n_bytes
        batch.finish(self)

    def _look_ahead(self) -> None:
        """Decide what may be kept; where it matters, look at the sessions within beforehand."""
        asked = Asked(self._task.source, self._task.address)
        refusal = None if self._is_captured else self._refusal
        if self._policy.needs_folders(asked) or (refusal and refusal.refuses_sessions):
            sessions = list(self._sessions())
            gone = [one for one in sessions if refusal is not None and _refuses(refusal, one)]
            self._gone = frozenset(one.id for one in gone)
            self._is_refused = bool(gone) and len(gone) == len(sessions)
            asked = self._among([one for one in sessions if one.id not in self._gone], asked)
        self._level = self._policy.level(asked)
        if self._level == "off" and self._left_out_for is None:
            self._left_out_for = LEFT_OUT

    def _among(self, sessions: list[Trajectory], asked: Asked) -> Asked:
        """Ask with the folders of sessions; what only moved to a closed one is left out as that."""
        began = asked._replace(folders=sorted({one.cwd for one in sessions if one.cwd}))
        everywhere = {folder for one in sessions for folder in one.folders}
        if self._policy.level(began) != "off":
            self._left_out_for = LEFT_OUT_ON_THE_WAY
        return asked._replace(folders=sorted(everywhere))

    def _sessions(self) -> Iterator[Trajectory]:
        """Yield the headers of all sessions in the input; nothing is kept meanwhile."""
        source = load_source(self._task.source)
        if source.reads == "repository":
            return
        with self._opened(Hashing()) as blocks:
            content = self._as_content(blocks)
            found = source.read(content, self._origin)
            yield from (record for record in found if isinstance(record, Trajectory))

    def _as_content(self, blocks: Iterator[bytes]) -> Content:
        shard = self._shard
        return Content(blocks, shard.max_line_bytes, Path(shard.spool), zone=zone_of(shard.times))

    @contextmanager
    def _opened(self, writer: ChunkWriter | Hashing) -> Iterator[Iterator[bytes]]:
        """Give the input's bytes, which are archived as they pass."""
        task = self._task
        if task.chunks:
            blocks = Archive(Path(self._shard.archive)).read(task.chunks)
            yield writer.passing(self._unnamed(blocks))
            return
        with self._open() as opened:
            yield writer.passing(self._unnamed(_blocks(opened, task.n_bytes)))
            self._note_growth(opened)

    def _unnamed(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Hand on the bytes without the names of erased persons."""
        if self._refusal is None:
            return blocks
        return unnamed(blocks, self._refusal, is_inbox=self._is_captured)

    def _open(self) -> IO[bytes]:
        path = Path(self._task.path)
        if self._task.member is not None:
            return self._unpacker.open(path, self._task.member)
        if self._task.object_id is not None:
            from tracemill.base.git.objects import blob_stream  # hardly any input is one

            return blob_stream(path, self._task.object_id)
        return load_source(self._task.source).open(path)

    def _read(self, blocks: Iterator[bytes], batch: RedactionBatch) -> Iterator[Part]:
        content = self._as_content(blocks)
        for record in load_source(self._task.source).read(content, self._origin):
            if isinstance(record, Tally):
                self._tally = record
                continue
            if isinstance(record, UnreadPart):
                self._left_out[record.reason] += 1
                continue
            if self._gone and _trajectory_of(record) in self._gone:
                self._left_out[ERASED] += 1
                continue
            if isinstance(record, Trajectory) and record.cwd and self._level == "full":
                self._folders.add(record.cwd)
            yield from batch.add(self, record)
        for _ in blocks:
            pass  # what the source had no need of is archived all the same

    @property
    def _origin(self) -> Origin:
        task = self._task
        version = load_source(task.source).version
        return Origin(
            source=task.source, source_version=version, uri=task.uri, input_id=task.input_id
        )

    def _note_growth(self, opened: IO[bytes]) -> None:
        """Say so when more has come since the input was looked at.

        Of captured events more may come at any moment; they are read with the next run.
        """
        if self._is_captured:
            return
        try:
            size = os.fstat(opened.fileno()).st_size
        except (OSError, AttributeError):
            return
        if self._task.n_bytes and size != self._task.n_bytes:
            self._failure = (
                "grew_while_read",
                f"it had {self._task.n_bytes} bytes when it was found, {size} after it was read",
            )

    def keep(self, record: Any) -> None:
        """Take in a redacted record."""
        record = self._sealing.sealed(record)
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
            self._row("activities", activity)
            table = "trajectories"
        elif isinstance(record, GateResult):
            table = "gate_results"
        else:
            assert isinstance(record, Quarantined), type(record)
            table = "quarantine"
        self._counts[table] += self._row(table, record)

    def _row(self, table: str, record: Any) -> bool:
        """Make a row of a record, or of as much of it as may be kept; return whether one was."""
        kept = numbers_of(record) if self._level == "metadata" else record
        if kept is None:
            self._left_out[WITHHELD] += 1
        else:
            self._rows.add(table, kept, self._task.input_id)
        return kept is not None

    def quarantine(self, record: Any, refused: Refused) -> None:
        """Note that redaction failed on a record, of which no text is kept."""
        span = getattr(record, "span", None) or Span(start=0, end=self._task.n_bytes)
        self.keep(
            Quarantined(
                reason=refused.reason, detail=refused.detail, span=span, origin=self._origin
            )
        )
        said = f"{refused.reason}, {refused.detail}: all texts of what it failed on are withheld"
        self._failure = ("not_redacted", said)

    def keep_finding(self, finding: Finding) -> None:
        """Take in what redaction found in a record of this input."""
        found = msgspec.structs.replace(finding, input_id=self._task.input_id)
        self._counts["findings"] += self._row("findings", found)

    def _observer(self, trajectory_id: str) -> Observer:
        if trajectory_id not in self._observers:
            self._observers[trajectory_id] = Observer(self._sealing.seal)
        return self._observers[trajectory_id]

    def _keep_secrets(self) -> str | None:
        """Keep what this input gives away, where its bytes are kept."""
        if not self.keeps:
            return None
        return keep_secrets(self._shard.spool, self._task.input_id, self.secrets)

    @property
    def keeps(self) -> bool:
        """Whether the bytes of the input, and what they give away, are kept."""
        return self._level == "full" and self._shard.keeps

    def finished(self) -> Finished:
        """Say what became of the input, once all its records are kept."""
        reason, detail = self._failure or (None, None)
        was_read = self._n_bytes > 0 or self._failure is None
        result = Input(
            id=self._task.input_id,
            source=self._task.source,
            source_version=load_source(self._task.source).version,
            uri=self._task.uri,
            status="read" if was_read else "skipped",
            reason=reason,
            detail=detail,
            n_bytes=self._n_bytes,
            content=self._content if was_read else None,
            n_records=dict(sorted(self._counts.items())),
            skipped={**(self._tally.skipped if self._tally else {}), **self._left_out},
            consent=self._level,
        )
        return Finished(
            task=self._task,
            result=result,
            chunks=self._chunks,
            folders=tuple(sorted(self._folders)),
            secrets=self._keep_secrets(),
            failed=self._failure is not None,
            is_refused=self._is_refused,
            left_out=self._left_out_for if self._level == "off" else None,
        )


def _refuses(refusal: Refusal, trajectory: Trajectory) -> bool:
    """Tell whether a session was erased, or ran where nothing may be kept."""
    folder = trajectory.cwd
    if folder is not None and refusal.refuses_folder(folder):
        return True
    if any(map(refusal.refuses_place, trajectory.other_folders)):
        return True
    return any(map(refusal.refuses_session, (trajectory.session_id, trajectory.id)))


def _trajectory_of(record: Any) -> str | None:
    """Return the trajectory that a record is of, or None."""
    if isinstance(record, Trajectory):
        return record.id
    return getattr(record, "trajectory_id", None)


def _blocks(opened: IO[bytes], n_bytes: int) -> Iterator[bytes]:
    """Yield what stands in an input of so many bytes, as far as that is known beforehand.

    Room for a block is made before it is read, and most inputs are far smaller than a whole one.
    """
    at_once = min(_BLOCK_BYTES, n_bytes + 1) if n_bytes else _BLOCK_BYTES
    while block := opened.read(at_once):
        yield block
