"""Counts of an independent reader, over every real rollout: plain json, written from the notes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.laws import assert_adds_up, assert_steps_fit
from tests.sources.reading import Found, head_of, origin_of, read_file
from tests.sources.real_files import counts_of, each_file, n_lines_of, unknown_types

from tracemill.sources.codex import Codex
from tracemill.sources.codex.lines import LINES, CodexLine
from tracemill.sources.codex.reader import CodexReader
from tracemill.sources.content import Content
from tracemill.sources.reading.json_lines import Shape, decode_object, read_shaped_lines

pytestmark = pytest.mark.foreign

path = each_file("codex", "**/*.jsonl")
COUNTED = (
    *("calls", "results", "error results", "interruptions", "compactions", "todo changes"),
    *("input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens"),
    *("rejections", "steerings", "edits", "rewinds"),
)
CALLS = ("tool_call", "function_call", "custom_tool_call", "web_search_call", "tool_search_call")
HAND_MADE = ("codex_05", "schema_drift", "session_", "small", "large")
"""Files that somebody wrote by hand after old versions, with record types of their own."""


@pytest.fixture
def found(path: Path) -> Found:
    return read_file(Codex(), path)


def items_of(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in path.read_bytes().decode().split("\n"):
        if line.strip():
            record = json.loads(line)
            bare = "payload" not in record
            yield "response_item" if bare else record["type"], record if bare else record["payload"]


def counts_by_hand(path: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    total: dict[str, int] = {}
    failed = set()
    for outer, item in items_of(path):
        kind = item.get("type", "")
        found["compactions"] += outer == "compacted"
        if outer == "event_msg":
            found["interruptions"] += kind == "turn_aborted" and item["reason"] == "interrupted"
            if kind == "token_count":
                total = (item.get("info") or {}).get("total_token_usage", total)
            if item.get("success") is False:
                failed.add(item.get("call_id"))
        if outer == "response_item":
            found["calls"] += kind in CALLS
            found["todo changes"] += item.get("name") == "update_plan"
            found["results"] += kind.endswith(("_output", "_result"))
            found["error results"] += kind.endswith("_output") and is_failure(item, failed)
    found["input_tokens"] = total.get("input_tokens", 0) - total.get("cached_input_tokens", 0)
    found["cache_read_tokens"] = total.get("cached_input_tokens", 0)
    found["output_tokens"] = total.get("output_tokens", 0)
    found["reasoning_tokens"] = total.get("reasoning_output_tokens", 0)
    return +found


def is_failure(item: dict[str, Any], failed: set[Any]) -> bool:
    said = item.get("output")
    code = (
        re.search(r"(?:Process exited with code|Exit code:) (-?\d+)", said or "")
        if (isinstance(said, str))
        else None
    )
    is_refused = isinstance(said, str) and said.startswith("apply_patch verification failed")
    return item.get("call_id") in failed or is_refused or (code is not None and code[1] != "0")


def test_counts_agree_with_an_independent_reader(path: Path, found: Found) -> None:
    counts = counts_of(found)

    assert +Counter({name: counts[name] for name in COUNTED}) == counts_by_hand(path)


def test_each_typed_message_is_one_step_of_a_person(path: Path, found: Found) -> None:
    if path.name.startswith(HAND_MADE):
        pytest.skip("written by hand, with the same text everywhere")
    typed = [
        item["message"]
        for outer, item in items_of(path)
        if outer == "event_msg" and item.get("type") == "user_message"
    ]
    said = [step.text for step in found.steps if step.speaker == "user"]

    assert len(said) == len(typed) or not typed
    assert all(message in text for message, text in zip(typed, said, strict=False))


def test_each_reply_is_told_once(path: Path, found: Found) -> None:
    n_replies = sum(
        outer == "response_item" and item.get("role") == "assistant"
        for outer, item in items_of(path)
    )
    said = [step for step in found.steps if step.speaker == "agent" and not step.is_error]
    texts = [step.text for step in said if step.text]

    assert len(texts) <= n_replies or path.name == "small.jsonl"


def test_steps_and_header_agree(path: Path, found: Found) -> None:
    steps, header = found.steps, found.header

    assert_steps_fit(found)
    spent = sum((step.usage and step.usage.output_tokens) or 0 for step in steps)
    has_replies = any(step.speaker == "agent" and not step.is_error for step in steps)
    total = (header.total_usage and header.total_usage.output_tokens) or 0
    assert not has_replies or 0.9 * total <= spent <= total or path.name == "small.jsonl"


def test_every_line_is_accounted_for(path: Path, found: Found) -> None:
    assert_adds_up(found)
    assert found.tally.n_lines == n_lines_of(path)
    assert path.name.startswith(HAND_MADE) or not unknown_types(found)


def test_every_rollout_is_recognised(path: Path) -> None:
    assert Codex().recognises(head_of(path))


def test_fields_that_are_passed_over_undecoded_change_nothing(path: Path) -> None:
    source = Codex()
    origin = origin_of(source)
    lines = list(Content([path.read_bytes()]).lines())
    slowly = Shape[CodexLine](lambda data: LINES.adapt(decode_object(data)), LINES.adapt)
    whole = read_shaped_lines(slowly, lines, origin, CodexReader(source.name, origin))

    assert list(source.read(Content([path.read_bytes()]), origin)) == list(whole)
