"""AutoForge's state: work and decisions, each item with its place."""

from __future__ import annotations

import json
from typing import Any

from tests.sources.gate_reading import assert_sums, read_gates, readers_of

from tracemill.records.events.event import Decision, Issue
from tracemill.records.events.forge import IssueLink
from tracemill.sources.autoforge import AutoForge

FEATURE = {"id": "feature.web", "name": "Web", "description": "D", "status": "planned"}
PHASE = {"id": "phase.one", "name": "One", "status": "planned", "featureId": "feature.web"}
TASK = {
    "id": "task.a",
    "name": "A",
    "status": "completed",
    "phaseId": "phase.one",
    "createdAt": "2026-03-01T10:00:00Z",
    "updatedAt": "2026-03-02T10:00:00Z",
}
DECISION = {
    "id": "decision.x",
    "statement": "Keep it",
    "reasoning": "It works",
    "consequences": ["It stays", 7, ""],
    "scope": ["web"],
    "relatedWork": ["task.a"],
    "supersedes": None,
    "status": "active",
    "createdAt": "2026-03-01T10:00:00Z",
}


def state(**data: Any) -> bytes:
    whole = {"schemaVersion": 1, "revision": 3, "updatedAt": "2026-03-01T10:00:00Z", "data": data}
    return json.dumps(whole, indent=2).encode()


WORK = state(features=[FEATURE], phases=[PHASE], tasks=[TASK], issues=[])
DECISIONS = state(decisions=[DECISION])


def test_work_is_issues_that_are_parts_of_each_other() -> None:
    found = read_gates(AutoForge(), WORK)
    feature, phase, task = (record for record in found.records if isinstance(record, Issue))

    assert_sums(found)
    assert (feature.tracker, feature.issue_type, feature.title, feature.body) == (
        "autoforge", "feature", "Web", "D",
    )  # fmt: skip
    assert [issue.state for issue in (feature, phase, task)] == ["open", "open", "closed"]
    assert feature.links == ()
    assert phase.links == (IssueLink(issue="feature.web", relation="part-of"),)
    assert task.links == (IssueLink(issue="phase.one", relation="part-of"),)
    assert task.created is not None
    assert task.at is not None
    assert task.at > task.created
    assert task.span is not None
    assert json.loads(WORK[task.span.start : task.span.end]) == TASK


def test_a_decision_keeps_its_reason_and_what_it_came_from() -> None:
    found = read_gates(AutoForge(), DECISIONS)
    (decision,) = (record for record in found.records if isinstance(record, Decision))

    assert_sums(found)
    assert (decision.native_id, decision.statement, decision.reasoning, decision.status) == (
        "decision.x", "Keep it", "It works", "active",
    )  # fmt: skip
    assert (decision.consequences, decision.scope, decision.related, decision.supersedes) == (
        ("It stays",), ("web",), ("task.a",), None,
    )  # fmt: skip


def test_what_cannot_be_read_is_named() -> None:
    found = read_gates(AutoForge(), state(tasks=[TASK, TASK, {"name": "B"}, 7]))

    assert found.tally.skipped == {"duplicate_task": 1}
    assert [bad.reason for bad in found.quarantined] == ["bad_shape", "not_an_object"]
    for broken in (WORK[:-9], state(tasks={}), b"[]"):
        bad = read_gates(AutoForge(), broken)
        assert_sums(bad)
        assert bad.quarantined


def test_state_is_told_by_its_content() -> None:
    assert readers_of(WORK) == readers_of(DECISIONS) == ["autoforge"]
    assert readers_of(state(doctrines=[])) == []
