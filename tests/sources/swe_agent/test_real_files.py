"""Counts of an independent reader, over every real SWE-agent run: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params, stated_calls

from tracemill.sources.swe_agent import SweAgent

pytestmark = pytest.mark.foreign

for_each_file = pytest.mark.parametrize("path", params("swe_agent_traj", "*"))


def counts_by_hand(path: Path) -> Counter[str]:
    document = json.loads(path.read_bytes())
    counts = Counter({"trajectories": 1, "user steps": 1})
    said = {message.get("action") for message in document["history"]}
    for message in document["history"]:
        counts["agent steps"] += message["role"] == "assistant"
        counts["system steps"] += message["role"] == "system" or bool(message.get("is_demo"))
    n_taken_back = sum(done["action"] not in said for done in document["trajectory"][:-1])
    n_done = len(document["trajectory"]) - n_taken_back
    counts["agent steps"] = n_done
    counts["calls"] = counts["results"] = n_done
    for done in document["trajectory"]:
        if done["action"] in said or done is document["trajectory"][-1]:
            counts["error results"] += "new syntax error(s)" in done["observation"]
    counts["unknown results"] = n_done - counts["error results"]
    stats = document["info"]["model_stats"]
    counts["input_tokens"] = stats["tokens_sent"]
    counts["output_tokens"] = stats["tokens_received"]
    return +counts


@for_each_file
def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    found = read_file(SweAgent(), path)

    assert counts_of(found) == counts_by_hand(path)
    assert found.stated == {"exit_status": "submitted"}
    assert_accounted(found)


@for_each_file
def test_calls_are_as_many_as_the_index_states(path: Path) -> None:
    n_calls = counts_of(read_file(SweAgent(), path))["calls"]

    assert stated_calls(path) in (None, n_calls, n_calls + 1)


@for_each_file
def test_every_run_is_recognised(path: Path) -> None:
    assert SweAgent().recognises(head_of(path))
