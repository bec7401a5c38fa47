"""Values of a database change, whatever it holds, and no page keeps the old ones."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tracemill.base.sqlite import DAMAGE
from tracemill.base.sqlite_values import change_values

LONG = "x" * 9_000 + " heron " + "y" * 9_000


def made(path: Path, coding: str = "UTF-8") -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            f"""
            PRAGMA encoding = '{coding}';
            PRAGMA journal_mode = WAL;
            CREATE TABLE log (key TEXT PRIMARY KEY, value, n INTEGER);
            CREATE TABLE "odd ""name" (a TEXT, b TEXT GENERATED ALWAYS AS (a || '!') VIRTUAL);
            CREATE TABLE pairs (k TEXT, v TEXT, PRIMARY KEY (k)) WITHOUT ROWID;
            CREATE INDEX by_value ON log (value);
            CREATE VIEW seen AS SELECT value FROM log;
            CREATE TRIGGER spread AFTER UPDATE ON log BEGIN INSERT INTO pairs VALUES ('t', 'heron'); END;
            """
        )
        database.execute("INSERT INTO log VALUES ('one', 'a heron', 1), ('gone', 'heron', 2)")
        database.execute("INSERT INTO log VALUES ('long', ?, 3), ('raw', ?, 4)", (LONG, b"\0heron"))
        database.execute("""INSERT INTO "odd ""name" VALUES ('heron')""")
        database.execute("INSERT INTO pairs VALUES ('heron', 'the heron'), ('other', 'egret')")
        database.commit()
        database.execute("DELETE FROM log WHERE key = 'gone'")
        database.commit()
    return path


@pytest.mark.parametrize("coding", ["UTF-8", "UTF-16le", "UTF-16be"])
def test_every_value_is_changed_and_the_rest_stays(tmp_path: Path, coding: str) -> None:
    path = made(tmp_path / "a.db", coding)
    change_values(path, lambda data: data.replace(b"heron", b"xxxxx"))
    with closing(sqlite3.connect(path)) as database:
        log = database.execute("SELECT * FROM log ORDER BY n").fetchall()
        pairs = database.execute("SELECT * FROM pairs ORDER BY k").fetchall()
        odd = database.execute('SELECT * FROM "odd ""name"').fetchall()
        check = database.execute("PRAGMA integrity_check").fetchone()

    assert log == [
        ("one", "a xxxxx", 1),
        ("long", LONG.replace("heron", "xxxxx"), 3),
        ("raw", b"\0xxxxx", 4),
    ]
    assert pairs == [("other", "egret"), ("xxxxx", "the xxxxx")]
    assert odd == [("xxxxx", "xxxxx!")]
    assert check == ("ok",)
    assert not any(word in path.read_bytes() for word in (b"heron", "heron".encode("utf-16-le")))
    assert [found.name for found in tmp_path.iterdir()] == ["a.db"]


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    data = path.read_bytes()
    path.write_bytes(data[:4_096] + b"x" * (len(data) - 4_096))

    with pytest.raises(DAMAGE):
        change_values(path, lambda data: data.replace(b"heron", b"xxxxx"))
