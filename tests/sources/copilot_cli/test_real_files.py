"""Counts of an independent reader, over every real log: plain json, written from the notes."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params, stated_calls

from tracemill.sources.copilot_cli import CopilotCli

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize(
        "path",
        [
            *params("copilot_cli", "*/*.jsonl", "*/*/*/*.jsonl"),
            *params("stream_json", "**/copilot-cli.jsonl"),
        ],
    ),
]
SMALL = "agent-sessions-fixtures/small.jsonl"
"""Its last records say `[trimmed for fixture]` in every field, among them ids and reasons."""


def counts_by_hand(path: Path) -> Counter[str]:
    found: Counter[str] = Counter(trajectories=1)
    written, totals, prompt = 0, Counter[str](), None
    for line in path.read_text().splitlines():
        record = json.loads(line)
        kind, data = record["type"], record["data"]
        if kind == "assistant.message":
            found["agent steps"] += 1
            found["calls"] += len(data.get("toolRequests", []))
            found["thinking steps"] += bool(data.get("reasoningText"))
            written += data.get("outputTokens", 0)
        elif kind == "tool.execution_complete":
            said = (data.get("result") or {}).get("content", "")
            code = re.search(r"completed with exit code (\d+)>$", said)
            has_failed = not data["success"] or (code and code[1] != "0")
            found["results"] += 1
            found["error results" if has_failed else "ok results"] += 1
        elif kind == "session.shutdown":
            for metric in data["modelMetrics"].values():
                totals.update(metric.get("usage", {}))
        found["user steps"] += kind == "user.message"
        found["compactions"] += kind == "session.truncation"
        found["interruptions"] += kind == "abort" and data["reason"] == "user_initiated"
        found["system steps"] += kind == "system.notification"
        if kind == "system.message" and data["content"] != prompt:
            prompt = data["content"]
            found["system steps"] += 1
    found["output_tokens"] = max(written, totals["outputTokens"])
    found["input_tokens"] = totals["inputTokens"] - totals["cacheReadTokens"]
    found["cache_read_tokens"] = totals["cacheReadTokens"]
    found["reasoning_tokens"] = totals["reasoningTokens"]
    return +found


def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    by_hand = counts_by_hand(path)
    found = counts_of(read_file(CopilotCli(), path))
    if path.as_posix().endswith("drift.jsonl"):
        by_hand["tool steps"] = 1  # it answers a call that nobody made
    if path.as_posix().endswith(SMALL):
        by_hand.update(
            {
                "trajectories": 1,  # a subagent's
                "agent steps": 1,  # an error of the model, told by itself
                "tool steps": 1,  # the results of no call
                "thinking steps": 1,  # its thoughts are an event of their own
            }
        )

    assert found == by_hand


def test_calls_are_as_many_as_the_index_states(path: Path) -> None:
    found = counts_of(read_file(CopilotCli(), path))
    # The index counts calls of the same id once; the trimmed ones all have the same.
    n_same = 2 if path.as_posix().endswith(SMALL) else 0

    assert stated_calls(path) in (None, found["calls"] - n_same)


def test_every_line_is_accounted_for(path: Path) -> None:
    found = read_file(CopilotCli(), path)

    assert_accounted(found)
    assert found.tally.n_lines == len(path.read_bytes().splitlines())
    assert not found.quarantined


def test_every_log_is_recognised(path: Path) -> None:
    assert CopilotCli().recognises(head_of(path))
