"""Counts of an independent reader, over every real session: plain json, written from the notes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params, stated_calls

from tracemill.sources.gemini_cli import GeminiCli

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize("path", params("gemini_cli", "*/*.json", "*/*.jsonl")),
]
CLAUDE = "2026-01-21-3a4a4468-815f-4494-a1ad-5681a263b5d4.json"
"""Lies among the sessions of Gemini CLI, but Claude Code wrote it."""


def messages_of(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text())
    except json.JSONDecodeError:
        return [json.loads(line) for line in path.read_text().splitlines()]
    old = [{"type": turn["role"]} for turn in document.get("history", [])]
    return [*document.get("messages", []), *old]


def counts_by_hand(path: Path) -> Counter[str]:
    found: Counter[str] = Counter(trajectories=1)
    for message in messages_of(path):
        kind, tokens = message.get("type"), message.get("tokens", {})
        found["user steps"] += kind == "user"
        found["agent steps"] += kind in ("gemini", "model", "error")
        found["thinking steps"] += bool(message.get("thoughts"))
        found["interruptions"] += message.get("content") == "Request cancelled."
        for call in message.get("toolCalls", []):
            found.update(["calls", "results"])
            found["ok results"] += call["status"] == "success"
        found["input_tokens"] += tokens.get("input", 0) - tokens.get("cached", 0)
        found["cache_read_tokens"] += tokens.get("cached", 0)
        found["output_tokens"] += tokens.get("output", 0) + tokens.get("thoughts", 0)
        found["reasoning_tokens"] += tokens.get("thoughts", 0)
    return +found


def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    if path.name == CLAUDE:
        pytest.skip("a session of Claude Code")
    found = counts_of(read_file(GeminiCli(), path))
    found.pop("pictures", None)

    assert found == counts_by_hand(path)
    # The index did not look into files of lines.
    assert stated_calls(path) in (None, found["calls"]) or path.suffix == ".jsonl"


def test_every_message_is_accounted_for(path: Path) -> None:
    if path.name == CLAUDE:
        pytest.skip("a session of Claude Code")
    found = read_file(GeminiCli(), path)

    assert_accounted(found)
    assert not found.quarantined


def test_every_session_is_recognised(path: Path) -> None:
    assert GeminiCli().recognises(head_of(path)) is (path.name != CLAUDE)
