"""Counts of an independent reader, over every real OpenHands V0 session: plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.reading import head_of, read_file
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.records.events.event import StatedOutcome
from tracemill.sources.openhands import OpenHands

pytestmark = pytest.mark.foreign


@pytest.mark.parametrize("path", params("openhands", "*"))
def test_counts_agree_with_an_independent_reader(path: Path) -> None:
    counts: Counter[str] = Counter()
    for row in json.loads(path.read_bytes()):
        counts["trajectories"] += 1
        for event in row["trajectory"]:
            action, observation = event["action"], event["observation"]
            is_agent = event["source"] == "agent"
            counts["user steps"] += action == "message" and not is_agent
            counts["agent steps"] += is_agent and action is not None
            counts["calls"] += action in ("run", "run_ipython")
            counts["interruptions"] += (event["extras"] or {}).get("agent_state") == "paused" and (
                action is not None
            )
            if observation in ("run", "run_ipython"):
                counts["results"] += 1
                code = event["extras"].get("exit_code")
                counts[{None: "unknown", 0: "ok"}.get(code, "error") + " results"] += 1

    found = read_file(OpenHands(), path)

    assert OpenHands().recognises(head_of(path))
    assert counts_of(found) == +counts
    told = [each for each in found.events if isinstance(each, StatedOutcome)]
    assert [each.value for each in told if each.fact == "feedback"] == ["positive"] * 5
    assert_accounted(found)
