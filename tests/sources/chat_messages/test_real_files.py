"""Counts of an independent reader, over every real file of messages: plain json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import FOREIGN, head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.records.events.event import StatedOutcome
from tracemill.sources.messages import Messages

pytestmark = pytest.mark.foreign

SEEDS = sorted(
    path
    for name in ("punie", "synthia")
    for path in (FOREIGN / "seeds" / name / "datasets").rglob("*.jsonl")
)


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().split("\n"):
        if line.strip():
            yield json.loads(line)


def marked(said: str) -> int:
    """Count the calls that end a text between marks, all of which JSON or a function's name begin."""
    begin = said.find("<tool_call>")
    if begin < 0 or not said.rstrip().endswith("</tool_call>"):
        return 0
    parts = ["".join(part.split()) for part in said[begin:].split("</tool_call>")[:-1]]
    are_calls = all(part.startswith(("<tool_call>{", "<tool_call><function=")) for part in parts)
    return len(parts) if are_calls else 0


@pytest.mark.parametrize("path", params("swe_agent_messages", "*"))
def test_rows_of_a_benchmark_agree_with_an_independent_reader(path: Path) -> None:
    counts: Counter[str] = Counter()
    stated = []
    for row in json.loads(path.read_bytes()):
        roles = [message["role"] for message in row["trajectory"]]
        n_answers = roles.count("user") - 1
        counts.update({"trajectories": 1, "system steps": 1, "user steps": 1})
        told = [message["text"] or "" for message in row["trajectory"]]
        n_refused = sum(one.startswith("Your proposed edit has introduced") for one in told)
        n_ended = sum(m["role"] == "ai" and m["text"].endswith("```") for m in row["trajectory"])
        counts.update({"agent steps": roles.count("ai"), "calls": n_ended, "results": n_answers})
        counts.update({"unknown results": n_answers - n_refused, "error results": n_refused})
        stated += [("target", row["target"]), ("exit_status", row["exit_status"])]

    found = read_file(Messages(), path)

    assert Messages().recognises(head_of(path))
    assert counts_of(found) == counts
    told = [(e.fact, e.value) for e in found.events if isinstance(e, StatedOutcome)]
    assert told == stated
    assert_accounted(found)


def test_chats_agree_with_an_independent_reader() -> None:
    if not SEEDS:
        pytest.skip(f"no files of messages under {FOREIGN / 'seeds'}; set TRACEMILL_SHARED_DATA")
    for path in SEEDS:
        rows = list(rows_of(path))
        if not rows[0].get("messages"):
            assert not Messages().recognises(head_of(path))
            continue
        chats = [row["messages"] for row in rows if row["messages"]]
        said = [message for chat in chats for message in chat]
        counts = Counter({"trajectories": len(chats)})
        for message in said:
            role = {"assistant": "agent"}.get(message["role"], message["role"])
            is_result = role == "tool" or message["content"].startswith("<tool_response>")
            counts[f"{role} steps"] += not is_result
            counts["calls"] += len(message.get("tool_calls") or ())
            counts["calls"] += marked(message["content"]) if role == "agent" else 0
            counts["results"] += is_result
        counts["unknown results"] = counts["results"]

        found = read_file(Messages(), path)

        assert Messages().recognises(head_of(path))
        assert counts_of(found) == +counts, path.name
        assert len(found.quarantined) == len(rows) - len(chats)
        assert_accounted(found)
