"""Databases that another program has open: noticed when rows come, and read with them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.sources.opencode import sessions as oc
from tracemill.flows.ingest.discovery import Candidate, discover
from tracemill.flows.ingest.recognition import Skip, recognise


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "opencode.db"
    oc.write_database(path, oc.session(oc.said(1, oc.text("Go"))))
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        yield database


def found_in(folder: Path) -> dict[str, Candidate]:
    found = [one for one in discover([folder]) if isinstance(one, Candidate)]
    return {Path(one.path).name: one for one in found}


def test_rows_beside_a_database_change_its_state(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    before = found_in(tmp_path)["opencode.db"]
    writer.execute("UPDATE session SET title = 'Another'")
    after = found_in(tmp_path)["opencode.db"]

    assert before.n_bytes == after.n_bytes
    assert before.stamp != after.stamp


def test_an_empty_log_beside_a_database_is_no_failure(tmp_path: Path) -> None:
    oc.write_database(tmp_path / "opencode.db", oc.session(oc.said(1, oc.text("Go"))))
    (tmp_path / "opencode.db-wal").write_bytes(b"")
    skip = recognise(found_in(tmp_path)["opencode.db-wal"])

    assert isinstance(skip, Skip)
    assert not skip.failed


def test_what_lies_beside_a_database_is_no_input_of_its_own(
    writer: sqlite3.Connection, tmp_path: Path
) -> None:
    writer.execute("UPDATE session SET title = 'Another'")
    found = found_in(tmp_path)

    assert found.keys() == {"opencode.db", "opencode.db-shm", "opencode.db-wal"}
    assert recognise(found["opencode.db"]) == "opencode"
    for name in ("opencode.db-shm", "opencode.db-wal"):
        skip = recognise(found[name])
        assert isinstance(skip, Skip)
        assert (skip.reason, skip.failed) == ("side_file", False)
