"""Laws of rewriting the archive: what is to go goes, and everything else stays byte for byte."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemill.store import archive as archives
from tracemill.store.archive import Archive, Archived, Chunk, ChunkWriter, Spool
from tracemill.store.rewriting import Rewriting, rewrite

NAMES = ("a", "b", "c", "d", "e")
CONTENTS = st.lists(st.sampled_from([b"egret ", b"heron ", b"spoonbill ", b"x" * 40])).map(b"".join)
BATCHES = st.lists(
    st.dictionaries(st.sampled_from(NAMES), CONTENTS, min_size=1), min_size=1, max_size=4
)
SOME = st.sets(st.sampled_from(NAMES))


def add(archive: Archive, folder: Path, batch: dict[str, bytes], known: dict[str, Chunk]) -> None:
    spool = Spool(folder / "spool.zst")
    states = []
    for name, data in batch.items():
        writer = ChunkWriter(spool)
        writer.write(data)
        content = writer.finish()
        states.append(
            Archived(
                input_id=name, source="x", path=f"/{name}", content=content, n_bytes=len(data),
                stamp="", chunks=tuple(writer.chunks),
            )
        )  # fmt: skip
    spool.close()
    archive.add(f"{len(list(archive.states()))}", states, folder, known)


def held(archive: Archive) -> list[tuple[str, bytes]]:
    return [(s.input_id, b"".join(archive.read(s.chunks))) for _, s in archive.states()]


def mask(_state: Archived, blocks: Iterable[bytes]) -> Iterator[bytes]:
    yield b"".join(blocks).replace(b"heron", b"xxxxx")


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "CHUNK_BYTES", 64)


@settings(max_examples=60)
@given(BATCHES, SOME, SOME, SOME)
def test_what_is_to_go_goes_and_all_else_stays(
    batches: list[dict[str, bytes]], whole: set[str], masked: set[str], emptied: set[str]
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        archive = Archive(folder / "archive")
        known: dict[str, Chunk] = {}
        for batch in batches:
            add(archive, folder, batch, known)
        before = held(archive)
        wanted = Rewriting(whole, masked, mask, emptied)
        done = rewrite(archive, wanted, folder)
        left: list[tuple[str, bytes]] = []

        for input_id, data in before:
            if input_id in emptied:
                expected = b""
            elif input_id in masked:
                expected = data.replace(b"heron", b"xxxxx")
            else:
                expected = data
            if input_id not in whole:
                left.append((input_id, expected))
        assert held(archive) == left
        assert {c for _, s in archive.states() for c in s.chunks} <= set(done.chunks.values())
        names = {path.name for path in archive.root.iterdir()}
        assert {n for n in names if n.endswith(".zst")} == {c.pack for c in done.chunks.values()}
        files = {path: path.read_bytes() for path in archive.root.iterdir()}
        rewrite(archive, wanted, folder)
        assert {path: path.read_bytes() for path in archive.root.iterdir()} == files
