"""Every real issue of beads against plain json."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.records.events.event import Issue
from tracemill.sources.beads import Beads


@pytest.mark.foreign
@pytest.mark.parametrize("path", params("beads_issues", "*.jsonl"))
def test_every_issue_is_read(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    found = read_gates(Beads(), path.read_bytes())
    issues = [record for record in found.records if isinstance(record, Issue)]

    assert readers_of(path.read_bytes()) == ["beads"]
    assert_sums(found)
    assert [issue.native_id for issue in issues] == [row["id"] for row in rows]
    states = Counter(row["status"] for row in rows)
    states["deleted"] = states.pop("tombstone", 0)
    assert Counter(issue.state for issue in issues) == +states
    assert sum(len(i.links) for i in issues) == sum(
        len(row.get("dependencies") or []) for row in rows
    )
    assert [i.close_reason for i in issues] == [row.get("close_reason") or None for row in rows]
