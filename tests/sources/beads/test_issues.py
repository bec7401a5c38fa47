"""Issues of beads, one a line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.reading import jsonl

from tracemill.records.events.event import Issue
from tracemill.records.events.forge import Actor, IssueLink
from tracemill.sources.beads import Beads

ROW = {
    "id": "app-1",
    "title": "T",
    "description": "D",
    "status": "open",
    "priority": 2,
    "issue_type": "task",
    "owner": "ann@example.com",
    "created_at": "2026-03-01T10:00:00.5+01:00",
    "created_by": "Ann",
    "updated_at": "2026-03-02T10:00:00Z",
    "labels": ["web"],
    "acceptance_criteria": "A",
    "notes": "N",
    "dependencies": [
        {"issue_id": "app-1", "depends_on_id": "app-0", "type": "blocks"},
        {"type": "x"},
    ],
}
CLOSED = {
    **ROW,
    "id": "app-2",
    "status": "closed",
    "closed_at": "2026-03-03T10:00:00Z",
    "close_reason": "Done",
}
LINES = jsonl(ROW, CLOSED)


def test_issue() -> None:
    found = read_gates(Beads(), LINES)

    assert_sums(found)
    issue, closed = (record for record in found.records if isinstance(record, Issue))
    assert (issue.tracker, issue.native_id, issue.state, issue.priority) == (
        "beads",
        "app-1",
        "open",
        2,
    )
    assert (issue.title, issue.body, issue.acceptance, issue.notes) == ("T", "D", "A", "N")
    assert (issue.author, issue.labels) == (Actor(person="Ann"), ("web",))
    assert issue.links == (IssueLink(issue="app-0", relation="blocks"),)
    assert issue.created == datetime(2026, 3, 1, 9, 0, 0, 500_000, tzinfo=UTC)
    assert (closed.state, closed.close_reason) == ("closed", "Done")
    assert closed.closed == datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("in_progress", "in_progress"),
        ("tombstone", "deleted"),
        ("odd", "unknown"),
        (None, "unknown"),
    ],
)
def test_state(status: str | None, state: str) -> None:
    (issue,) = (
        r
        for r in read_gates(Beads(), jsonl({**ROW, "status": status})).records
        if isinstance(r, Issue)
    )

    assert issue.state == state


def test_an_issue_is_told_once_and_its_id_stays() -> None:
    before = read_gates(Beads(), LINES).records
    after = read_gates(Beads(), jsonl(CLOSED, ROW, ROW))

    ids = {record.id for record in before if isinstance(record, Issue)}
    assert ids == {record.id for record in after.records if isinstance(record, Issue)}
    assert after.tally.skipped == {"duplicate_issue": 1}


def test_a_line_without_an_id_is_quarantined() -> None:
    assert [bad.reason for bad in read_gates(Beads(), jsonl({**ROW, "id": None})).quarantined] == [
        "bad_shape"
    ]


def test_issues_are_told_by_their_fields() -> None:
    assert readers_of(LINES) == ["beads"]
    assert readers_of(jsonl({"id": "a", "title": "t", "status": "open"})) == []
