"""Counts of an independent reader, over every real file: plain json, written from the notes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import FOREIGN, head_of, origin_of, read_file

from tracemill.records.events import Compaction, Feedback, TodoChange
from tracemill.records.findings import Quarantined, Tally
from tracemill.records.trajectory import Step, Trajectory
from tracemill.sources.claude_code import ClaudeCode
from tracemill.sources.claude_code.reader import ClaudeReader
from tracemill.sources.content import Content
from tracemill.sources.json_lines import read_json_lines
from tracemill.sources.protocol import SourceRecord

pytestmark = pytest.mark.foreign

FILES = sorted((FOREIGN / "formats" / "claude_code").rglob("*.jsonl"))
HAND_MADE_TYPES = ("none", "tool_use", "tool_result")
TOKENS = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
    "cache_write_tokens": "cache_creation_input_tokens",
}


def name_of(path: Path) -> str:
    return "/".join(path.relative_to(FOREIGN).parts[2:]) or "none"


@pytest.fixture(params=FILES or [FOREIGN], ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    if found == FOREIGN:
        pytest.skip(f"no Claude Code files under {FOREIGN}; set TRACEMILL_SHARED_DATA")
    return found


def records_of(path: Path) -> list[SourceRecord]:
    return read_file(ClaudeCode(), path).records


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
            yield "rejections" if refused else "errors"


def counts_of_records(records: list[SourceRecord]) -> Counter[str]:
    found: Counter[str] = Counter()
    for record in records:
        if isinstance(record, Step):
            found["calls"] += len(record.calls)
            found["results"] += len(record.results)
            found["errors"] += sum(result.status == "error" for result in record.results)
            rejected = sum(result.status == "rejected" for result in record.results)
            found["rejected results"] += rejected
            for name in TOKENS:
                found[name] += getattr(record.usage, name, None) or 0
        elif isinstance(record, Feedback):
            found[f"{record.action}s"] += 1
        elif isinstance(record, Compaction):
            found["compactions"] += 1
        elif isinstance(record, TodoChange):
            found["todo changes"] += 1
    return found


def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    by_hand = counts_by_hand(path)
    found = counts_of_records(records_of(path))

    assert found.pop("rejected results") == found["rejections"]
    del found["steerings"], found["edits"]
    assert +found == by_hand


def test_steps_and_header_agree(path: Path) -> None:
    records = records_of(path)
    steps = [record for record in records if isinstance(record, Step)]
    headers = [record for record in records if isinstance(record, Trajectory)]

    assert len({header.id for header in headers}) == len(headers)
    for header in headers:
        own = [step for step in steps if step.trajectory_id == header.id]
        assert [step.index for step in own] == list(range(header.n_steps))
        for name in TOKENS:
            total = sum(getattr(step.usage, name, None) or 0 for step in own)
            assert total == (getattr(header.total_usage, name, None) or 0)
        assert all(step.text.encode() is not None for step in own)
    assert {step.trajectory_id for step in steps} <= {header.id for header in headers}


def test_no_subagent_line_stands_in_a_main_trajectory(path: Path) -> None:
    main = {
        record.get("uuid") for record in objects_of(path) if record.get("isSidechain") is not True
    }
    records = records_of(path)
    subagents = {
        record.id for record in records if isinstance(record, Trajectory) and record.is_subagent
    }

    for record in records:
        if isinstance(record, Step) and record.native_id is not None:
            assert (record.native_id in main) == (record.trajectory_id not in subagents)


def test_every_line_is_accounted_for(path: Path) -> None:
    records = records_of(path)
    n_quarantined = sum(isinstance(record, Quarantined) for record in records)
    n_lines = sum(bool(line.strip()) for line in path.read_bytes().split(b"\n"))
    tally = records[-1]

    assert isinstance(tally, Tally)
    assert tally.n_lines == n_lines
    assert tally.n_lines == tally.n_used + n_quarantined + sum(tally.skipped.values())
    unknown = {reason for reason in tally.skipped if reason.startswith("unknown_type")}
    assert unknown <= {f"unknown_type:{kind}" for kind in HAND_MADE_TYPES}


def test_every_file_is_recognised(path: Path) -> None:
    assert ClaudeCode().recognises(head_of(path))


def test_fields_that_are_passed_over_undecoded_change_nothing(path: Path) -> None:
    source = ClaudeCode()
    origin = origin_of(source)
    lines = list(Content([path.read_bytes()]).lines())
    whole = read_json_lines(lines, origin, ClaudeReader(source.name, origin))

    assert list(source.read(Content([path.read_bytes()]), origin)) == list(whole)
