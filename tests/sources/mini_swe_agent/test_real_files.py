"""Counts of an independent reader, over every real mini-SWE-agent run: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.sources.mini_swe_agent import MiniSweAgent

pytestmark = pytest.mark.foreign


@pytest.mark.parametrize("path", params("mini_swe_agent", "*"))
def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    messages = json.loads(path.read_bytes())
    counts = Counter({"trajectories": 1, "system steps": 1, "user steps": 1})
    for message in messages[2:]:
        if message["role"] == "assistant":
            counts["agent steps"] += 1
            counts["calls"] += message["content"].count("```") == 2
            continue
        counts["results"] += 1
        code = message["content"].partition("</returncode>")[0].removeprefix("<returncode>")
        status = {"0": "ok", "1": "error"}.get(code, "unknown")
        counts[f"{status} results"] += 1

    found = read_file(MiniSweAgent(), path)

    assert MiniSweAgent().recognises(head_of(path))
    assert counts_of(found) == counts
    assert_accounted(found)
