"""What the newest versions of Codex write besides: records of tokens, schedules, notes on items."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.codex.lines import event, line, message, meta, typed
from tests.sources.reading import Found, jsonl
from tests.sources.reading import read as read_with

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.codex import Codex

HEARTBEAT = {"content_item_kinds": ["user.heartbeat"], "turn_id": "t1"}
COPIES = ["inherited_user_message", "compaction_output", "delivered_assistant_message"]


def read(*lines: Any) -> Found:
    return read_with(Codex(), jsonl(meta(), *lines))


def said(found: Found) -> list[tuple[str, str]]:
    return [(step.speaker, step.text) for step in found.steps]


def usage(n: int) -> dict[str, int]:
    return {"input_tokens": 10 * n, "cached_input_tokens": 4 * n, "output_tokens": n}


def record(n: int, total: int | None) -> dict[str, Any]:
    whole = {} if total is None else usage(total)
    payload = {"response_id": f"r{n}", "usage": usage(n), "thread_token_usage": whole}
    return line("token_usage_record", **payload)


def counted(total: int, last: int) -> dict[str, Any]:
    info = {"total_token_usage": usage(total), "last_token_usage": usage(last)}
    return event("token_count", info=info)


def scheduled(text: str) -> dict[str, Any]:
    told = message("user", text)
    told["payload"]["internal_chat_message_metadata_passthrough"] = HEARTBEAT
    return told


@pytest.mark.parametrize("has_totals", [True, False])
def test_a_model_call_is_counted_once_whoever_tells_of_it(has_totals: bool) -> None:
    found = read(
        message("assistant", "One"),
        record(2, 2 if has_totals else None),
        counted(2, 2),
        message("assistant", "Two"),
        record(3, 5 if has_totals else None),
        counted(5, 3),
    )

    spent = [step.usage for step in found.steps]
    assert spent == [
        Usage(input_tokens=6 * n, output_tokens=n, cache_read_tokens=4 * n) for n in (2, 3)
    ]
    assert found.header.total_usage == Usage(input_tokens=30, output_tokens=5, cache_read_tokens=20)
    assert found.tally.skipped == {"token_count_unchanged": 2}


def test_a_record_without_tokens_leaves_the_events_to_count() -> None:
    empty = line("token_usage_record", response_id="r", usage=None)
    found = read(message("assistant", "One"), empty, counted(2, 2))

    assert found.header.total_usage == Usage(input_tokens=12, output_tokens=2, cache_read_tokens=8)


@pytest.mark.parametrize("order", ["item first", "event first"])
def test_nobody_typed_what_a_schedule_put_in(order: str) -> None:
    told = [scheduled("Look again"), typed("Look again")]
    told = told if order == "item first" else told[::-1]

    found = read(
        message("user", "Go"), typed("Go"), *told, event("thread_rolled_back", num_turns=1)
    )

    assert said(found) == [("user", "Go"), ("system", "Look again")]
    assert found.rewinds == [(0, 1)], "only what a person typed is a turn to go back before"


@pytest.mark.parametrize("note", COPIES)
def test_what_is_noted_as_said_again_is_replayed(note: str) -> None:
    copy = {**message("assistant", "Once more"), "metadata": {note: True}}
    own = {**message("assistant", "Mine"), "metadata": {note: False, "user_input_order": 1}}

    found = read(
        message("user", "Go"), typed("Go"), own, message("user", "And?"), typed("And?"), copy
    )

    assert [step.is_replayed for step in found.steps] == [False, False, False, True]


def test_a_copy_joins_no_reply_and_no_reply_joins_it() -> None:
    copy = {**message("assistant", "Once more"), "metadata": {COPIES[0]: True}}

    found = read(message("assistant", "One"), copy, message("assistant", "Two"))

    assert [(step.text, step.is_replayed) for step in found.steps] == [
        ("One", False),
        ("Once more", True),
        ("Two", False),
    ]


@pytest.mark.parametrize(
    ("cwd", "reasons", "read_as"),
    [(b"\x9d", ["bad_encoding"], None), (b"\\ud800", [], "\ufffd"), (b"\\q", ["not_json"], None)],
)
def test_what_is_decoded_later_is_judged_as_what_is_decoded_at_once(
    cwd: bytes, reasons: list[str], read_as: str | None
) -> None:
    lines = jsonl(meta(cwd="CWD"), message("assistant", "Hi")).replace(b"CWD", cwd)

    found = read_with(Codex(), lines)

    assert [bad.reason for bad in found.quarantined] == reasons
    assert found.header.cwd == read_as
    assert len(found.steps) == 1


@pytest.mark.parametrize(
    "kind", ["realtime_item", "retained_context", "security_risk_score", "world_state"]
)
def test_what_the_program_keeps_for_itself_is_passed_over_by_name(kind: str) -> None:
    assert read(line(kind, text="x")).tally.skipped == {kind: 1}
