"""What else a Codex rollout tells: bare lines of the oldest files, errors, turns taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.sources.codex.lines import call, event, message, meta, output, spent, turn, typed
from tests.sources.reading import Found, jsonl
from tests.sources.reading import read as read_with

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.codex import Codex
from tracemill.sources.head import Head

AT = "2025-09-10T12:00:00Z"
BARE = [
    {"timestamp": AT, "role": "user", "content": "Which branch?", "model": "model-1"},
    {"timestamp": AT, "type": "tool_call", "function": {"name": "git"}, "arguments": "status"},
    {"timestamp": AT, "type": "tool_result", "name": "git", "result": "On branch main"},
    {"timestamp": AT, "role": "assistant", "content": "main"},
]


def read(*lines: Any) -> Found:
    return read_with(Codex(), jsonl(*lines))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ({"timestamp": "2026-06-22T10:00:00.5Z"}, datetime(2026, 6, 22, 10, 0, 0, 500_000, UTC)),
        ({"timestamp": "2026-06-22T12:00:00+02:00"}, datetime(2026, 6, 22, 10, tzinfo=UTC)),
        ({"timestamp": "20260622T1000Z"}, datetime(2026, 6, 22, 10, tzinfo=UTC)),
        ({"created_at": "2026-06-22T10:00:00Z"}, datetime(2026, 6, 22, 10, tzinfo=UTC)),
        ({"timestamp": None, "created_at": "2026-06-22"}, None),
        ({"timestamp": "2026-06-22T10:00:00"}, None),
        ({"timestamp": "[cut]"}, None),
        ({"timestamp": ["2026-06-22T10:00:00Z"]}, None),
    ],
)
def test_a_line_says_when_it_was_written(told: dict[str, Any], at: datetime | None) -> None:
    said_then = message("assistant", "Done.")
    del said_then["timestamp"]

    assert [step.at for step in read({**said_then, **told}).steps] == [at]


@pytest.mark.parametrize("kind", [5, ["message"], {"message": 1}, ""])
def test_a_type_that_is_no_word_is_no_type(kind: object) -> None:
    found = read(
        {"type": kind, "payload": {}}, {"type": "response_item", "payload": {"type": kind}}
    )

    assert found.tally.skipped == {"unknown_type:none": 2}


def test_bare_lines_are_read() -> None:
    found = read(*BARE)

    assert said(found) == [("user", "Which branch?"), ("agent", ""), ("agent", "main")]
    assert [(made.name, made.arguments) for made in found.steps[1].calls] == [
        ("git", {"input": "status"})
    ]
    assert [made.content for made in found.steps[1].results] == ["On branch main"]
    assert found.header.models == ("model-1",)


def test_a_bare_result_answers_the_oldest_open_call_of_its_tool() -> None:
    asked = [{"timestamp": AT, "type": "tool_call", "function": {"name": name}} for name in "aba"]
    told = [
        {"timestamp": AT, "type": "tool_result", "name": name, "result": {"n": n}}
        for n, name in enumerate("baac")
    ]

    found = read(*asked, *told)

    calls = {made.id: position for position, made in enumerate(found.steps[0].calls)}
    assert [calls.get(made.call_id) for made in found.steps[0].results] == [1, 0, 2]
    assert [made.content for made in found.steps[0].results] == ['{"n":0}', '{"n":1}', '{"n":2}']
    assert found.steps[1].speaker == "tool"


@pytest.mark.parametrize(
    ("lines", "is_ours"),
    [
        (BARE, True),
        (BARE[:1], True),
        ([{"role": "user", "content": "Go", "model": "m"}], False),
        ([{"timestamp": AT, "role": "user", "content": "Go"}], False),
        ([*BARE, {"timestamp": AT, "role": "user", "content": "Go", "id": 3}], False),
    ],
)
def test_bare_files_are_told_by_all_that_they_hold(lines: list[Any], *, is_ours: bool) -> None:
    assert Codex().recognises(Head(Path("x"), jsonl(*lines))) is is_ours


def test_an_error_that_ended_a_reply_is_an_error_step() -> None:
    found = read(
        meta(), typed("Go"), event("error", message="Busy"), event("error", error={"message": "No"})
    )

    assert [(step.text, step.is_error) for step in found.steps[1:]] == [
        ("Busy", True),
        ("No", True),
    ]


def test_turns_that_were_rolled_back_stay_and_are_named() -> None:
    found = read(
        meta(),
        turn(),
        message("user", "One"),
        typed("One"),
        message("assistant", "First"),
        message("user", "Two"),
        typed("Two"),
        call("c1"),
        output("c1"),
        spent(5, 5),
        event("thread_rolled_back", num_turns=1),
        message("user", "Three"),
        typed("Three"),
        message("assistant", "Third"),
    )

    assert said(found) == [
        ("user", "One"),
        ("agent", "First"),
        ("user", "Two"),
        ("agent", ""),
        ("user", "Three"),
        ("agent", "Third"),
    ]
    assert found.rewinds == [(2, 3)]


@pytest.mark.parametrize(
    ("n_turns", "rewinds"),
    [
        ((1, 1), [(2, 2), (1, 2)]),
        ((2,), [(1, 2)]),
        ((99,), [(0, 2)]),
        ((99, 1), [(0, 2)]),
    ],
)
def test_a_rollback_counts_turns_that_still_stand(
    n_turns: tuple[int, ...], rewinds: list[tuple[int, int]]
) -> None:
    rollbacks = [event("thread_rolled_back", num_turns=each) for each in n_turns]

    found = read(meta(), typed("One"), typed("Two"), typed("Three"), *rollbacks)

    assert found.rewinds == rewinds
    assert len(found.steps) == 3


def test_turns_are_rolled_back_however_long_ago_they_were() -> None:
    replies = [message("assistant", f"Reply {n}") for n in range(300)]
    replies = [line for reply in replies for line in (reply, spent(5, 5))]

    found = read(meta(), typed("One"), *replies, event("thread_rolled_back", num_turns=1))

    assert found.rewinds == [(0, len(found.steps) - 1)]


@pytest.mark.parametrize("n_turns", [None, 0, "2"])
def test_a_rollback_of_nothing_is_passed_over(n_turns: Any) -> None:
    found = read(meta(), typed("Go"), event("thread_rolled_back", num_turns=n_turns))

    assert found.tally.skipped == {"event_thread_rolled_back": 1}


@pytest.mark.parametrize("odd", [-1, 2**50, 5.5, "5", True])
def test_a_count_that_is_none_takes_no_other_with_it(odd: Any) -> None:
    told = {"total_token_usage": {"input_tokens": odd, "output_tokens": 5}, "other": odd}

    found = read(meta(), message("assistant", "Hi"), event("token_count", info=told))

    assert found.header.total_usage == Usage(output_tokens=5)


@pytest.mark.parametrize("info", [7, "x", [], {"total_token_usage": [1]}])
def test_tokens_of_another_shape_are_passed_over(info: Any) -> None:
    found = read(meta(), message("assistant", "Hi"), event("token_count", info=info))

    assert found.tally.skipped == {"token_count_unchanged": 1}


def test_a_call_is_read_whichever_field_holds_what_it_asks_for() -> None:
    asked: list[dict[str, Any]] = [
        {"arguments": '{"a": 1}'},
        {"arguments": {"a": 1}},
        {"input": {"a": 1}},
    ]
    calls = [{"type": "function_call", "name": "f", "call_id": "c", **each} for each in asked]
    lines = [{"type": "response_item", "timestamp": AT, "payload": each} for each in calls]

    (step,) = read(meta(), *lines).steps

    assert [call.arguments for call in step.calls] == [{"a": 1}] * 3
