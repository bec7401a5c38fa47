"""Databases that are not what they claim to be are set aside as damaged, and run nothing."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.laws import assert_sound
from tests.sources.opencode import sessions as oc
from tests.sources.reading import blocks_of, read, read_file

from tracemill.sources.opencode import OpenCode

SESSION = oc.session(
    oc.said(1, oc.text("Go")), oc.replied(2, oc.text("Gone"), oc.ran("call_1", "x" * 9000, 0))
)


@cache
def database_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "opencode.db"
        oc.write_database(path, SESSION)
        return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "opencode.db"
    oc.write_database(path, SESSION)
    return path


@pytest.mark.parametrize(
    "change",
    [
        "DROP TABLE part",
        "ALTER TABLE part RENAME COLUMN data TO body",
        "DROP TABLE part; CREATE VIEW part AS SELECT id, id AS message_id, data FROM message",
        "DROP TABLE message; CREATE VIRTUAL TABLE message USING fts5(id, session_id, data)",
        "DROP TABLE message; CREATE TABLE message (id, session_id, time_created, data)",
        "DROP TABLE part; CREATE TABLE part (id TEXT PRIMARY KEY, message_id, data) WITHOUT ROWID",
    ],
)
def test_tables_of_another_shape_are_damage(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(change)
    found = read_file(OpenCode(), path)

    assert [bad.reason for bad in found.quarantined] == ["damaged"]
    assert found.quarantined[0].span.end == path.stat().st_size
    assert found.steps == []


def test_triggers_and_generated_columns_run_nothing(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM message; END;"
            "ALTER TABLE part ADD COLUMN bomb AS (zeroblob(900000000));"
        )
    before = path.read_bytes()

    assert [step.text for step in read_file(OpenCode(), path).steps] == ["Go", "Gone"]
    assert path.read_bytes() == before


def test_a_value_beyond_the_limit_is_named(path: Path) -> None:
    found = read(OpenCode(), path.read_bytes(), max_line_bytes=4000)

    assert [bad.reason for bad in found.quarantined] == ["oversize_document"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [("x'00ff'", "bad_encoding"), ("'{'", "truncated"), ("'[]'", "not_an_object")],
)
def test_a_bad_row_is_set_aside_alone(path: Path, value: str, reason: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"UPDATE message SET data = {value} WHERE id = 'msg_0001'")
    found = read_file(OpenCode(), path)

    assert [bad.reason for bad in found.quarantined] == [reason]
    assert [step.text for step in found.steps] == ["Gone"]


def test_what_stands_before_a_broken_page_is_kept(path: Path) -> None:
    more = oc.session(
        *(oc.said(n, oc.text("y" * 3000), session_id="ses_2") for n in range(10, 60)),
        own_id="ses_2",
    )
    path.unlink()
    oc.write_database(path, SESSION, more)
    data = bytearray(path.read_bytes())
    page = data.rindex(b"yyyy") // 4096 * 4096
    data[page : page + 4096] = b"\xff" * 4096
    found = read(OpenCode(), bytes(data))

    assert [bad.reason for bad in found.quarantined] == ["damaged"]
    assert found.quarantined[0].detail == "expected a sound database, found SQLITE_CORRUPT"
    assert [step.text for step in found.steps][:2] == ["Go", "Gone"]


def test_bytes_behind_the_mark_that_are_no_database_are_damage() -> None:
    found = read(OpenCode(), b"SQLite format 3\0" + bytes(1000))

    assert [bad.reason for bad in found.quarantined] == ["damaged"]


@given(data=st.data())
def test_no_bytes_are_a_crash(data: st.DataObject) -> None:
    whole = database_bytes()
    at = data.draw(st.integers(16, len(whole)))
    end = data.draw(st.integers(at, len(whole)))
    changed = whole[:at] + data.draw(st.binary(max_size=40)) + whole[end:]
    found = read(OpenCode(), changed)

    assert_sound(found)


@given(size=st.integers(1, 5000))
def test_blocks_do_not_matter(size: int) -> None:
    for whole in (database_bytes(), oc.export_of(SESSION)):
        assert read(OpenCode(), blocks_of(whole, size)).records == read(OpenCode(), whole).records
