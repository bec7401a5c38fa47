"""The archive: original bytes, content-addressed, append-only, durable before they count.

Bytes are cut into chunks of 8 MiB, each compressed as a zstd frame of its own and named by
the SHA-256 of what it holds. The new chunks of one ingest batch lie behind one another in a pack;
a manifest beside it says which input consists of which chunks. Pack and manifest appear
whole, by rename after fsync, the manifest last: what no manifest names was never accepted.
Manifests are numbered in the order in which they were accepted, so a backup that keeps no
times keeps their order. An input that grows shares all but its last chunk with its earlier
self.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec
import zstandard

from tracemill.base.errors import StoreError
from tracemill.base.ids import digest
from tracemill.records.refs import Record
from tracemill.store.workspace import write_whole

CHUNK_BYTES: Final = 8 * 2**20
_HOW: Final = zstandard.ZstdCompressionParameters.from_level(
    2, window_log=23, hash_log=15, min_match=7
)
"""A window as wide as a chunk, and a table that stays in the processor's nearest memory: nearly as
small as level 2 makes it by itself, for three quarters of the time."""


class Chunk(Record, frozen=True, kw_only=True):
    """A run of original bytes, and where its compressed form lies."""

    sha256: str
    """Hash of the original bytes."""
    n_bytes: int
    """How many original bytes it holds."""
    pack: str
    """The file that holds it."""
    offset: int
    """Where its zstd frame begins in that file."""
    length: int
    """Length of its zstd frame."""


class Archived(Record, frozen=True, kw_only=True):
    """One state of one input, as a manifest names it. The path is unredacted."""

    input_id: str
    """The input."""
    source: str | None
    """The source that reads it; None where none does."""
    path: str
    """Where it stood on this machine."""
    content: str | None
    """SHA-256 of all its bytes; None where it was not read."""
    n_bytes: int
    """How many bytes it had when it was read."""
    stamp: str
    """What told its state apart from others: size and time, or the heads of a repository."""
    chunks: tuple[Chunk, ...]
    """Its bytes in order."""


class _Manifest(NamedTuple):
    """One manifest; they sort in the order in which they were accepted."""

    number: int
    """Its number; 0 where it was written before manifests had one."""
    moment: int
    """When it was written, where it has no number; times do not survive every backup."""
    batch: str
    path: Path


class Spool:
    """A file in which compressed chunks wait until their batch is accepted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.compress = zstandard.ZstdCompressor(compression_params=_HOW).compress
        """Makes a frame of bytes; made once, since its memory is costly to set up."""
        self._out: BinaryIO | None = None
        self._n_bytes = 0

    def append(self, frame: bytes) -> int:
        """Add a frame and return where it begins; the file appears with the first."""
        if self._out is None:
            self._out = self.path.open("wb")
        offset = self._n_bytes
        self._n_bytes += self._out.write(frame)
        return offset

    def close(self) -> None:
        """Make everything readable by others."""
        if self._out is not None:
            self._out.close()


class ChunkWriter:
    """Compresses the blocks of one input into a spool while they are read, and hashes them."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._whole = hashlib.sha256()
        self._held: list[bytes] = []
        self._n_held = 0
        self.n_bytes = 0
        self.chunks: list[Chunk] = []

    def passing(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand `blocks` on, archiving each on its way."""
        for block in blocks:
            self.write(block)
            yield block

    def write(self, block: bytes) -> None:
        """Add bytes; a chunk is cut whenever 8 MiB have come together."""
        self.n_bytes += len(block)
        while self._n_held + len(block) >= CHUNK_BYTES:
            room = CHUNK_BYTES - self._n_held
            self._held.append(block[:room])
            self._cut()
            block = block[room:]
        if block:
            self._held.append(block)
            self._n_held += len(block)

    def _cut(self) -> None:
        """Compress what is held as one chunk; a lone chunk's hash is that of the whole input."""
        data = b"".join(self._held)
        self._held.clear()
        self._n_held = 0
        state = hashlib.sha256(data)
        if self.chunks:
            self._whole.update(data)
        else:
            self._whole = state.copy()
        frame = self._spool.compress(data)
        self.chunks.append(
            Chunk(
                sha256=state.hexdigest(),
                n_bytes=len(data),
                pack=self._spool.path.name,
                offset=self._spool.append(frame),
                length=len(frame),
            )
        )

    def finish(self) -> str:
        """Cut the last chunk, and return the SHA-256 of all bytes."""
        if self._n_held:
            self._cut()
        return self._whole.hexdigest()


