"""Logs of the agent: lines without ids, whose results find their calls by order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.laws import assert_blocks_do_not_matter, assert_sound, with_noise
from tests.sources.reading import Found, jsonl, read

from tracemill.records.events.event import Feedback, Todo, TodoChange
from tracemill.sources.cursor import Cursor
from tracemill.sources.head import Head

SESSION_ID = "11111111-2222-3333-4444-555555555555"
CHILD_ID = "99999999-2222-3333-4444-555555555555"


def line(role: str, *blocks: dict[str, Any] | str) -> dict[str, Any]:
    content = [
        {"type": "text", "text": block} if isinstance(block, str) else block for block in blocks
    ]
    return {"role": role, "message": {"content": content}}


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "name": name, "input": arguments}


def result(said: str, **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "content": [{"type": "text", "text": said}], **fields}


def read_log(*records: Any, uri: str = "file:x.jsonl") -> Found:
    return read(Cursor(), jsonl(*records), uri)


def test_what_was_typed_stands_apart_from_what_was_put_in() -> None:
    found = read_log(
        line("user", "<user_query>\nFix it\n</user_query>\n<system_reminder>No</system_reminder>"),
        line("assistant", {"type": "thinking", "thinking": "Hm."}, "[REDACTED]", "Fixed."),
        line("user", "Thanks."),
    )

    assert [(step.speaker, step.text, step.reasoning) for step in found.steps] == [
        ("user", "Fix it", None),
        ("system", "<system_reminder>No</system_reminder>", None),
        ("agent", "Fixed.", "Hm."),
        ("user", "Thanks.", None),
    ]
    assert (found.header.agent, found.header.models, found.header.started) == ("cursor", (), None)


@pytest.mark.parametrize(
    ("note", "at", "n_steps"),
    [
        ("Tuesday, Aug 4, 2026, 2:56 PM (UTC-7)", "2026-08-04T21:56:00+00:00", 1),
        ("Tuesday, Aug 4, 2026, 12:05 AM (UTC+5:30)", "2026-08-03T18:35:00+00:00", 1),
        ("Tuesday, Aug 4, 2026, 2:56 PM (UTC)", "2026-08-04T14:56:00+00:00", 1),
        ("Tuesday, Aug 99, 2026, 2:56 PM (UTC)", None, 2),
    ],
)
def test_newer_versions_say_when_a_prompt_was_sent(note: str, at: str | None, n_steps: int) -> None:
    prompt = f"<timestamp>{note}</timestamp>\n<user_query>\nGo\n</user_query>"
    found = read_log(line("user", prompt))

    assert found.steps[0].text == "Go"
    assert len(found.steps) == n_steps
    assert (found.header.started and found.header.started.isoformat()) == at


NOTICE = '<system_notification>\nShell command "build" has completed.\n</system_notification>'


@pytest.mark.parametrize(
    ("told", "steps"),
    [
        (NOTICE, [("system", NOTICE)]),
        (f"{NOTICE}\nGo on.", [("user", "Go on."), ("system", NOTICE)]),
        (
            "What does <system_notification> mean?",
            [("user", "What does <system_notification> mean?")],
        ),
    ],
)
def test_what_the_program_notifies_of_is_said_by_no_person(
    told: str, steps: list[tuple[str, str]]
) -> None:
    found = read_log(line("user", told))

    assert [(step.speaker, step.text) for step in found.steps] == steps


def test_results_join_the_oldest_open_call() -> None:
    found = read_log(
        line("assistant", call("Shell", command="ls"), call("Read", path="a")),
        line("user", result("files", tool_use_id="t1"), result("text", tool_use_id="t2")),
    )

    (step,) = found.steps
    assert [answer.content for answer in step.results] == ["files", "text"]
    assert [answer.call_id for answer in step.results] == [own.id for own in step.calls]


def test_a_result_that_names_its_tool_joins_a_call_of_it() -> None:
    found = read_log(
        line("assistant", call("Shell", command="ls"), call("Read", path="a")),
        line("user", {"type": "tool-result", "name": "Read", "content": "text"}),
    )

    (step,) = found.steps
    assert step.results[0].call_id == step.calls[1].id


@pytest.mark.parametrize(
    ("fields", "said", "status"),
    [
        ({}, "files", "unknown"),
        ({}, "Exit code: 0\n\nCommand output:\nok", "ok"),
        ({}, "Exit code: 2\n\nCommand output:\nno", "error"),
        ({}, "It says Exit code: 2", "unknown"),
        ({"is_error": True}, "no", "error"),
        ({"is_error": False}, "yes", "ok"),
        ({"status": "rejected"}, "", "rejected"),
        ({"status": "cancelled"}, "", "interrupted"),
    ],
)
def test_how_a_call_ended(fields: dict[str, Any], said: str, status: str) -> None:
    found = read_log(line("assistant", call("Shell")), line("user", result(said, **fields)))

    assert found.steps[0].results[0].status == status


def test_a_todo_list_is_told() -> None:
    todos = [{"id": "1", "content": "Look", "status": "completed"}]
    found = read_log(line("assistant", call("TodoWrite", todos=todos)))

    (event,) = found.events
    assert isinstance(event, TodoChange)
    assert event.todos == (Todo(text="Look", status="completed", native_id="1"),)


@pytest.mark.parametrize(
    ("ended", "n_events", "errors"),
    [
        ({"status": "success"}, 0, []),
        ({"status": "aborted"}, 1, []),
        ({"status": "error", "error": "User aborted request"}, 1, []),
        ({"status": "error", "error": "No network"}, 0, ["No network"]),
        ({"status": "error"}, 0, []),
    ],
)
def test_the_end_of_a_turn_tells_an_interruption_or_an_error(
    ended: dict[str, str], n_events: int, errors: list[str]
) -> None:
    found = read_log(line("user", "Go"), {"type": "turn_ended", **ended})

    assert [event.action for event in found.events if isinstance(event, Feedback)] == [
        "interruption"
    ] * n_events
    assert [step.text for step in found.steps if step.is_error] == errors


def test_the_path_names_the_session_and_who_spawned_it() -> None:
    folder = f"file:~/.cursor/projects/app/agent-transcripts/{SESSION_ID}"
    main = read_log(line("user", "Go"), uri=f"{folder}/{SESSION_ID}.jsonl").header
    found = read_log(line("user", "Look"), uri=f"{folder}/subagents/{CHILD_ID}.jsonl")

    assert (main.session_id, main.is_subagent) == (SESSION_ID, False)
    assert (found.header.session_id, found.header.parent_id) == (SESSION_ID, main.id)
    assert [step.speaker for step in found.steps] == ["system"]


@pytest.mark.parametrize(
    ("record", "is_ours"),
    [
        (line("user", "Go"), True),
        ({"role": "user", "content": "Go"}, False),
        ({"role": "user", "message": {"role": "user", "content": []}}, False),
        ({**line("user", "Go"), "sessionId": "s"}, False),
    ],
)
def test_a_log_is_told_by_its_lines(record: Any, is_ours: bool) -> None:
    assert Cursor().recognises(Head(Path("x"), jsonl(record))) is is_ours


BLOCKS = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "tool_use", "tool_result", "thinking", "x"])},
    optional={
        "text": st.sampled_from(["Go", "", "<user_query>a</user_query>"]) | st.integers(),
        "name": st.sampled_from(["Shell", "TodoWrite"]) | st.none(),
        "input": st.dictionaries(st.just("todos"), st.lists(st.integers())) | st.integers(),
        "tool_use_id": st.sampled_from(["a", "b"]),
        "content": st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    },
)
RECORDS = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "x"])},
    optional={
        "message": st.fixed_dictionaries({"content": st.lists(BLOCKS, max_size=3) | st.integers()}),
        "createdAt": st.integers() | st.text(max_size=3),
    },
)


@given(st.lists(RECORDS, max_size=8), st.integers(1, 200), st.binary(max_size=3), st.data())
def test_no_lines_are_a_crash_and_blocks_do_not_matter(
    records: list[Any], size: int, noise: bytes, data: st.DataObject
) -> None:
    whole = with_noise(jsonl(*records), noise, data)

    found = assert_blocks_do_not_matter(Cursor(), whole, size)
    assert_sound(found)
