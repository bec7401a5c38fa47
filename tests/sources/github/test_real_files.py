"""Every real payload of GitHub against what plain json says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.gate_reading import assert_sums, read_gates, readers_of
from tests.sources.real_files import params

from tracemill.records.events.event import Event
from tracemill.sources.github import GitHub

pytestmark = [
    pytest.mark.foreign,
    pytest.mark.parametrize("path", params("github_events", "*.json")),
]
KINDS = {
    "check_run": "CommitStatus",
    "check_suite": "CommitStatus",
    "issue_comment": "Comment",
    "issues": "Issue",
    "pull_request": "PullRequest",
    "pull_request_review": "Review",
    "pull_request_review_comment": "Comment",
    "push": "Push",
    "status": "CommitStatus",
    "workflow_job": "CiJob",
    "workflow_run": "CiRun",
}
INSIDE = {
    "issue_comment": "comment",
    "issues": "issue",
    "pull_request_review": "review",
    "pull_request_review_comment": "comment",
}


def stated(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return what the event must say, by the names of the payload."""
    said = payload.get(INSIDE.get(kind, kind), payload)
    on = payload.get("issue") or payload.get("pull_request") or said
    zero = "0" * 40
    facts = {
        "number": said.get("run_number") if kind == "workflow_run" else on.get("number"),
        "commit": said.get("commit_id") or said.get("head_sha") or said.get("sha"),
        "text": said.get("body") if kind in INSIDE else None,
        "conclusion": said.get("conclusion") or said.get("state")
        if kind != "status"
        else said["state"],
        "attempt": said.get("run_attempt"),
        "path": said.get("path") if kind.endswith("comment") else None,
        "after": None if said.get("after") == zero else said.get("after"),
        "n_added": said.get("additions"),
        "head_branch": said.get("head", {}).get("ref"),
        "branch": said.get("head_branch"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def test_an_event_says_what_the_payload_says(path: Path) -> None:
    kind = path.name.split(".", maxsplit=1)[0]
    payload = json.loads(path.read_text())
    found = read_gates(GitHub(), path.read_bytes())
    (event,) = [record for record in found.records if isinstance(record, Event)]

    assert readers_of(path.read_bytes()) == ["github"]
    assert type(event).__name__ == KINDS[kind]
    assert event.repository == payload["repository"]["full_name"]  # type: ignore[union-attr]
    checked = {name: value for name, value in stated(kind, payload).items() if hasattr(event, name)}
    assert {name: getattr(event, name) for name in checked} == checked
    assert found.tally.n_used == 1
    assert_sums(found)


def test_who_did_it_is_said(path: Path) -> None:
    payload = json.loads(path.read_text())
    found = read_gates(GitHub(), path.read_bytes())
    (event,) = [record for record in found.records if isinstance(record, Event)]
    said = [
        payload.get(name, {}).get("user") for name in ("review", "comment", "issue", "pull_request")
    ]
    author = getattr(event, "author", None)

    expected = next((user["login"] for user in said if user), None)
    assert (author is None) or expected in {author.person, author.app}
    assert not hasattr(event, "author") or author is not None