class Hashing:
    """Hashes and counts the bytes of an input that is not archived."""

    chunks: tuple[()] = ()

    def __init__(self) -> None:
        self._state = hashlib.sha256()
        self.n_bytes = 0

    def passing(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand `blocks` on."""
        for block in blocks:
            self.n_bytes += len(block)
            self._state.update(block)
            yield block

    def finish(self) -> str:
        """Return the SHA-256 of all bytes."""
        return self._state.hexdigest()


class Archive:
    """All packs and manifests in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(
        self, batch: str, states: Sequence[Archived], spool: Path, known: dict[str, Chunk]
    ) -> list[Archived]:
        """Accept the states of one batch; their chunks lie in `spool`. Durable on return.

        Args:
            batch: name of the batch, which names its manifest.
            states: the inputs, whose chunks point into files in `spool`.
            spool: folder of the spool files.
            known: chunks that the archive holds already, by hash; the new ones are added.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = {c.sha256: c for state in states for c in state.chunks if c.sha256 not in known}
        if new:
            known.update(self._pack(new, spool))
        accepted = [
            msgspec.structs.replace(state, chunks=tuple(known[c.sha256] for c in state.chunks))
            for state in states
        ]
        lines = b"".join(msgspec.json.encode(state) + b"\n" for state in accepted)
        manifests = self._manifests()
        number = manifests[-1].number + 1 if manifests else 1
        write_whole(self.root / f"{number:08}-{batch}.jsonl", lines)
        for manifest in manifests:
            if manifest.batch == batch:
                manifest.path.unlink()  # the new one says the same
        return accepted

    def _manifests(self) -> list[_Manifest]:
        """Return every manifest, oldest first."""
        return sorted(map(_manifest, self.root.glob("*.jsonl")))

    def manifests(self) -> list[Path]:
        """Return the file of every manifest, oldest first."""
        return [manifest.path for manifest in self._manifests()]

    def _pack(self, chunks: Mapping[str, Chunk], spool: Path) -> dict[str, Chunk]:
        """Copy chunks from their spools into a pack, and return where they lie now.

        The pack is named by what it holds, not by the batch: a batch that is read again brings
        nothing new, and must not put an empty pack in place of its full one.
        """
        name = digest(*(f"{chunk.sha256}:{chunk.length}" for chunk in chunks.values()))
        pack = self.root / f"{name}.zst"
        part = self.root / f".{pack.name}.part"
        moved = {}
        with part.open("wb") as out, ExitStack() as stack:
            spooled: dict[str, BinaryIO] = {}
            for sha, chunk in chunks.items():
                if chunk.pack not in spooled:
                    opened = (spool / chunk.pack).open("rb")
                    spooled[chunk.pack] = stack.enter_context(opened)
                moved[sha] = _moved(chunk, spooled[chunk.pack], out, pack.name)
            out.flush()
            os.fsync(out.fileno())
        part.replace(pack)
        return moved

    def states(self) -> Iterator[tuple[str, Archived]]:
        """Yield batch and state of everything ever accepted, oldest batch first."""
        decode = msgspec.json.Decoder(Archived).decode
        for manifest in self._manifests():
            for line in manifest.path.read_bytes().splitlines():
                yield manifest.batch, decode(line)

    def holding(self, input_ids: Collection[str]) -> set[str]:
        """Return those of some inputs of which bytes are kept, in any state."""
        if not input_ids:
            return set()
        states = (state for _, state in self.states())
        return {one.input_id for one in states if one.chunks and one.input_id in input_ids}

    def read(self, chunks: Iterable[Chunk]) -> Iterator[bytes]:
        """Yield the original bytes of `chunks`, each checked against its hash.

        Raises:
            StoreError: a chunk is not what its name says.
        """
        decompress = zstandard.ZstdDecompressor().decompress
        for chunk in chunks:
            with (self.root / chunk.pack).open("rb") as pack:
                pack.seek(chunk.offset)
                try:
                    data = decompress(pack.read(chunk.length), max_output_size=chunk.n_bytes)
                except zstandard.ZstdError as error:
                    raise _damaged(chunk) from error
            if hashlib.sha256(data).hexdigest() != chunk.sha256:
                raise _damaged(chunk)
            yield data


def _manifest(path: Path) -> _Manifest:
    number, _, batch = path.stem.rpartition("-")
    if number.isdigit():
        return _Manifest(int(number), 0, batch, path)
    return _Manifest(0, path.stat().st_mtime_ns, path.stem, path)


def _moved(chunk: Chunk, spooled: BinaryIO, out: BinaryIO, pack: str) -> Chunk:
    """Copy a chunk from its spool into the pack."""
    spooled.seek(chunk.offset)
    offset = out.tell()
    out.write(spooled.read(chunk.length))
    return msgspec.structs.replace(chunk, pack=pack, offset=offset)


def _damaged(chunk: Chunk) -> StoreError:
    return StoreError(
        f"archive pack {chunk.pack!r} is damaged at byte {chunk.offset}: "
        f"{chunk.length} bytes there do not hold {chunk.sha256}; restore the pack from a backup"
    )
