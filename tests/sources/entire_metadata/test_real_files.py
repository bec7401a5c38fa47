"""Counts of an independent reader over every real file of metadata, and what is known of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import each_file

from tracemill.records.events.event import Checkpoint
from tracemill.sources.entire import EntireMetadata

pytestmark = pytest.mark.foreign

path = each_file("entire_checkpoints", "*.jsonl", "**/metadata.json")
KNOWN = {
    "cli.metadata.jsonl": {"parts": 712, "sums": 590, "sessions": 294, "summaries": 64},
    "context-evaluator.metadata.jsonl": {
        "parts": 110, "sums": 64, "sessions": 98, "summaries": 73,
    },
}  # fmt: skip


def documents(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text()
    for each in text.splitlines() if path.suffix == ".jsonl" else [text]:
        fields = json.loads(each)
        yield fields.get("metadata", fields)


def test_every_real_file_is_known_and_read_whole(path: Path) -> None:
    source = EntireMetadata()
    found = read_file(source, path)
    raw = list(documents(path))
    parts = [fields for fields in raw if "session_id" in fields]
    events = [event for event in found.events if isinstance(event, Checkpoint)]

    assert source.recognises(head_of(path))
    assert not found.quarantined
    assert len(events) == found.tally.n_used == len(parts)
    assert found.tally.skipped.get("sums_of_a_checkpoint", 0) == len(raw) - len(parts)
    for fields, event in zip(parts, events, strict=True):
        compare(fields, event)


def compare(fields: dict[str, Any], event: Checkpoint) -> None:
    assert event.checkpoint_id == fields["checkpoint_id"]
    date, own_id = fields["session_id"][:11], fields["session_id"][11:]
    assert event.session_id == (own_id if date.startswith("2026-") else date + own_id)
    assert event.at is not None
    assert event.files == tuple(fields["files_touched"] or ())
    tokens = fields.get("token_usage")
    usage = event.usage
    assert (usage.output_tokens if usage else None) == (tokens and tokens["output_tokens"])
    lines = fields.get("initial_attribution")
    attribution = event.attribution
    assert (attribution.human_added if attribution else None) == (lines and lines["human_added"])
    summary = fields.get("summary")
    assert (event.summary is None) == (not summary)
    if summary and event.summary:
        assert list(event.summary.friction) == (summary["friction"] or [])
        assert len(event.summary.about_code) == len(summary["learnings"]["code"] or [])


def test_the_files_hold_what_is_known_of_them(path: Path) -> None:
    if path.name not in KNOWN:
        pytest.skip("one document; nothing is known of it beside its fields")
    found = read_file(EntireMetadata(), path)
    events = [event for event in found.events if isinstance(event, Checkpoint)]
    assert KNOWN[path.name] == {
        "parts": len(events),
        "sums": found.tally.skipped["sums_of_a_checkpoint"],
        "sessions": len({event.session_id for event in events}),
        "summaries": sum(event.summary is not None for event in events),
    }
