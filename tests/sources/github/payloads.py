"""What GitHub sends and prints, made up."""

from __future__ import annotations

import json
from typing import Any

from tests.sources.reading import jsonl

REPOSITORY = {"full_name": "org/repo", "owner": {"login": "org"}}

ANN = {"login": "ann", "type": "User"}

BOT = {"login": "helper[bot]", "type": "Bot"}

SHA = "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334"

API = "https://api.github.com/repos/org/repo"

WEB = "https://github.com/org/repo"

PULL = {
    "url": f"{API}/pulls/7",
    "html_url": f"{WEB}/pull/7",
    "node_id": "n",
    "number": 7,
    "state": "open",
    "draft": False,
    "title": "Fix it",
    "body": "Because.",
    "user": ANN,
    "author_association": "MEMBER",
    "head": {"ref": "fix", "sha": SHA},
    "base": {"ref": "main", "sha": "0" * 40},
    "merge_commit_sha": None,
    "merged_at": None,
    "created_at": "2026-03-01T10:00:00Z",
    "updated_at": "2026-03-01T11:00:00Z",
    "labels": [{"name": "bug"}],
    "additions": 3,
    "deletions": 1,
    "changed_files": 2,
}

REVIEW = {
    "id": 9,
    "user": ANN,
    "state": "changes_requested",
    "body": "Please test it.",
    "commit_id": SHA,
    "submitted_at": "2026-03-01T11:30:00Z",
    "html_url": f"{WEB}/pull/7#pullrequestreview-9",
}

RUN = {
    "id": 42,
    "name": "tests",
    "node_id": "n",
    "url": f"{API}/actions/runs/42",
    "head_branch": "fix",
    "head_sha": SHA,
    "run_number": 5,
    "run_attempt": 2,
    "event": "push",
    "status": "completed",
    "conclusion": "failure",
    "workflow_id": 1,
    "run_started_at": "2026-03-01T11:00:00Z",
    "updated_at": "2026-03-01T11:05:00Z",
    "pull_requests": [{"number": 7}],
    "triggering_actor": BOT,
}

STEP = {
    "name": "pytest",
    "status": "completed",
    "conclusion": "failure",
    "number": 1,
    "started_at": "2026-03-01T11:01:00Z",
    "completed_at": "2026-03-01T11:02:00Z",
}

JOB = {
    "id": 43,
    "run_id": 42,
    "run_attempt": 2,
    "runner_id": 1,
    "name": "linux",
    "workflow_name": "tests",
    "head_sha": SHA,
    "head_branch": "fix",
    "status": "completed",
    "conclusion": "timed_out",
    "started_at": "2026-03-01T11:01:00Z",
    "completed_at": "2026-03-01T11:04:00Z",
    "steps": [STEP],
}


def webhook(action: str, sender: dict[str, Any] = ANN, **said: Any) -> bytes:
    return json.dumps(
        {"action": action, **said, "repository": REPOSITORY, "sender": sender}, indent=2
    ).encode()


GH_PULL = {
    "number": 7, "title": "Fix it", "state": "MERGED", "isDraft": False, "author": {"login": "ann", "is_bot": False},
    "headRefName": "fix", "headRefOid": SHA, "baseRefName": "main", "mergedAt": "2026-03-01T12:00:00Z",
    "mergeCommit": {"oid": "a" * 40}, "mergedBy": {"login": "bo"}, "reviewDecision": "APPROVED", "url": f"{WEB}/pull/7",
    "commits": [{"oid": SHA}], "closedAt": "0001-01-01T00:00:00Z",
    "reviews": [{"id": "PRR_1", "author": {"login": "bo"}, "authorAssociation": "OWNER", "state": "APPROVED", "body": "", "submittedAt": "2026-03-01T11:30:00Z", "commit": {"oid": SHA}}],
    "comments": [{"id": "IC_1", "author": {"login": "bo"}, "body": "Nice", "createdAt": "2026-03-01T11:40:00Z", "url": f"{WEB}/pull/7#issuecomment-1"}],
    "statusCheckRollup": [
        {"__typename": "CheckRun", "name": "lint", "status": "COMPLETED", "conclusion": "SUCCESS", "workflowName": "ci", "startedAt": "2026-03-01T11:00:00Z", "completedAt": "2026-03-01T11:01:00Z", "detailsUrl": "u"},
        {"__typename": "StatusContext", "context": "ci/x", "state": "FAILURE", "targetUrl": "u"},
    ],
}  # fmt: skip

GH_RUN = {
    "databaseId": 42,
    "headSha": SHA,
    "headBranch": "fix",
    "workflowName": "tests",
    "displayTitle": "Fix it",
    "status": "completed",
    "conclusion": "success",
    "attempt": 2,
    "number": 5,
    "event": "push",
    "startedAt": "2026-03-01T11:00:00Z",
    "updatedAt": "2026-03-01T11:05:00Z",
    "url": f"{WEB}/actions/runs/42",
    "jobs": [
        {
            "databaseId": 43,
            "name": "linux",
            "status": "completed",
            "conclusion": "success",
            "steps": [],
            "startedAt": "2026-03-01T11:01:00Z",
            "completedAt": "2026-03-01T11:04:00Z",
        }
    ],
}

GH_ISSUE = {
    "number": 4,
    "title": "T",
    "state": "OPEN",
    "author": {"login": "ann"},
    "labels": [{"name": "bug"}],
}

FORMS = {
    "webhook": webhook("opened", pull_request=PULL),
    "review": webhook("submitted", review=REVIEW, pull_request=PULL),
    "run": webhook("completed", workflow_run=RUN),
    "job": webhook("completed", workflow_job=JOB),
    "answer": json.dumps({"total_count": 1, "workflow_runs": [RUN]}).encode(),
    "answers": json.dumps([PULL]).encode(),
    "gh pr": json.dumps([GH_PULL]).encode(),
    "gh run": json.dumps(GH_RUN).encode(),
    "gh issue": json.dumps([GH_ISSUE]).encode(),
    "lines": jsonl(
        json.loads(webhook("opened", pull_request=PULL)),
        json.loads(webhook("completed", workflow_job=JOB)),
    ),
}
