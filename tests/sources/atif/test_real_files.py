"""Counts of an independent reader, over every real ATIF document: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params, stated_calls

from tracemill.export.trajectories.atif import Atif as Exporter
from tracemill.sources.atif import Atif

pytestmark = pytest.mark.foreign

for_each_file = pytest.mark.parametrize("path", params("atif", "**/*.json"))


def counts_by_hand(path: Path) -> Counter[str]:
    document = json.loads(path.read_bytes())
    counts = Counter({"trajectories": 1})
    for step in document["steps"]:
        counts[f"{step['source']} steps"] += 1
        results = (step.get("observation") or {}).get("results", [])
        counts["calls"] += len(step.get("tool_calls") or ())
        counts["results"] += len(results)
        counts["unknown results"] += len(results)
        counts["replayed steps"] += step.get("is_copied_context", False)
        counts["thinking steps"] += "reasoning_content" in step
        counts["compactions"] += "context_management" in step.get("extra", {})
        metrics = step.get("metrics", {})
        cached = metrics.get("cached_tokens", 0)
        counts["input_tokens"] += metrics.get("prompt_tokens", 0) - cached
        counts["cache_read_tokens"] += cached
        counts["output_tokens"] += metrics.get("completion_tokens", 0)
    return +counts


@for_each_file
def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    found = read_file(Atif(), path)

    assert counts_of(found) == counts_by_hand(path)
    assert stated_calls(path) in (None, counts_of(found)["calls"])
    assert_accounted(found)


@for_each_file
def test_every_document_is_recognised(path: Path) -> None:
    assert Atif().recognises(head_of(path))


@for_each_file
def test_what_is_written_again_is_what_was_read(path: Path) -> None:
    found = read_file(Atif(), path)

    assert Exporter().document(found.header, found.steps) == json.loads(path.read_bytes())
