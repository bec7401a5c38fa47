"""What the workspace keeps can be read where nothing can be written."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tracemill.cli.failing import _explained
from tracemill.store.databases import connect

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT)"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database that holds a row, at a place that cannot be written any more."""
    path = tmp_path / "n#tes.sqlite"
    with connect(path, SCHEMA) as database:
        database.execute("INSERT INTO notes VALUES ('one')")
    database.close()
    refused: Callable[..., bool] = lambda *_: False  # noqa: E731 - root may write anywhere
    monkeypatch.setattr(os, "access", refused)
    return path


def test_what_is_kept_is_read_and_nothing_is_written_beside_it(kept: Path) -> None:
    database = connect(kept, SCHEMA)

    assert database.execute("SELECT text FROM notes").fetchall() == [("one",)]
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    database.close()


def test_a_place_that_cannot_be_written_is_not_called_damaged(kept: Path) -> None:
    database = connect(kept, SCHEMA)
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("INSERT INTO notes VALUES ('two')")
    database.close()

    said = _explained(caught.value)
    assert "let its folder be writable" in said
    assert "damaged" not in said
    assert "delete" not in said


def test_a_database_that_another_process_writes_to_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    one = connect(path, SCHEMA)
    other = sqlite3.connect(path, timeout=0)
    one.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError) as caught:
        other.execute("BEGIN IMMEDIATE")
    one.close()
    other.close()

    assert "another process is writing to it" in _explained(caught.value)
