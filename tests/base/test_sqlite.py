"""Databases of other programs: read whole while in use, and left as they are."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tracemill.base import sqlite

WRITER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA wal_autocheckpoint = 0")
database.execute("INSERT INTO note VALUES ('newest')")
print("written", flush=True)
sys.stdin.readline()
if sys.argv[2] == "crash":
    import os
    os._exit(1)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "notes.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE note (said TEXT)")
        database.execute("INSERT INTO note VALUES ('old')")
        database.commit()
    return path


@contextmanager
def written_to(path: Path, end: str = "leave") -> Iterator[subprocess.Popen[str]]:
    """Run a program that has the database open, and its newest row not in the file itself."""
    command = [sys.executable, "-c", WRITER, str(path), end]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        yield writer
        writer.communicate("go\n")


def notes_in(data: bytes, folder: Path) -> list[bytes]:
    copy = folder / "read.db"
    copy.write_bytes(data)
    with sqlite.reading(copy, 1000) as database:
        return [said for (said,) in database.execute("SELECT said FROM note")]


def state_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        found.name: (found.stat().st_size, found.stat().st_mtime_ns, found.read_bytes())
        for found in sorted(folder.iterdir())
    }


def test_a_database_at_rest_is_read_as_it_stands(path: Path, tmp_path: Path) -> None:
    with sqlite.open_stream(path) as stream:
        data = stream.read()

    assert data == path.read_bytes()
    assert notes_in(data, tmp_path) == [b"old"]


def test_rows_beside_a_database_in_use_are_read_too(path: Path, tmp_path: Path) -> None:
    with written_to(path):
        before = state_of(path.parent)
        with sqlite.open_stream(path) as stream:
            data = stream.read()

        assert state_of(path.parent) == before
    assert notes_in(data, tmp_path) == [b"old", b"newest"]


@pytest.mark.parametrize("is_shared_memory_left", [True, False])
def test_rows_that_a_crash_left_behind_are_read_too(
    path: Path, tmp_path: Path, is_shared_memory_left: bool
) -> None:
    with written_to(path, "crash"):
        pass
    if not is_shared_memory_left:
        path.with_name("notes.db-shm").unlink()
    before = state_of(path.parent)

    with sqlite.open_stream(path) as stream:
        data = stream.read()

    assert state_of(path.parent) == before
    assert notes_in(data, tmp_path) == [b"old", b"newest"]


def test_a_damaged_database_in_use_is_a_file_that_cannot_be_read(path: Path) -> None:
    path.write_bytes(sqlite.MAGIC + bytes(5000))
    path.with_name("notes.db-wal").write_bytes(b"x" * 100)

    with sqlite.open_stream(path) as stream, pytest.raises(OSError, match="no snapshot"):
        stream.read()


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        ("CREATE TABLE note (id TEXT PRIMARY KEY, said TEXT)", {"id": True, "said": False}),
        ("CREATE TABLE note (id TEXT, said TEXT)", {"id": False, "said": False}),
        ("CREATE VIEW note AS SELECT 1 AS said", {}),
        ("CREATE VIRTUAL TABLE note USING fts5(said)", {}),
        ("CREATE TABLE other (said TEXT)", {}),
    ],
)
def test_only_a_real_table_has_columns(
    schema: str, columns: dict[str, bool], tmp_path: Path
) -> None:
    path = tmp_path / "notes.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(schema)
        database.commit()

    with sqlite.reading(path, 1000) as database:
        assert sqlite.columns_of(database, "note") == columns


def test_reading_cannot_write(path: Path) -> None:
    with sqlite.reading(path, 1000) as database, pytest.raises(sqlite3.OperationalError):
        database.execute("INSERT INTO note VALUES ('mine')")


def test_values_beyond_the_limit_are_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("INSERT INTO note VALUES (?)", ("x" * 2000,))
        database.commit()

    with sqlite.reading(path, 1000) as database, pytest.raises(sqlite3.DataError):
        database.execute("SELECT said FROM note").fetchall()


def test_tables_are_told_by_the_first_bytes_or_by_the_file(path: Path) -> None:
    assert sqlite.named_tables(path.read_bytes()) == {"note"}
    assert sqlite.tables_of(path) == {"note"}
    path.write_bytes(b"no database")
    assert sqlite.tables_of(path) == frozenset()


def keyed(path: Path, statement: str = "") -> Path:
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "PRAGMA journal_mode = WAL; CREATE TABLE pair (key TEXT, value BLOB);"
            "CREATE TABLE secret (key TEXT); INSERT INTO secret VALUES ('hidden-word');"
            "INSERT INTO pair VALUES ('a:1', 'one'), ('b:1', 'other-word'), ('a:1', 'twice');"
            + statement
        )
    return path


@pytest.mark.parametrize("is_in_use", [False, True])
def test_an_excerpt_holds_the_rows_asked_for_and_nothing_else(
    is_in_use: bool, tmp_path: Path
) -> None:
    path = keyed(tmp_path / "home" / "pairs.db")
    if is_in_use:
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("PRAGMA wal_autocheckpoint = 0")
            writer.execute("INSERT INTO pair VALUES ('a:2', 'two')")
            data = sqlite.open_excerpt(path, "pair", "key GLOB 'a:*'").read()
    else:
        data = sqlite.open_excerpt(path, "pair", "key GLOB 'a:*'").read()

    assert b"word" not in data
    copy = tmp_path / "read.db"
    copy.write_bytes(data)
    with sqlite.reading(copy, 1000) as database:
        rows = database.execute("SELECT key, value FROM pair").fetchall()
    expected = [(b"a:1", b"one"), (b"a:2", b"two")]
    assert rows == expected[: 1 + is_in_use]


def test_an_excerpt_of_a_view_is_empty(tmp_path: Path) -> None:
    view = "ALTER TABLE pair RENAME TO old; CREATE VIEW pair AS SELECT * FROM old;"
    path = keyed(tmp_path / "home" / "pairs.db", view)
    copy = tmp_path / "read.db"
    copy.write_bytes(sqlite.open_excerpt(path, "pair", "1").read())

    with sqlite.reading(copy, 1000) as database:
        assert database.execute("SELECT count(*) FROM pair").fetchone() == (0,)


def test_equal_databases_give_equal_excerpts(tmp_path: Path) -> None:
    path = keyed(tmp_path / "home" / "pairs.db")

    first = sqlite.open_excerpt(path, "pair", "1").read()
    assert sqlite.open_excerpt(path, "pair", "1").read() == first
