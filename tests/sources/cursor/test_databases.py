"""Stores of the command line, and the database of the editor."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.cursor import stores
from tests.sources.laws import assert_sound
from tests.sources.reading import head_of, read, read_file

from tracemill.sources.cursor import Cursor

USER = {"role": "user", "content": [{"type": "text", "text": "<user_query>\nGo\n</user_query>"}]}
CALL = {
    "role": "assistant",
    "id": "1",
    "content": [
        {
            "type": "reasoning",
            "text": "Hm.",
            "providerOptions": {"cursor": {"modelName": "model-2"}},
        },
        {"type": "tool-call", "toolCallId": "t1", "toolName": "Shell", "args": {"command": "ls"}},
    ],
}
RESULT = {
    "role": "tool",
    "id": "t1",
    "content": [
        {
            "type": "tool-result",
            "toolCallId": "t1",
            "toolName": "Shell",
            "result": "Exit code: 1\n\nno",
        }
    ],
}


def test_a_store_is_read_in_the_order_of_its_root(tmp_path: Path) -> None:
    stores.write_store(
        tmp_path / "store.db", {"role": "system", "content": "Be good."}, USER, CALL, RESULT
    )
    found = read_file(Cursor(), tmp_path / "store.db")

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "Be good."),
        ("user", "Go"),
        ("agent", ""),
    ]
    step = found.steps[2]
    assert (step.reasoning, step.model, step.results[0].status) == ("Hm.", "model-2", "error")
    header = found.header
    assert (header.session_id, header.title, header.cwd) == (
        stores.SESSION_ID,
        "Fix it",
        "/work/my app",
    )


TOOL = {
    "toolCallId": "t1",
    "name": "run_terminal_cmd",
    "rawArgs": '{"command": "make"}',
    "status": "completed",
    "result": '{"output": "ok"}',
}


def bubbles(**tool: Any) -> list[dict[str, Any]]:
    return [
        stores.bubble(1, 1, "Go"),
        stores.bubble(2, 2, thinking={"text": "Hm."}),
        stores.bubble(
            3,
            2,
            "I run.",
            toolFormerData={**TOOL, **tool},
            tokenCount={"inputTokens": 5, "outputTokens": 2},
        ),
    ]


def test_the_editors_sessions_are_read(tmp_path: Path) -> None:
    stores.write_editor(tmp_path / "state.vscdb", *bubbles())
    found = read_file(Cursor(), tmp_path / "state.vscdb")

    assert [(step.speaker, step.text, step.reasoning) for step in found.steps] == [
        ("user", "Go", None),
        ("agent", "", "Hm."),
        ("agent", "I run.", None),
    ]
    step = found.steps[2]
    assert step.calls[0].arguments == {"command": "make"}
    assert (step.results[0].content, step.results[0].status) == ('{"output": "ok"}', "ok")
    assert step.usage is not None
    assert (step.usage.input_tokens, step.usage.output_tokens) == (5, 2)
    header = found.header
    assert (header.branch, header.models, header.title) == ("main", ("model-1",), "Fix it")
    assert step.at is not None


@pytest.mark.parametrize(
    ("tool", "status"),
    [
        ({"status": "error", "result": None, "error": "no"}, "error"),
        ({"status": "cancelled", "result": None}, "interrupted"),
        ({"status": "completed", "userDecision": "rejected"}, "rejected"),
        ({"status": "loading", "result": None}, None),
    ],
)
def test_how_a_call_of_the_editor_ended(
    tool: dict[str, Any], status: str | None, tmp_path: Path
) -> None:
    stores.write_editor(tmp_path / "state.vscdb", *bubbles(**tool))
    found = read_file(Cursor(), tmp_path / "state.vscdb")

    assert [result.status for result in found.steps[2].results] == [status] * (status is not None)


def test_nothing_but_the_sessions_leaves_the_editors_database(tmp_path: Path) -> None:
    path = tmp_path / "state.vscdb"
    stores.write_editor(path, *bubbles())
    assert b"key-to-all" in path.read_bytes()

    with Cursor().open(path) as stream:
        assert b"key-to-all" not in stream.read()


def test_older_sessions_hold_their_messages(tmp_path: Path) -> None:
    stores.write_editor(tmp_path / "db", fullConversationHeadersOnly=[], conversation=bubbles()[:1])

    assert [step.text for step in read_file(Cursor(), tmp_path / "db").steps] == ["Go"]


def test_a_message_that_is_listed_and_lacking_is_named(tmp_path: Path) -> None:
    lacking = [{"bubbleId": "gone", "type": 1}, {"bubbleId": "b1", "type": 1}]
    stores.write_editor(tmp_path / "db", *bubbles()[:1], fullConversationHeadersOnly=lacking)
    found = read_file(Cursor(), tmp_path / "db")

    assert [bad.reason for bad in found.quarantined] == ["bad_shape"]
    assert [step.text for step in found.steps] == ["Go"]


def test_databases_are_told_by_their_tables(tmp_path: Path) -> None:
    stores.write_store(tmp_path / "a", USER)
    stores.write_editor(tmp_path / "b")
    with closing(sqlite3.connect(tmp_path / "c")) as database:
        database.executescript("CREATE TABLE meta (key, value); CREATE TABLE other (id, data)")

    assert [Cursor().recognises(head_of(tmp_path / name)) for name in "abc"] == [True, True, False]


@pytest.mark.parametrize("value", ["zz", "7b7d", "7b", ""])
def test_a_store_without_a_session_is_no_crash(value: str, tmp_path: Path) -> None:
    stores.write_store(tmp_path / "db", USER)
    with closing(sqlite3.connect(tmp_path / "db")) as database:
        database.execute("UPDATE meta SET value = ?", (value,))
        database.commit()
    found = read_file(Cursor(), tmp_path / "db")

    assert found.steps == []


@cache
def store_bytes() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        stores.write_store(path, USER, CALL, RESULT)
        return path.read_bytes()


@given(data=st.data())
def test_no_bytes_are_a_crash(data: st.DataObject) -> None:
    whole = store_bytes()
    at = data.draw(st.integers(16, len(whole)))
    end = data.draw(st.integers(at, len(whole)))
    found = read(Cursor(), whole[:at] + data.draw(st.binary(max_size=40)) + whole[end:])

    assert_sound(found)
