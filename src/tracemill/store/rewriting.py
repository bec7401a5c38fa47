"""Rewriting the archive: inputs that are dropped whole, and bytes that are masked.

Packs that hold anything that goes are written anew without it, then the manifests that named them,
then the old packs are removed. A manifest is whole at every moment and names packs that are
there, so a rewriting that was killed is simply done again.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.ids import digest
from tracemill.store.archive import Archive, Archived, Chunk, ChunkWriter, Spool
from tracemill.store.workspace import sync_folder, write_whole

Mask = Callable[[Archived, Iterable[bytes]], Iterator[bytes]]
"""Hands on the bytes of an input, with as many others in place of what must go."""

_SPOOL: Final = "rewritten.zst"


class Rewriting(NamedTuple):
    """What is to go."""

    whole: Collection[str]
    """Inputs that go as a whole, in every state."""
    masked: Collection[str]
    """Inputs of which every state is masked."""
    mask: Mask
    emptied: Collection[str] = ()
    """Inputs of which no bytes stay."""


class Rewritten(NamedTuple):
    """What went, and what stands where."""

    n_bytes: int
    """Compressed bytes that are gone."""
    chunks: dict[str, Chunk]
    """Every chunk that the archive holds now."""
    contents: dict[str, str]
    """Hash of each masked content now, by what it was."""


def rewrite(archive: Archive, wanted: Rewriting, spool: Path) -> Rewritten:
    """Take out of the archive what is to go; nothing else changes its bytes.

    Raises:
        StoreError: a chunk that must be masked is damaged.
    """
    before = sum(path.stat().st_size for path in archive.root.glob("*.zst"))
    masking = _Masking(archive, wanted, Spool(spool / _SPOOL))
    kept = {
        manifest: [masking.state(s) for s in states if s.input_id not in wanted.whole]
        for manifest, states in _by_manifest(archive)
    }
    chunks = {c.sha256: c for states in kept.values() for s in states for c in s.chunks}
    moved = _repacked(archive, chunks, masking.finish())
    for manifest, states in kept.items():
        _write_manifest(manifest, [_pointing(state, moved, masking.contents) for state in states])
    _remove_packs(archive.root, {chunk.pack for chunk in moved.values()})
    (spool / _SPOOL).unlink(missing_ok=True)
    after = sum(path.stat().st_size for path in archive.root.glob("*.zst"))
    return Rewritten(max(0, before - after), moved, masking.contents)


def _by_manifest(archive: Archive) -> Iterator[tuple[Path, list[Archived]]]:
    decode = msgspec.json.Decoder(Archived).decode
    for manifest in archive.manifests():
        yield manifest, [decode(line) for line in manifest.read_bytes().splitlines()]


class _Masking:
    """Masks each distinct content once, into a spool."""

    def __init__(self, archive: Archive, wanted: Rewriting, spool: Spool) -> None:
        self._archive = archive
        self._wanted = wanted
        self._spool = spool
        self._done: dict[tuple[str, ...], tuple[Chunk, ...]] = {}
        self.contents: dict[str, str] = {}

    def state(self, state: Archived) -> Archived:
        """Return a state with the chunks that it is to have."""
        if state.input_id in self._wanted.emptied:
            return msgspec.structs.replace(state, chunks=())
        if state.input_id not in self._wanted.masked or not state.chunks:
            return state
        content = tuple(chunk.sha256 for chunk in state.chunks)
        if content not in self._done:
            self._done[content] = self._masked(state)
        return msgspec.structs.replace(state, chunks=self._done[content])

    def _masked(self, state: Archived) -> tuple[Chunk, ...]:
        old = hashlib.sha256()
        writer = ChunkWriter(self._spool)
        for block in self._wanted.mask(state, _hashed(self._archive.read(state.chunks), old)):
            writer.write(block)
        new = writer.finish()
        if new == old.hexdigest():
            return state.chunks
        self.contents[old.hexdigest()] = new
        return tuple(writer.chunks)

    def finish(self) -> Path:
        """Close the spool, and return where it is."""
        self._spool.close()
        return self._spool.path


def _hashed(blocks: Iterable[bytes], state: hashlib._Hash) -> Iterator[bytes]:
    for block in blocks:
        state.update(block)
        yield block


def _repacked(archive: Archive, chunks: dict[str, Chunk], spool: Path) -> dict[str, Chunk]:
    """Write new packs in place of those of which something goes; return where chunks lie then."""
    n_needed = Counter(chunk.pack for chunk in chunks.values())
    lying: defaultdict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks.values():
        lying[chunk.pack].append(chunk)
    n_held = Counter({pack: n for pack, n in _frames(archive).items() if pack in n_needed})
    moved = dict(chunks)
    for pack, held in lying.items():
        if pack == spool.name or n_held[pack] != n_needed[pack]:
            source = spool if pack == spool.name else archive.root / pack
            moved |= _write_pack(archive.root, source, held)
    return moved


def _frames(archive: Archive) -> Counter[str]:
    """Return how many chunks each pack holds, as far as manifests name them; more is torn."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    n_bytes: Counter[str] = Counter()
    for _, state in archive.states():
        for chunk in state.chunks:
            if chunk.sha256 not in held[chunk.pack]:
                held[chunk.pack].add(chunk.sha256)
                n_bytes[chunk.pack] += chunk.length
    sizes = {pack: (archive.root / pack).stat().st_size for pack in held}
    return Counter({p: len(s) + (sizes[p] != n_bytes[p]) for p, s in held.items()})


def _write_pack(root: Path, source: Path, chunks: Collection[Chunk]) -> dict[str, Chunk]:
    name = digest(*(f"{chunk.sha256}:{chunk.length}" for chunk in chunks)) + ".zst"
    part = root / f".{name}.part"
    moved = {}
    with part.open("wb") as out, source.open("rb") as opened:
        for chunk in chunks:
            opened.seek(chunk.offset)
            moved[chunk.sha256] = msgspec.structs.replace(chunk, pack=name, offset=out.tell())
            out.write(opened.read(chunk.length))
        out.flush()
        os.fsync(out.fileno())
    part.replace(root / name)
    sync_folder(root)
    return moved


def _pointing(state: Archived, moved: dict[str, Chunk], contents: dict[str, str]) -> Archived:
    return msgspec.structs.replace(
        state,
        chunks=tuple(moved[chunk.sha256] for chunk in state.chunks),
        content=contents.get(state.content or "", state.content),
    )


def _write_manifest(path: Path, states: Collection[Archived]) -> None:
    data = b"".join(msgspec.json.encode(state) + b"\n" for state in states)
    if not states:
        path.unlink()
    elif data != path.read_bytes():
        write_whole(path, data)


def _remove_packs(root: Path, needed: Collection[str]) -> None:
    for path in [*root.glob("*.zst"), *root.glob(".*.part")]:
        if path.name not in needed:
            path.unlink()
    sync_folder(root)
