"""What the entries of a pi session become."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.laws import NAMES, TEXTS, assert_sound
from tests.sources.pi.lines import (
    SESSION,
    call,
    done,
    entry,
    header,
    message,
    placed,
    reply,
    usage,
    user,
)
from tests.sources.reading import Found, jsonl
from tests.sources.reading import read as read_with

from tracemill.records.events.event import Compaction, Feedback
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.pi import Pi


def read(*entries: Any) -> Found:
    return read_with(Pi(), jsonl(*entries))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


def actions(found: Found) -> list[tuple[str, int | None]]:
    return [(told.action, told.step) for told in found.events if isinstance(told, Feedback)]


def test_a_message_is_a_step_that_its_results_join() -> None:
    thought = {"type": "thinking", "thinking": "Hm."}
    found = read(
        header(),
        user("Go"),
        reply("I look.", thought, call("c1"), model="model-1", usage=usage()),
        done("c1", "a\nb"),
        reply("Done."),
    )

    assert said(found) == [("user", "Go"), ("agent", "I look."), ("agent", "Done.")]
    look = found.steps[1]
    assert (look.reasoning, look.model) == ("Hm.", "model-1")
    assert [(made.call_id, made.content, made.status) for made in look.results] == [
        ("c1", "a\nb", "ok")
    ]
    assert look.usage == Usage(
        input_tokens=5, output_tokens=3, cache_read_tokens=2, cache_write_tokens=1
    )
    assert found.header.total_usage == look.usage
    assert (found.header.session_id, found.header.cwd) == (SESSION, "/srv/app")


@pytest.mark.parametrize(
    ("told", "status", "exit_code"),
    [
        (done("c"), "ok", None),
        (done("c", "no such file", is_error=True), "error", None),
        (done("c", "x\n\nCommand exited with code 2", is_error=True), "error", 2),
        (done("c", "Command exited with code 2"), "ok", None),
        (done("c", "x\n\nCommand aborted", is_error=True), "interrupted", None),
        (message("toolResult", toolCallId="c", content="x"), "unknown", None),
    ],
)
def test_how_a_call_ended(told: Any, status: str, exit_code: int | None) -> None:
    (step,) = read(reply("", call("c")), told).steps

    assert [(made.status, made.exit_code) for made in step.results] == [(status, exit_code)]


def test_a_reply_that_a_person_stopped_is_an_interruption() -> None:
    found = read(
        header(), user("Go"), reply("I", stopReason="aborted"), reply("", stopReason="aborted")
    )

    assert said(found) == [("user", "Go"), ("agent", "I")]
    assert actions(found) == [("interruption", 1), ("interruption", 1)]


def test_an_error_of_the_model_is_an_error_step() -> None:
    found = read(header(), reply("", stopReason="error", errorMessage="Busy"))

    assert [(step.text, step.is_error) for step in found.steps] == [("Busy", True)]


def test_the_model_is_the_one_last_named() -> None:
    found = read(
        header(modelId="model-1"), reply("a"), entry("model_change", modelId="model-2"), reply("b")
    )

    assert [step.model for step in found.steps] == ["model-1", "model-2"]
    assert found.header.models == ("model-1", "model-2")


def test_a_branch_that_was_left_stays_and_is_named() -> None:
    found = read(
        header(),
        placed(user("Go"), "e1", None),
        placed(reply("Wrong", usage=usage()), "e2", "e1"),
        placed(user("No"), "e3", "e2"),
        placed(entry("branch_summary", summary="Tried x", fromId="e3"), "e4", "e1"),
        placed(reply("Right"), "e5", "e4"),
    )

    assert [step.text for step in found.steps] == ["Go", "Wrong", "No", "Tried x", "Right"]
    assert [step.is_replayed for step in found.steps] == [False, False, False, True, False]
    assert found.rewinds == [(1, 2)]
    assert found.header.total_usage is not None


def test_one_can_return_to_a_branch_that_was_left() -> None:
    found = read(
        header(),
        placed(user("Go"), "e1", None),
        placed(reply("Yes"), "e2", "e1"),
        placed(reply("No"), "e3", "e1"),
        placed(user("On with the first"), "e4", "e2"),
    )

    told = [event for event in found.events if isinstance(event, Feedback)]
    assert found.rewinds == [(1, 1), (2, 2)]
    assert [event.goes_on_from for event in told] == [0, 1]


def test_a_place_at_which_nothing_was_said_takes_nothing_back() -> None:
    told = [
        header(),
        placed(user("Go"), "e1", None),
        placed(reply("Yes"), "e2", "e1"),
        placed(entry("model_change", modelId="model-2"), "e3", "e1"),
        placed(entry("label", label="here"), "e4", "e3"),
    ]

    assert read(*told).rewinds == []
    assert read(*told, placed(user("Go on"), "e5", "e2")).rewinds == []
    assert read(*told, placed(user("Otherwise"), "e5", "e4")).rewinds == [(1, 1)]


@pytest.mark.parametrize("parent_id", ["e1", "call-1", SESSION])
def test_a_parent_that_is_no_entry_or_the_last_one_takes_nothing_back(parent_id: str) -> None:
    told = [placed(user("Go"), "e1", None), placed(reply("Yes"), "e2", parent_id)]

    found = read(header(), *told)

    assert (len(found.steps), found.events) == (2, [])


def test_a_new_root_undoes_everything() -> None:
    found = read(header(), placed(user("Go"), "e1", None), placed(user("New"), "e2", None))

    assert said(found) == [("user", "Go"), ("user", "New")]
    assert found.rewinds == [(0, 0)]


@pytest.mark.parametrize("key", ["parentSession", "branchedFrom"])
def test_entries_older_than_a_fork_are_a_copy(key: str) -> None:
    fork = {**header(**{key: "/srv/other.jsonl"}), "timestamp": "2026-05-12T10:00:05.000Z"}

    found = read(fork, user("Go", 1), reply("Yes", call("c")), done("c"), user("More", 7))

    assert [(step.text, step.is_replayed) for step in found.steps] == [
        ("Go", True),
        ("Yes", True),
        ("More", False),
    ]


def test_a_compaction_is_told_and_its_summary_is_replayed() -> None:
    found = read(
        header(),
        user("Go"),
        entry("compaction", summary="So far", tokensBefore=900, firstKeptEntryId="e1"),
    )

    assert [(e.tokens_before, e.step) for e in found.events if isinstance(e, Compaction)] == [
        (900, 0)
    ]
    assert [(step.text, step.is_replayed) for step in found.steps[1:]] == [("So far", True)]


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"output": "a"}, "Ran `ls`\n```\na\n```"),
        ({"output": "", "exitCode": 0}, "Ran `ls`\n(no output)"),
        ({"exitCode": 2}, "Ran `ls`\n(no output)\n\nCommand exited with code 2"),
        ({"cancelled": True}, "Ran `ls`\n(no output)\n\n(command cancelled)"),
    ],
)
def test_what_a_person_ran_is_told_as_to_the_model(more: dict[str, Any], text: str) -> None:
    assert said(read(message("bashExecution", command="ls", **more))) == [("system", text)]


def test_what_is_kept_from_the_model_is_passed_over() -> None:
    hidden = message("bashExecution", command="ls", excludeFromContext=True)

    assert read(header(), hidden).tally.skipped == {"kept_from_the_model": 1}


def test_what_extensions_put_in_was_not_typed() -> None:
    found = read(
        header(),
        entry("custom_message", content="Context", customType="x"),
        message("custom", content=[{"type": "text", "text": "More"}]),
        message("hookMessage", content="Old"),
    )

    assert said(found) == [("system", "Context"), ("system", "More"), ("system", "Old")]


def test_the_name_of_a_session_is_its_title() -> None:
    assert read(header(), entry("session_info", name="Refactor")).header.title == "Refactor"


def test_pictures_are_counted_and_not_kept() -> None:
    picture = {"type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png"}

    found = read(header(), user([{"type": "text", "text": "Look"}, picture]))

    assert (found.steps[0].text, found.steps[0].n_images) == ("Look\n\n[image]", 1)
    assert "iVBOR" not in str(found.records)


def test_an_answer_that_stands_alone_is_read() -> None:
    alone = (
        '{\n  "role": "assistant",\n  "content": [{"type": "text", "text": "Yes"}],\n  '
        '"api": "a",\n  "provider": "p",\n  "model": "m",\n  "stopReason": "stop"\n}'
    )

    assert said(read_with(Pi(), alone.encode())) == [("agent", "Yes")]


ENTRIES = st.one_of(
    st.builds(user, TEXTS), st.builds(reply, TEXTS, st.builds(call, NAMES)), st.builds(done, NAMES)
)


@given(st.lists(st.builds(placed, ENTRIES, NAMES, st.none() | NAMES), max_size=25))
def test_steps_stay_numbered_whatever_branch_is_taken(told: list[Any]) -> None:
    assert_sound(read(header(), *told))
