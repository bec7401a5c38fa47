import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemill.base.errors import StoreError
from tracemill.store import archive as room
from tracemill.store.archive import Archive, Archived, Chunk, ChunkWriter, Spool


def archived(folder: Path, batch: str, data: bytes, known: dict[str, Chunk]) -> Archived:
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    waiting = Spool(spool / "one.zst")
    writer = ChunkWriter(waiting)
    for _ in writer.passing([data[i : i + 1000] for i in range(0, len(data), 1000)]):
        pass
    content = writer.finish()
    waiting.close()
    state = Archived(
        input_id="input_1",
        source="claude-code",
        path="/p",
        content=content,
        n_bytes=len(data),
        stamp="1",
        chunks=tuple(writer.chunks),
    )
    (accepted,) = Archive(folder / "archive").add(batch, [state], spool, known)
    return accepted


@given(data=st.binary(max_size=5000))
@settings(max_examples=30)
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("archive")
    state = archived(folder, "b1", data, {})

    assert b"".join(Archive(folder / "archive").read(state.chunks)) == data
    assert list(Archive(folder / "archive").states()) == [("b1", state)]


def test_a_grown_input_shares_its_whole_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "CHUNK_BYTES", 4096)
    data = random.Random(1).randbytes(10_000)
    known: dict[str, Chunk] = {}
    before = archived(tmp_path, "b1", data, known)
    after = archived(tmp_path, "b2", data + b"more", known)

    assert after.chunks[:2] == before.chunks[:2]
    assert after.chunks[2].pack != before.chunks[0].pack
    assert b"".join(Archive(tmp_path / "archive").read(after.chunks)) == data + b"more"


def test_a_batch_that_is_read_again_keeps_its_bytes(tmp_path: Path) -> None:
    known: dict[str, Chunk] = {}
    before = archived(tmp_path, "b1", b"once", known)
    after = archived(tmp_path, "b1", b"once", known)

    assert after == before
    assert b"".join(Archive(tmp_path / "archive").read(after.chunks)) == b"once"


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    state = archived(tmp_path, "b1", b"x" * 100 + random.Random(1).randbytes(100), {})
    pack = tmp_path / "archive" / state.chunks[0].pack
    damaged = bytearray(pack.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    pack.write_bytes(damaged)

    with pytest.raises(StoreError, match=r"\.zst' is damaged at byte 0"):
        list(Archive(tmp_path / "archive").read(state.chunks))


def test_states_keep_their_order_when_a_backup_lost_all_times(tmp_path: Path) -> None:
    known: dict[str, Chunk] = {}
    for number in range(12):
        archived(tmp_path, f"b{number}", b"%d" % number, known)
    archived(tmp_path, "b3", b"3", known)
    for manifest in (tmp_path / "archive").glob("*.jsonl"):
        os.utime(manifest, (0, 0))

    batches = [batch for batch, _ in Archive(tmp_path / "archive").states()]
    assert batches == ["b0", "b1", "b2", *(f"b{n}" for n in range(4, 12)), "b3"]


def test_manifests_without_a_number_come_first_in_the_order_of_their_times(tmp_path: Path) -> None:
    known: dict[str, Chunk] = {}
    for moment, batch in enumerate(["z", "a"]):
        archived(tmp_path, batch, batch.encode(), known)
        (found,) = (tmp_path / "archive").glob(f"*-{batch}.jsonl")
        found.rename(found.with_name(f"{batch}.jsonl"))
        os.utime(tmp_path / "archive" / f"{batch}.jsonl", (moment, moment))
    archived(tmp_path, "new", b"new", known)

    assert [batch for batch, _ in Archive(tmp_path / "archive").states()] == ["z", "a", "new"]
