"""What the messages of Gemini CLI become, in a document and in a file of lines."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.gemini_cli.lines import (
    SESSION,
    call,
    document,
    message,
    meta,
    reply,
    user,
)
from tests.sources.reading import Found, blocks_of, jsonl
from tests.sources.reading import read as read_with

from tracemill.records.events.event import Compaction, Feedback, TodoChange
from tracemill.records.sessions.trajectory import Step, Usage
from tracemill.sources.gemini_cli import GeminiCli

SOURCE = GeminiCli()


def read(*messages: Any, **more: Any) -> Found:
    return read_with(SOURCE, document(*messages, **more))


def read_lines(*lines: Any) -> Found:
    return read_with(SOURCE, jsonl(meta(), *lines))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


def actions(found: Found) -> list[str]:
    return [told.action for told in found.events if isinstance(told, Feedback)]


def test_both_kinds_of_file_say_the_same() -> None:
    told = [user("Go"), reply("I look", call("c1")), reply("Done")]

    whole, lines = read(*told), read_lines(*told)

    assert said(whole) == said(lines) == [("user", "Go"), ("agent", "I look"), ("agent", "Done")]
    assert whole.header.id == lines.header.id
    assert (whole.header.session_id, whole.header.agent) == (SESSION, "gemini-cli")
    assert [step.results for step in whole.steps] == [step.results for step in lines.steps]


def test_a_message_stands_where_it_says() -> None:
    data = document(user("Go"), reply("Yes"))

    (first, second) = read_with(SOURCE, data).steps

    assert data[first.span.start : first.span.end].count(b'"user Go"') == 1
    assert data[second.span.start : second.span.end].count(b"Yes") == 2


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_compact_document_is_a_document(size: int) -> None:
    data = jsonl({**meta(), "messages": [user("Go")]}).strip()

    assert said(read_with(SOURCE, blocks_of(data, size))) == [("user", "Go")]


def test_the_last_word_on_a_message_counts_at_its_first_place() -> None:
    found = read_lines(
        user("Go"),
        reply("I", name="g", tokens={"input": 5, "output": 1}),
        message("info", "Update available"),
        reply("I look", call("c1"), name="g", tokens={"input": 5, "output": 2}),
        reply("Done", call("c2"), name="h"),
        reply("Done", call("c2"), call("c3"), name="h"),
    )

    assert said(found) == [("user", "Go"), ("agent", "I look"), ("agent", "Done")]
    assert [[made.call_id for made in step.results] for step in found.steps] == [
        [],
        ["c1"],
        ["c2", "c3"],
    ]
    assert found.header.total_usage == Usage(input_tokens=5, output_tokens=2)
    assert found.tally.skipped == {"notice_info": 1}


def test_a_message_that_is_told_anew_too_late_is_passed_over() -> None:
    filler = [user(f"x{n}") for n in range(300)]

    found = read_lines(reply("I", name="g"), *filler, reply("I look", name="g"))

    assert said(found)[0] == ("agent", "I")
    assert found.tally.skipped == {"late_update": 1}


def test_what_a_person_took_back_stays_and_is_named() -> None:
    found = read_lines(
        user("Go", "u1"),
        reply("Wrong", call("c", status="error"), name="g1", tokens={"input": 5, "output": 1}),
        user("No", "u2"),
        {"$rewindTo": "g1"},
        reply("Right", name="g2"),
    )

    assert said(found) == [("user", "Go"), ("agent", "Wrong"), ("user", "No"), ("agent", "Right")]
    assert found.rewinds == [(1, 2)]
    assert found.header.total_usage == Usage(input_tokens=5, output_tokens=1)


def test_a_rewind_to_nowhere_undoes_everything() -> None:
    found = read_lines(user("Go", "u1"), reply("I", name="g1"), {"$rewindTo": "x"}, user("New"))

    assert (len(found.steps), found.rewinds) == (3, [(0, 1)])


def test_a_message_behind_a_rewind_is_a_new_one_whatever_its_id_is() -> None:
    told = [user("Go", "u1"), {"$rewindTo": "u1"}, user("Go on", "u1"), user("Go on!", "u1")]

    found = read_lines(*told)

    assert [step.text for step in found.steps] == ["Go", "Go on!"]
    assert found.rewinds == [(0, 0)]


def test_a_history_that_was_written_anew_was_summarised() -> None:
    answer = {"functionResponse": {"id": "c1", "name": "t", "response": {"output": "fine"}}}
    found = read_lines(
        user("Go", "u1"),
        reply("I look", call("c1"), name="g1"),
        user("And?", "u2"),
        {
            "$set": {
                "messages": [
                    user([{"text": "<state_snapshot/>"}], "s1"),
                    message("gemini", [{"text": "Got it."}], "s2"),
                    user([answer], "s3"),
                    user([{"text": "And?"}], "u2"),
                ]
            }
        },
        reply("So", name="g2"),
    )

    assert [(step.text, step.is_replayed) for step in found.steps] == [
        ("Go", False),
        ("I look", False),
        ("And?", False),
        ("<state_snapshot/>", True),
        ("Got it.", True),
        ("So", False),
    ]
    assert [step.speaker for step in found.steps[3:5]] == ["system", "agent"]
    assert [type(told) for told in found.events] == [Compaction]


def test_a_history_that_only_grew_was_not_summarised() -> None:
    found = read_lines(user("Go", "u1"), {"$set": {"messages": [user("Go", "u1")]}})

    assert found.events == []
    assert said(found) == [("user", "Go")]


def test_thoughts_are_reasoning_and_count_as_written() -> None:
    thoughts = [{"subject": "Plan", "description": "Look first"}, {"description": "Then act"}]
    tokens = {"input": 100, "cached": 60, "output": 7, "thoughts": 5, "tool": 2, "total": 114}

    (step,) = read(reply("Yes", thoughts=thoughts, tokens=tokens, model="m")).steps

    assert (step.reasoning, step.model) == ("Plan\nLook first\n\nThen act", "m")
    assert step.usage == Usage(
        input_tokens=42, output_tokens=12, cache_read_tokens=60, reasoning_tokens=5
    )


def test_parts_hold_thoughts_and_calls_too() -> None:
    parts = [
        {"text": "Hm", "thought": True},
        {"text": "I look"},
        {"functionCall": {"id": "c1", "name": "read_file", "args": {"path": "a"}}},
    ]

    (step,) = read_lines(message("gemini", parts, "g")).steps

    assert (step.reasoning, step.text) == ("Hm", "I look")
    assert [(made.id, made.arguments) for made in step.calls] == [("c1", {"path": "a"})]


SHELL = "Command: x\nDirectory: (root)\nOutput: y\nError: (none)\nExit Code: {}\nSignal: 0\n\
Background PIDs: (none)\nProcess Group PGID: 12"


@pytest.mark.parametrize(
    ("made", "status", "exit_code"),
    [
        (call("c"), "ok", None),
        (call("c", SHELL.format(0)), "ok", 0),
        (call("c", SHELL.format(1)), "error", 1),
        (call("c", "Output: y\nExit Code: 2\nProcess Group PGID: 12"), "error", 2),
        (call("c", "Output: y\nExit Code: 2\nand more"), "ok", None),
        (call("c", SHELL.format(1), tool="read_file"), "ok", None),
        (call("c", "no such file", "error"), "error", None),
        (
            call("c", "[Operation Cancelled] Reason: User denied execution.", "cancelled"),
            "rejected",
            None,
        ),
        (
            call("c", "[Operation Cancelled] User cancelled tool execution.", "cancelled"),
            "interrupted",
            None,
        ),
    ],
)
def test_how_a_call_ended(made: Any, status: str, exit_code: int | None) -> None:
    (step,) = read(reply("", made)).steps

    assert [(result.status, result.exit_code) for result in step.results] == [(status, exit_code)]


def test_a_call_under_way_has_no_result() -> None:
    (step,) = read(reply("", call("c", status="awaiting_approval"))).steps

    assert (len(step.calls), step.results) == (1, ())


def test_what_came_back_with_a_status_that_nobody_knows_is_kept() -> None:
    (step,) = read(reply("", call("c", "fine", status="done_somehow"))).steps

    assert [(made.content, made.status) for made in step.results] == [("fine", "unknown")]


def test_what_a_person_did_with_a_call_is_feedback() -> None:
    refused = call("c1", "[Operation Cancelled] Reason: User denied execution.", "cancelled")
    edited = call("c2", "Wrote it. User modified the `content` to be: x", tool="write_file")

    found = read(reply("", refused, edited), message("info", "Request cancelled."))

    assert sorted(actions(found)) == ["edit", "interruption", "rejection"]
    assert [result.user_modified for result in found.steps[0].results] == [False, True]


def test_a_list_of_todos_is_told() -> None:
    todos = [{"description": "a", "status": "completed"}, {"description": "b", "status": "blocked"}]
    made = {**call("c", tool="write_todos"), "args": {"todos": todos}}

    found = read(reply("", made))

    (told,) = [told for told in found.events if isinstance(told, TodoChange)]
    assert [(todo.text, todo.status) for todo in told.todos] == [
        ("a", "completed"),
        ("b", "unknown"),
    ]
    assert (told.step, told.is_whole_list) == (0, True)


def test_notices_are_for_the_person_but_errors_stand_for_the_model() -> None:
    found = read(message("info", "Hello"), message("warning", "Careful"), message("error", "429"))

    (step,) = found.steps
    assert (step.speaker, step.text, step.is_error) == ("agent", "429", True)
    assert found.tally.skipped == {"notice_info": 1, "notice_warning": 1}


def test_injected_context_was_not_typed() -> None:
    assert said(read(user("<session_context>\nToday"), user("/help"))) == [
        ("system", "<session_context>\nToday"),
        ("user", "/help"),
    ]


def test_a_subagent_shares_the_session_of_its_folder() -> None:
    data = jsonl(meta(sessionId="child", kind="subagent"), user("look for a"))

    found = read_with(SOURCE, data, f"file:/x/chats/{SESSION}/child.jsonl")

    assert (found.header.is_subagent, found.header.session_id) == (True, SESSION)
    assert found.steps[0].speaker == "system"


def test_the_summary_is_the_title() -> None:
    assert read(user("Go"), summary="Adds x").header.title == "Adds x"
    assert read_lines(user("Go"), {"$set": {"summary": "Adds x"}}).header.title == "Adds x"


def test_pictures_are_counted_and_not_kept() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}

    found = read(user([{"text": "Look"}, picture], "u1"))

    assert (found.steps[0].text, found.steps[0].n_images) == ("Look\n\n[image]", 1)
    assert "iVBOR" not in str(found.records)


def test_bad_messages_are_named_and_the_others_read() -> None:
    found = read({"type": "user", "content": 3}, 7, {"type": "New"}, user("Go"))

    assert [bad.reason for bad in found.quarantined] == ["bad_shape", "not_an_object"]
    assert found.tally.skipped == {"unknown_type:new": 1}
    assert said(found) == [("user", "Go")]


def test_an_old_shape_is_read_too() -> None:
    turns = [
        {"role": "user", "parts": [{"text": "Go"}]},
        {"role": "gemini", "parts": [{"text": "Yes"}]},
    ]

    steps: list[Step] = read_with(SOURCE, jsonl({"history": turns}).strip()).steps

    assert [step.text for step in steps] == ["Go", "Yes"]
