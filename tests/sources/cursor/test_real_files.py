"""Counts of an independent reader, over every shared log: plain json, written from the notes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import FORMATS, each_file

from tracemill.sources.cursor import Cursor

pytestmark = pytest.mark.foreign

path = each_file("", "cursor/**/*.jsonl", "**/cursor-agent-*/*.jsonl")
STORES = sorted(FORMATS.glob("cursor/**/*.db"))
CALLS = ("tool_use", "tool_call")
RESULTS = ("tool_result", "tool-result")


def blocks_in(path: Path) -> list[tuple[str, dict[str, Any]]]:
    records = [json.loads(line) for line in path.read_text().split("\n") if line.strip()]
    said = [record for record in records if "role" in record]
    return [(record["role"], block) for record in said for block in record["message"]["content"]]


def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    found = read_file(Cursor(), path)
    by_hand = Counter(
        {
            "typed": sum(
                role == "user" and block["type"] == "text" for role, block in blocks_in(path)
            ),
            "calls": sum(block["type"] in CALLS for _, block in blocks_in(path)),
            "results": sum(block["type"] in RESULTS for _, block in blocks_in(path)),
            "thoughts": sum(block["type"] == "thinking" for _, block in blocks_in(path)),
        }
    )

    # what a subagent is told was not typed by a person
    speakers = ("system",) if "subagents" in path.parts else ("user",)
    assert by_hand == Counter(
        {
            "typed": sum(step.speaker in speakers for step in found.steps),
            "calls": sum(len(step.calls) for step in found.steps),
            "results": sum(len(step.results) for step in found.steps),
            "thoughts": sum(step.reasoning is not None for step in found.steps),
        }
    )
    assert found.quarantined == []


def test_every_result_found_its_call(path: Path) -> None:
    for step in read_file(Cursor(), path).steps:
        assert {result.call_id for result in step.results} <= {call.id for call in step.calls}


def test_every_log_is_recognised(path: Path) -> None:
    assert Cursor().recognises(head_of(path))


def test_every_store_is_recognised_and_read() -> None:
    if not STORES:
        pytest.skip(f"no Cursor sessions under {FORMATS}; set TRACEMILL_SHARED_DATA")
    for store in STORES:
        assert Cursor().recognises(head_of(store))
        assert read_file(Cursor(), store).quarantined == []
