"""Counts of an independent reader, over every real ADP file: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params, stated_calls

from tracemill.sources.adp import Adp

pytestmark = pytest.mark.foreign


def ending(item: dict[str, Any], before: str) -> str:
    """Return how code ended, which only the last line of what is shown behind it tells."""
    last = (item.get("content") or "").rstrip().rpartition("\n")[2]
    said, _, code = last.rstrip("]").rpartition(" ")
    if before != "code_action" or not said.endswith("[Command finished with exit code"):
        return "unknown"
    return "ok" if code == "0" else "error"


@pytest.mark.parametrize("path", params("adp", "*"))
def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    counts: Counter[str] = Counter()
    n_finished = 0
    for row in json.loads(path.read_bytes()):
        counts["trajectories"] += 1
        before = ""
        for item in row["content"]:
            kind = item["class_"]
            is_last_word = item.get("function") == "finish"
            n_finished += is_last_word
            counts["agent steps"] += kind.endswith("_action")
            counts["calls"] += kind in ("api_action", "code_action") and not is_last_word
            counts["thinking steps"] += kind == "message_action" and bool(item["description"])
            if kind.endswith("_observation"):
                is_person = item.get("source") == "user"
                is_answer = before.endswith("_action") and not is_person
                counts["user steps"] += is_person
                counts["results"] += is_answer
                counts[f"{ending(item, before)} results"] += is_answer
                counts["system steps"] += not is_answer and not is_person
            before = kind

    found = read_file(Adp(), path)

    assert Adp().recognises(head_of(path))
    assert counts_of(found) == +counts
    assert stated_calls(path) in (None, counts["calls"] + n_finished)
    assert_accounted(found)
