import json
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from tracemill.base.errors import StoreError
from tracemill.store.delta_log import Add, DeltaLog, TableState

TEXT = pa.schema({"id": pa.string(), "n": pa.int64()})
EVERY_TYPE = pa.schema(
    {
        "text": pa.string(),
        "flag": pa.bool_(),
        "n": pa.int64(),
        "share": pa.float64(),
        "at": pa.timestamp("us", tz="UTC"),
    }
)


def data_file(folder: Path, name: str, n_rows: int = 1, schema: pa.Schema = TEXT) -> Add:
    folder.mkdir(exist_ok=True)
    columns = [pa.nulls(n_rows, field.type) for field in schema]
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), folder / name)
    return Add(name, (folder / name).stat().st_size, stats=json.dumps({"numRecords": n_rows}))


def opened(log: DeltaLog) -> TableState:
    state = log.state()
    assert state is not None
    return state


def grown(folder: Path, n_versions: int) -> DeltaLog:
    """Commit so many versions, each with one file more and now and then some less."""
    log, random = DeltaLog(folder), Random(n_versions)
    for version in range(n_versions):
        state = log.state()
        files = [] if state is None else state.files
        gone = random.sample(files, random.randint(0, len(files) // 2))
        log.commit(state, TEXT, [data_file(folder, f"part-{version:03}.parquet")], gone)
    return log


def as_others_see_it(folder: Path) -> tuple[int, list[str]]:
    table = DeltaTable(folder)
    return table.version(), sorted(uri.rsplit("/", 1)[-1] for uri in table.file_uris())


@pytest.mark.parametrize("n_versions", [1, 2, 99, 100, 101, 230])
def test_delta_rs_sees_the_same_version_and_files(tmp_path: Path, n_versions: int) -> None:
    state = opened(grown(tmp_path / "t", n_versions))

    assert as_others_see_it(tmp_path / "t") == (state.version, state.files)
    assert state.version == n_versions - 1


def test_delta_rs_reads_every_type_of_column(tmp_path: Path) -> None:
    added = [data_file(tmp_path / "t", "a.parquet", 3, EVERY_TYPE)]
    DeltaLog(tmp_path / "t").commit(None, EVERY_TYPE, added, [])

    read = DeltaTable(tmp_path / "t").to_pyarrow_table()

    assert read.schema.equals(EVERY_TYPE)
    assert read.num_rows == 3


def test_a_table_that_delta_rs_wrote_is_opened_and_continued(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    rows = pa.Table.from_pylist([{"id": "a", "n": 1}], TEXT)
    for _ in range(120):
        write_deltalake(folder, rows, mode="append")
    log = DeltaLog(folder)
    state = opened(log)
    assert (folder / "_delta_log" / "_last_checkpoint").exists()
    assert (state.version, state.files) == as_others_see_it(folder)

    log.commit(state, TEXT, [data_file(folder, "ours.parquet")], state.files[:50])

    assert as_others_see_it(folder) == (120, opened(log).files)
    assert len(opened(log).files) == 71
    write_deltalake(folder, rows, mode="append")
    assert opened(log).version == 121


def test_what_a_checkpoint_says_needs_no_earlier_version(tmp_path: Path) -> None:
    log = grown(tmp_path / "t", 103)
    before = opened(log).files
    for version in range(99):
        (tmp_path / "t" / "_delta_log" / f"{version:020}.json").unlink()

    assert opened(log).files == before
    assert as_others_see_it(tmp_path / "t") == (102, before)


def test_a_column_that_has_come_since_is_known_with_the_rows_that_have_it(tmp_path: Path) -> None:
    folder, log = tmp_path / "t", DeltaLog(tmp_path / "t")
    log.commit(None, TEXT, [data_file(folder, "a.parquet")], [])
    wider = TEXT.append(pa.field("at", pa.timestamp("us", tz="UTC")))
    log.commit(opened(log), wider, [data_file(folder, "b.parquet", schema=wider)], [])

    assert opened(log).version == 1
    assert DeltaTable(folder).to_pyarrow_table().schema.names == ["id", "n", "at"]


def test_a_version_is_never_written_in_place_of_another(tmp_path: Path) -> None:
    folder, log = tmp_path / "t", grown(tmp_path / "t", 2)
    before = opened(log)
    log.commit(before, TEXT, [data_file(folder, "first.parquet")], [])

    with pytest.raises(StoreError, match=r"version 2 of table 't'.*run again"):
        log.commit(before, TEXT, [data_file(folder, "second.parquet")], [])

    assert "first.parquet" in opened(log).files
    assert "second.parquet" not in opened(log).files
    assert not list((folder / "_delta_log").glob(".*.part"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}', "needs? reader version 3"),
        (b'{"add":{"path":"x.parq', "cannot be read"),
        (b'{"add":{"size":1}}', "cannot be read"),
    ],
)
def test_a_log_that_cannot_be_followed_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    log = grown(tmp_path / "t", 1)
    (tmp_path / "t" / "_delta_log" / f"{1:020}.json").write_bytes(line + b"\n")

    with pytest.raises(StoreError, match=rf"table 't'.*{said}.*delete the lake folder"):
        log.state()


def test_a_log_with_a_version_missing_is_named(tmp_path: Path) -> None:
    log = grown(tmp_path / "t", 4)
    (tmp_path / "t" / "_delta_log" / f"{2:020}.json").unlink()

    with pytest.raises(StoreError, match=r"cannot be read"):
        log.state()


def test_what_a_killed_commit_left_is_not_there(tmp_path: Path) -> None:
    log = grown(tmp_path / "t", 2)
    (tmp_path / "t" / "_delta_log" / f".{2:020}.json.1234.part").write_bytes(b'{"add":{"pa')

    assert opened(log).version == 1
