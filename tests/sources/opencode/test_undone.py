"""What a person took back of an OpenCode session, which its files still hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.sources.opencode import sessions as oc
from tests.sources.reading import Found, read, read_file

from tracemill.sources.opencode import OpenCode
from tracemill.sources.opencode.tree import OpenCodeTree


def undone(**revert: str) -> oc.Session:
    return oc.session(
        oc.said(1, oc.text("Go")),
        oc.replied(2, oc.text("Well"), oc.finished(10, 5, 0, 0, 0)),
        oc.said(3, oc.text("Worse")),
        oc.replied(4, oc.ran("c", "done", 0), oc.finished(20, 7, 0, 0, 0)),
        revert=revert,
    )


def lying(place: str, session: oc.Session, folder: Path) -> Found:
    """Return what is read of a session, wherever it lies."""
    if place == "export":
        return read(OpenCode(), oc.export_of(session))
    if place == "tree":
        oc.write_tree(folder / "storage", session)
        return read_file(OpenCodeTree(), folder / "storage")
    oc.write_database(folder / "opencode.db", session)
    return read_file(OpenCode(), folder / "opencode.db")


def said(found: Found) -> list[str]:
    return [step.text for step in found.steps]


@pytest.mark.parametrize("place", ["export", "tree", "database"])
def test_what_was_undone_stays_and_is_named(place: str, tmp_path: Path) -> None:
    found = lying(place, undone(messageID="msg_0003"), tmp_path)

    assert said(found) == ["Go", "Well", "Worse", ""]
    assert found.rewinds == [(2, 3)]
    assert found.tally.skipped == {}
    assert found.header.total_usage is not None
    assert found.header.total_usage.output_tokens == 12, "it was paid all the same"


def test_a_message_within_which_it_was_undone_stays() -> None:
    found = read(OpenCode(), oc.export_of(undone(messageID="msg_0003", partID="prt_0003_00")))

    assert len(found.steps) == 4
    assert found.rewinds == [(3, 3)]


def test_a_message_within_which_the_last_part_was_undone_leaves_nothing_to_name() -> None:
    found = read(OpenCode(), oc.export_of(undone(messageID="msg_0004", partID="prt_0004_00")))

    assert found.rewinds == [(None, 3)]


@pytest.mark.parametrize("revert", [{}, {"messageID": "msg_0099"}, {"messageID": ""}])
def test_nothing_is_undone_that_is_not_there(revert: Any) -> None:
    found = read(OpenCode(), oc.export_of(undone(**revert)))

    assert len(found.steps) == 4
    assert found.rewinds == []


def test_a_database_of_a_version_that_could_not_undo_is_read(tmp_path: Path) -> None:
    path = tmp_path / "opencode.db"
    oc.write_database(path, undone())
    with closing(sqlite3.connect(path)) as database:
        database.execute("ALTER TABLE session DROP COLUMN revert")
        database.commit()

    assert len(read_file(OpenCode(), path).steps) == 4
