"""What goes into the ingest kernel, and what it yields: the same on every executor."""

from __future__ import annotations

from msgspec.structs import replace

from tracemill.base.lines import MAX_LINE_BYTES
from tracemill.flows.ingest.recognition import Skip
from tracemill.flows.ingest.rows import Rows
from tracemill.records.inputs import Input
from tracemill.records.privacy.settings import Consent, Times
from tracemill.records.refs import Record
from tracemill.store.archive import Chunk
from tracemill.store.erasures import ErasureBook


class ReadTask(Record, frozen=True, kw_only=True):
    """One input to read."""

    path: str
    """Where it stands, unredacted."""
    address: str
    """What the catalog knows it by: its path, and its name there where there are several."""
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
    object_id: str | None = None
    """Hash of the git object that holds it, where it is no file."""
    member: str | None = None
    """Which member of the archive at its path it is, where it is one."""
    chunks: tuple[Chunk, ...] = ()
    """Its bytes in the archive, where it is to be read from there."""
    allowed: frozenset[str] = frozenset()
    """Stand-ins of what is harmless in it."""


class Shard(Record, frozen=True, kw_only=True):
    """Inputs that are read behind one another and accepted together."""

    tasks: tuple[ReadTask, ...]
    """The inputs."""
    key: bytes
    """Key of the pseudonyms."""
    home: str
    """Home folder of whoever runs this machine, which may stand in any text."""
    spool: str
    """Folder for new chunks, inside the vault."""
    archive: str
    """Folder of the archive."""
    consent: Consent = Consent()
    """How much may be kept of which inputs."""
    times: Times = Times()
    """What times without a zone mean."""
    known: str | None = None
    """File of the secrets that are looked for by their values, inside the vault."""
    erasures: ErasureBook | None = None
    """What was erased and must not come back."""
    keeps: bool = True
    """Whether bytes and secrets are kept; those of what is read once more are kept already."""
    max_line_bytes: int = MAX_LINE_BYTES
    """Longer lines are quarantined unread."""


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
    secrets: str | None
    """File of what it gives away that may stand elsewhere, in the spool."""
    failed: bool
    """Whether a person should know that it could not be read whole."""
    is_refused: bool = False
    """Whether it is of an erased subject, so that nothing of it may be kept."""
    left_out: Skip | None = None
    """Why it was not even opened, or only looked at, where nothing of it may be kept."""

    def again(self) -> ReadTask:
        """Return what reads it once more, from its archived bytes."""
        return replace(
            self.task, path=self.task.address, object_id=None, member=None, chunks=self.chunks
        )


class ShardEnd(Record, frozen=True, kw_only=True):
    """All rows of the shard's inputs have been yielded."""


Part = Rows | Finished | ShardEnd
