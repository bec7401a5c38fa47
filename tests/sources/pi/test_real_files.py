"""Counts of an independent reader, over every real session: plain json, written from the notes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import counts_of, params, stated_calls

from tracemill.sources.pi import Pi
from tracemill.sources.pi.openclaw import OpenClaw
from tracemill.sources.protocol import Source

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize(
        "path", [*params("pi", "*/*"), *params("openclaw", "agent-sessions-fixtures/*.jsonl")]
    ),
]
NOT_JSON = "not valid json"
NEWER = ("unknown_future_entry_type", "compact")
"""Types that the fixtures made up, to stand for those of a later version."""


def source_of(path: Path) -> Source:
    return OpenClaw() if "openclaw" in path.parts else Pi()


def records_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        return [{"type": "message", "message": json.loads(path.read_text())}]
    lines = path.read_text().splitlines()
    return [json.loads(line) for line in lines if not line.startswith(NOT_JSON)]


def counts_by_hand(path: Path) -> Counter[str]:
    found: Counter[str] = Counter(trajectories=1)
    records = records_of(path)
    is_fork, began = "branchedFrom" in records[0], records[0].get("timestamp", "")
    for record in records:
        found["compactions"] += record["type"] == "compaction"
        steps = 0
        if record["type"] in ("compaction", "custom_message"):
            found["system steps"] += 1
            steps = 1
        is_summary = record["type"] == "compaction"
        if record["type"] == "message":
            steps = _count_message(record["message"], found)
        is_copy = is_fork and record.get("timestamp", began) < began
        found["replayed steps"] += steps if is_copy or is_summary else 0
    return +found


def _count_message(message: dict[str, Any], found: Counter[str]) -> int:
    role, content = message["role"], message.get("content", message.get("command"))
    parts: list[dict[str, Any]] = (
        content if isinstance(content, list) else [{"type": "text", "text": content}]
    )
    kinds = Counter(
        part["type"] for part in parts if any(part.get(k) for k in ("text", "thinking", "id"))
    )
    if role == "toolResult":
        said = "".join(part.get("text", "") for part in parts)
        is_stopped = message["isError"] and said.endswith("aborted")
        found["results"] += 1
        ending = "interrupted" if is_stopped else "error" if message["isError"] else "ok"
        found[f"{ending} results"] += 1
        return 0
    if role == "assistant":
        usage = message.get("usage", {})
        names = {
            "input": "input",
            "output": "output",
            "cacheRead": "cache_read",
            "cacheWrite": "cache_write",
        }
        for key, name in names.items():
            found[f"{name}_tokens"] += usage.get(key, 0)
        found["calls"] += kinds["toolCall"]
        found["thinking steps"] += kinds["thinking"] > 0
        found["interruptions"] += message.get("stopReason") == "aborted"
    is_step = bool(kinds) or message.get("stopReason") == "error"
    found["pictures"] += sum(part["type"] == "image" for part in parts)
    found[{"user": "user steps", "assistant": "agent steps"}.get(role, "system steps")] += is_step
    return int(is_step)


def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    found = counts_of(read_file(source_of(path), path))

    assert found == counts_by_hand(path)
    assert stated_calls(path) in (None, found["calls"])


def test_every_entry_is_accounted_for(path: Path) -> None:
    found = read_file(source_of(path), path)
    for kind in NEWER:
        found.tally.skipped.pop(f"unknown_type:{kind}", None)
    n_newer = sum(record["type"] in NEWER for record in records_of(path))

    if path.suffix == ".jsonl":
        tally = found.tally
        n_skipped = sum(tally.skipped.values()) + n_newer
        assert tally.n_lines == tally.n_used + len(found.quarantined) + n_skipped
        assert not [reason for reason in tally.skipped if reason.startswith("unknown")]
    assert [bad.reason for bad in found.quarantined] in ([], ["not_json"])


def test_every_session_is_recognised_by_its_own_source(path: Path) -> None:
    head = head_of(path)

    assert source_of(path).recognises(head)
    assert Pi().recognises(head)
    assert OpenClaw().recognises(head) is ("openclaw" in path.parts)
