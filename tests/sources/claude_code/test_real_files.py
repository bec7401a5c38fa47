"""Counts of an independent reader, over every real file: plain json, written from the notes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.laws import assert_adds_up, assert_steps_fit
from tests.sources.reading import Found, head_of, origin_of, read_file
from tests.sources.real_files import counts_of, each_file, n_lines_of, unknown_types

from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.claude_code.reader import ClaudeReader
from tracemill.sources.content import Content
from tracemill.sources.reading.json_lines import read_json_lines

pytestmark = pytest.mark.foreign

path = each_file("claude_code", "**/*.jsonl")
HAND_MADE_TYPES = ("none", "tool_use", "tool_result")
TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_creation_input_tokens",
}


COUNTED = (
    *("calls", "results", "error results", "interruptions", "compactions", "todo changes"),
    *("rejections", *TOKENS),
)


@pytest.fixture
def found(path: Path) -> Found:
    return read_file(ClaudeCode(), path)


def objects_of(path: Path) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    for line in path.read_bytes().decode().split("\n"):
        rest = line.strip()
        while rest:
            try:
                value, end = decoder.raw_decode(rest)
            except json.JSONDecodeError:
                break
            rest = rest[end:].lstrip()
            if isinstance(value, dict):
                yield value


def blocks_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content or [] if isinstance(block, dict)]


def counts_by_hand(path: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    usage: dict[object, Counter[str]] = {}
    is_summary_due = False
    for number, record in enumerate(objects_of(path)):
        kind = record.get("type") or (record.get("message") or {}).get("role")
        if kind == "system" and record.get("subtype") == "compact_boundary":
            found["compactions"] += 1
            is_summary_due = True
        if kind == "user" and record.get("isCompactSummary"):
            found["compactions"] += not is_summary_due
            is_summary_due = False
        if kind == "assistant":
            message = record["message"]
            ids = (message.get("id"), record.get("requestId"))
            best = usage.setdefault(ids if any(ids) else number, Counter())
            for name, key in TOKENS.items():
                best[name] = max(best[name], (message.get("usage") or {}).get(key, 0))
        if kind in ("assistant", "user"):
            for block in blocks_of(record):
                found.update(counts_of_block(kind, block))
    for tokens in usage.values():
        found.update(tokens)
    return +found


def counts_of_block(kind: str, block: dict[str, Any]) -> Iterator[str]:
    if kind == "assistant" and block.get("type") == "tool_use":
        yield "calls"
        if block["name"] in ("TodoWrite", "TaskCreate", "TaskUpdate"):
            yield "todo changes"
    words = str(block.get("text"))
    if kind == "user" and words.startswith("[Request interrupted by user"):
        yield "interruptions"
    if kind == "user" and block.get("type") == "tool_result":
        yield "results"
        said = block.get("content")
        if block.get("is_error"):
            refused = isinstance(said, str) and said.startswith(
                "The user doesn't want to proceed with this tool use"
            )
            yield "rejections" if refused else "error results"


def test_counts_agree_with_an_independent_reader(path: Path, found: Found) -> None:
    counts = counts_of(found)

    assert counts["rejected results"] == counts["rejections"]
    assert +Counter({name: counts[name] for name in COUNTED}) == counts_by_hand(path)


def test_steps_and_header_agree(found: Found) -> None:
    assert_steps_fit(found)
    for header in found.headers:
        own = found.steps_of(header)
        for name in TOKENS:
            total = sum(getattr(step.usage, name, None) or 0 for step in own)
            assert total == (getattr(header.total_usage, name, None) or 0)
        assert all(step.text.encode() is not None for step in own)


def test_no_subagent_line_stands_in_a_main_trajectory(path: Path, found: Found) -> None:
    main = {
        record.get("uuid") for record in objects_of(path) if record.get("isSidechain") is not True
    }
    subagents = {header.id for header in found.headers if header.is_subagent}

    for step in found.steps:
        if step.native_id is not None:
            assert (step.native_id in main) == (step.trajectory_id not in subagents)


def test_every_line_is_accounted_for(path: Path, found: Found) -> None:
    assert_adds_up(found)
    assert found.tally.n_lines == n_lines_of(path)
    assert unknown_types(found) <= set(HAND_MADE_TYPES)


def test_every_file_is_recognised(path: Path) -> None:
    assert ClaudeCode().recognises(head_of(path))


def test_fields_that_are_passed_over_undecoded_change_nothing(path: Path) -> None:
    source = ClaudeCode()
    origin = origin_of(source)
    lines = list(Content([path.read_bytes()]).lines())
    whole = read_json_lines(lines, origin, ClaudeReader(source.name, origin))

    assert list(source.read(Content([path.read_bytes()]), origin)) == list(whole)
