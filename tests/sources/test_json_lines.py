"""Lines that are no JSON, not one object, or not of the shape that their type promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.sources.claude_code.lines import SESSION, agent, call, text, user
from tests.sources.codex.lines import item, message, meta
from tests.sources.reading import Found, jsonl, read

from tracemill.records.refs import Span
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.codex import Codex
from tracemill.sources.head import Head
from tracemill.sources.reading.json_fields import count, is_too_deep, moment, type_name

SOURCE = ClaudeCode()
GOOD = jsonl(user(1, "good"))
EASTERN = timezone(timedelta(hours=2))


def reasons_of(found: Found) -> list[str]:
    return [bad.reason for bad in found.quarantined]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{broken", "not_json"),
        (b"\0\0\0\0", "not_json"),
        (b'{"a": "\x01"}', "not_json"),
        (b"[" * 5000, "not_json"),
        (b'{"a":' * 5000, "not_json"),
        (b'{"type": "\xff"}', "bad_encoding"),
        (b"42", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"[{}]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'{"type":"user","message":{"content":{"a":1}}}', "bad_shape"),
        (b'{"type":"assistant","message":7}', "bad_shape"),
        (b" " * 2000 + b"{}", "oversize_line"),
    ],
    ids=range(13),
)
def test_a_bad_line_is_quarantined_and_its_neighbours_are_read(line: bytes, reason: str) -> None:
    data = GOOD + line + b"\n" + jsonl(user(2, "also good"))

    found = read(SOURCE, data, max_line_bytes=max(1900, 0 if reason == "oversize_line" else 2**20))

    assert reasons_of(found) == [reason]
    assert found.quarantined[0].span == Span(start=len(GOOD), end=len(GOOD) + len(line))
    assert [step.text for step in found.steps] == ["good", "also good"]
    assert (found.tally.n_lines, found.tally.n_used) == (3, 2)


@pytest.mark.parametrize("cut", [b'{"type":"us', b'{"a":"\xe2\x82', b"\0\0"])
def test_a_last_line_that_was_cut_off_is_truncated(cut: bytes) -> None:
    assert reasons_of(read(SOURCE, GOOD + cut)) == ["truncated"]


def test_a_last_line_without_a_newline_is_read_where_it_is_whole() -> None:
    assert len(read(SOURCE, GOOD + jsonl(user(2, "last")).rstrip()).steps) == 2


@pytest.mark.parametrize("blank", [b"", b"\n\n", b" \t \n", b"\r\n", b"\xef\xbb\xbf\n"])
def test_blank_lines_are_no_lines(blank: bytes) -> None:
    found = read(SOURCE, GOOD + blank)

    assert (found.tally.n_lines, found.quarantined) == (1, [])


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b" \n"])
def test_line_ends_of_other_systems_are_read(ending: bytes) -> None:
    assert len(read(SOURCE, b"\xef\xbb\xbf" + GOOD.replace(b"\n", ending)).steps) == 1


def test_separators_within_a_text_cut_no_line() -> None:
    said = "a\u2028b\u0085c\x0bd"
    data = json.dumps(user(1, said), ensure_ascii=False).encode() + b"\n"

    assert read(SOURCE, data).steps[0].text == said


def test_two_objects_on_one_line_are_both_read() -> None:
    both = jsonl(user(2, "one")).rstrip() + jsonl(user(3, "two"))

    found = read(SOURCE, GOOD + both)

    assert [step.text for step in found.steps] == ["good", "one", "two"]
    assert (found.tally.n_lines, found.tally.n_used) == (2, 2)


def test_what_stands_before_a_broken_part_of_a_line_is_read() -> None:
    found = read(SOURCE, jsonl(user(1, "whole")).rstrip() + b'{"type":\n')

    assert [step.text for step in found.steps] == ["whole"]
    assert reasons_of(found) == ["not_json"]
    assert (found.tally.n_lines, found.tally.n_used) == (1, 0)


def test_half_of_a_character_becomes_its_replacement() -> None:
    data = b'{"type":"user","message":{"content":"a \\ud83d b \\ud83d\\ude00"}}\n'

    (step,) = read(SOURCE, data).steps

    assert step.text == "a \ufffd b \U0001f600"


@pytest.mark.parametrize(
    ("number", "read_as"),
    [("NaN", None), ("-Infinity", None), ("1e400", None), ("9" * 5000, "9" * 5000), ("7", 7)],
)
def test_numbers_that_no_json_has_are_unknown(number: str, read_as: Any) -> None:
    line = json.dumps(agent(1, call("t1", value="VALUE"))).replace('"VALUE"', number)

    (step,) = read(SOURCE, line.encode()).steps

    assert step.calls[0].arguments == {"value": read_as}


def test_arguments_nested_too_deeply_are_of_a_bad_shape() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = [deep]

    assert reasons_of(read(SOURCE, jsonl(agent(1, call("t1", value=deep))))) == ["bad_shape"]
    found = read(Codex(), jsonl(item("function_call", call_id="c1", arguments={"value": deep})))
    assert reasons_of(found) == ["bad_shape"]
    assert not is_too_deep([[[]]], limit=3)
    assert is_too_deep([[[]]], limit=2)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"type": "brand-new"}, "unknown_type:brand-new"),
        ({"type": "Odd Type\u0000!"}, "unknown_type:odd-type"),
        ({"type": "x" * 100}, "unknown_type:" + "x" * 40),
        ({"type": ["list"]}, "unknown_type:none"),
        ({}, "unknown_type:none"),
        ({"type": "system", "subtype": "new"}, "unknown_type:system-new"),
        ({"type": "progress"}, "progress"),
        ({"type": "file-history-snapshot"}, "file_history"),
        (
            {"type": "attachment", "attachment": {"type": "skill_listing"}},
            "attachment_skill_listing",
        ),
        ({"type": "user", "message": {}}, "no_content"),
        ({"type": "user"}, "no_content"),
        ({"type": "assistant", "message": {"content": []}}, "no_content"),
        ({"type": "pr-link", "prNumber": "7"}, "no_content"),
        ({"type": "summary", "summary": "S"}, "summary"),
    ],
)
def test_what_is_passed_over_is_counted_by_name(line: dict[str, Any], reason: str) -> None:
    found = read(SOURCE, jsonl(line))

    assert found.tally.skipped == {reason: 1}
    assert found.records == [found.tally]


def test_a_codex_payload_must_be_an_object() -> None:
    assert reasons_of(read(Codex(), jsonl({"type": "event_msg", "payload": []}))) == ["bad_shape"]


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        (datetime(2026, 3, 1, 12, tzinfo=EASTERN), datetime(2026, 3, 1, 10, tzinfo=UTC)),
        (datetime(2026, 3, 1, 10, tzinfo=UTC).replace(tzinfo=None), None),
        ("yesterday", None),
        (1.5e18, None),
        (None, None),
        (["x"], None),
    ],
)
def test_a_moment_is_aware_or_unknown(told: object, at: datetime | None) -> None:
    assert moment(told) == at


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-03-02T09:00:00", datetime(2026, 3, 2, 7, tzinfo=UTC)),
        ("20260302T09", datetime(2026, 3, 2, 7, tzinfo=UTC)),
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02", None),
        ("20260302", None),
        ("2026-W10-1", None),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_a_time_without_a_zone_is_one_in_the_zone_that_is_meant(
    told: str, at: datetime | None
) -> None:
    assert moment(told, EASTERN) == at


@pytest.mark.parametrize(
    ("told", "known"), [(0, 0), (7, 7), (-1, None), (True, None), (2**40, None), (1.0, None)]
)
def test_a_count_is_believable_or_unknown(told: object, known: int | None) -> None:
    assert count(told) == known


def test_a_type_name_is_safe_to_print() -> None:
    assert type_name("../../\x1b[31mRed") == "31mred"


def test_what_is_remembered_is_bounded() -> None:
    remembered: Remembered[int, int] = Remembered(10)
    for number in range(100):
        remembered.put(number, number)

    known = [number for number in range(100) if remembered.get(number) is not None]

    assert known[0] >= 80
    assert known == list(range(known[0], 100))


CLAUDE, CODEX = ClaudeCode(), Codex()


@pytest.mark.parametrize(
    ("name", "head", "who"),
    [
        ("a.jsonl", jsonl(user(1, "Go")), "claude-code"),
        ("a.jsonl", jsonl(user(1, "Go"))[:-20], "claude-code"),
        ("a.jsonl", b"\xef\xbb\xbf" + jsonl(user(1, "Go")), "claude-code"),
        ("a.jsonl", jsonl({"type": "summary", "summary": "S", "leafUuid": "u"}), "claude-code"),
        ("a.jsonl", b'{"type":"file-history-snapshot","snapshot":{"long', "claude-code"),
        ("a.jsonl", jsonl({"sessionId": SESSION, "message": {"usage": {}}}), "claude-code"),
        ("a.jsonl", jsonl({"type": "user", "message": {"content": "Go"}}), "claude-code"),
        ("a.txt", jsonl(user(1, "Go")), "claude-code"),
        ("a.jsonl", jsonl({"type": "assistant", "session_id": "s", "message": {}}), None),
        ("a.jsonl", jsonl({"type": "session", "id": "x", "version": 3}), None),
        ("a.jsonl", jsonl({"role": "user", "content": "Go", "timestamp": "2026"}), None),
        ("a.jsonl", b"not json at all\n", None),
        ("a.jsonl", b"", None),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n\0\0", None),
        ("a.jsonl", jsonl(meta()), "codex"),
        ("a.jsonl", jsonl(meta())[:-20], "codex"),
        ("a.jsonl", jsonl(message("user", "Go")), "codex"),
        ("a.jsonl", jsonl({"id": "s", "timestamp": "2025", "instructions": None}), "codex"),
        ("a.jsonl", jsonl({"record_type": "state"}), "codex"),
        ("rollout-1.jsonl", jsonl({"role": "user", "content": "Go", "timestamp": "2025"}), "codex"),
        ("a.json", jsonl(meta()), "codex"),
    ],
    ids=range(21),
)
def test_a_file_is_known_by_its_first_lines(name: str, head: bytes, who: str | None) -> None:
    known = [source.name for source in (CLAUDE, CODEX) if source.recognises(Head(Path(name), head))]

    assert known == ([who] if who else [])


def test_a_message_of_text_alone_is_read() -> None:
    line = {"type": "user", "message": "error"}

    assert [step.text for step in read(SOURCE, jsonl(line)).steps] == ["error"]
    assert text("x") == {"type": "text", "text": "x"}
