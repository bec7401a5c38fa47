"""What GitHub says: webhook payloads, answers of its REST interface, and `gh … --json`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.sources.gate_reading import Gates, assert_sums, read_gates, readers_of
from tests.sources.github.payloads import (
    ANN,
    BOT,
    FORMS,
    GH_ISSUE,
    GH_PULL,
    GH_RUN,
    JOB,
    PULL,
    REPOSITORY,
    REVIEW,
    RUN,
    SHA,
    WEB,
    webhook,
)
from tests.sources.reading import jsonl

from tracemill.records.events.event import (
    CiJob,
    CiRun,
    Comment,
    CommitStatus,
    Event,
    Issue,
    PullRequest,
    Push,
    Review,
)
from tracemill.records.events.forge import Actor, CiStep
from tracemill.sources.github import GitHub


def read(data: bytes) -> Gates:
    found = read_gates(GitHub(), data)
    assert_sums(found)
    return found


def events(data: bytes) -> list[Event]:
    return [record for record in read(data).records if isinstance(record, Event)]


def only(data: bytes) -> Any:
    (event,) = events(data)
    return event


def test_pull_request() -> None:
    event = only(webhook("opened", pull_request=PULL))

    assert isinstance(event, PullRequest)
    assert (event.repository, event.number, event.action, event.state) == (
        "org/repo",
        7,
        "opened",
        "open",
    )
    assert event.author == Actor(person="ann", association="MEMBER")
    assert (event.head_branch, event.base_branch, event.head_commit) == ("fix", "main", SHA)
    assert (event.n_added, event.n_deleted, event.n_files) == (3, 1, 2)
    assert event.at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert (event.labels, event.url) == (("bug",), f"{WEB}/pull/7")


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"state": "closed"}, "closed"),
        ({"state": "closed", "merged_at": "2026-03-01T12:00:00Z"}, "merged"),
        ({"state": "closed", "merged": True}, "merged"),
        ({"state": "odd"}, "unknown"),
    ],
)
def test_a_closed_pull_request_is_merged_or_not(said: dict[str, Any], state: str) -> None:
    assert only(webhook("closed", pull_request={**PULL, **said})).state == state


def test_review_of_a_person() -> None:
    event = only(webhook("submitted", review=REVIEW, pull_request=PULL))

    assert isinstance(event, Review)
    assert (event.number, event.state, event.text) == (7, "changes_requested", "Please test it.")
    assert (event.native_id, event.commit) == ("9", SHA)
    assert event.author == Actor(person="ann")


@pytest.mark.parametrize("user", [BOT, {"login": "x[bot]"}, {"login": "app", "is_bot": True}])
def test_a_program_is_no_person(user: dict[str, Any]) -> None:
    author = only(webhook("submitted", review={**REVIEW, "user": user}, pull_request=PULL)).author

    assert (author.person, author.app) == (None, user["login"])


def test_comment_on_code() -> None:
    said = {
        "id": 3,
        "user": ANN,
        "body": "Why?",
        "path": "a.py",
        "line": 4,
        "diff_hunk": "@@ -1 +1 @@",
        "commit_id": SHA,
        "pull_request_review_id": 9,
        "in_reply_to_id": 2,
        "created_at": "2026-03-01T11:00:00Z",
    }
    event = only(webhook("created", comment=said, pull_request=PULL))

    assert isinstance(event, Comment)
    assert (event.on, event.number, event.path, event.line) == ("code", 7, "a.py", 4)
    assert (event.review_id, event.reply_to, event.text) == ("9", "2", "Why?")


@pytest.mark.parametrize(
    ("issue", "place"),
    [({"number": 4}, "issue"), ({"number": 4, "pull_request": {"url": "u"}}, "pull_request")],
)
def test_comment_on_an_issue_or_its_pull_request(issue: dict[str, Any], place: str) -> None:
    said = {"id": 3, "user": ANN, "body": "Thanks", "created_at": "2026-03-01T11:00:00Z"}

    event = only(webhook("created", issue=issue, comment=said))

    assert (event.on, event.number, event.text) == (place, 4, "Thanks")


def test_issue() -> None:
    said = {
        "number": 4,
        "title": "T",
        "body": "B",
        "state": "closed",
        "state_reason": "not_planned",
        "user": ANN,
        "assignees": [ANN],
        "labels": [{"name": "bug"}],
        "closed_at": "2026-03-01T11:00:00Z",
    }
    event = only(webhook("closed", issue=said))

    assert isinstance(event, Issue)
    assert (event.tracker, event.number, event.state, event.close_reason) == (
        "github",
        4,
        "closed",
        "not_planned",
    )
    assert event.assignees == (Actor(person="ann"),)
    assert event.closed == datetime(2026, 3, 1, 11, tzinfo=UTC)


def test_workflow_run() -> None:
    event = only(webhook("completed", workflow_run=RUN, workflow={"name": "tests"}))

    assert isinstance(event, CiRun)
    assert (event.run_id, event.attempt, event.number, event.workflow) == ("42", 2, 5, "tests")
    assert (event.state, event.conclusion, event.status) == ("completed", "failure", "failed")
    assert (event.commit, event.branch, event.pull_requests) == (SHA, "fix", (7,))
    assert event.actor == Actor(app="helper[bot]")
    assert event.ended == datetime(2026, 3, 1, 11, 5, tzinfo=UTC)


def test_a_run_that_goes_on_has_no_end_and_no_verdict() -> None:
    event = only(webhook("requested", workflow_run={**RUN, "status": "queued", "conclusion": None}))

    assert (event.ended, event.conclusion, event.status) == (None, None, "unknown")


def test_workflow_job() -> None:
    event = only(webhook("completed", workflow_job=JOB))

    assert isinstance(event, CiJob)
    assert (event.run_id, event.attempt, event.name, event.workflow) == ("42", 2, "linux", "tests")
    assert (event.conclusion, event.status) == ("timed_out", "error")
    (step,) = event.steps
    assert isinstance(step, CiStep)
    assert (step.name, step.status) == ("pytest", "failed")


@pytest.mark.parametrize(
    ("conclusion", "status"),
    [
        ("success", "passed"),
        ("neutral", "passed"),
        ("failure", "failed"),
        ("startup_failure", "error"),
        ("cancelled", "unknown"),
        ("skipped", "unknown"),
        ("action_required", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_a_conclusion_amounts_to(conclusion: str | None, status: str) -> None:
    assert (
        only(webhook("completed", workflow_job={**JOB, "conclusion": conclusion})).status == status
    )


def test_checks_and_statuses_of_a_commit() -> None:
    check = {
        "id": 1,
        "name": "lint",
        "head_sha": SHA,
        "status": "completed",
        "conclusion": "success",
        "app": {"name": "linter"},
        "check_suite": {"head_branch": "fix"},
        "output": {"title": "All good", "summary": None, "text": "long"},
    }
    suite = {
        "id": 2,
        "head_sha": SHA,
        "head_branch": "fix",
        "status": "completed",
        "conclusion": "failure",
        "updated_at": "2026-03-01T11:00:00Z",
    }
    state: dict[str, Any] = {
        "id": 3,
        "sha": SHA,
        "context": "ci/x",
        "state": "error",
        "description": "boom",
        "branches": [{"name": "fix"}],
    }

    found = [
        only(webhook("completed", check_run=check)),
        only(webhook("completed", check_suite=suite)),
        only(webhook("", **state)),
    ]

    assert all(isinstance(each, CommitStatus) for each in found)
    assert [(e.form, e.status, e.commit, e.branch) for e in found] == [
        ("check_run", "passed", SHA, "fix"),
        ("check_suite", "failed", SHA, "fix"),
        ("status", "error", SHA, "fix"),
    ]
    assert (found[0].service, found[0].title, found[0].text) == ("linter", "All good", "long")
    assert (found[2].name, found[2].title) == ("ci/x", "boom")


def test_push() -> None:
    commits = [{"id": SHA, "message": "m"}]
    head = {"id": SHA, "timestamp": "2026-03-01T11:00:00+01:00"}
    said = {
        "ref": "refs/heads/main",
        "before": "0" * 40,
        "after": SHA,
        "forced": True,
        "commits": commits,
        "head_commit": head,
    }
    event = only(json.dumps({**said, "repository": REPOSITORY, "sender": ANN}).encode())

    assert isinstance(event, Push)
    assert (event.ref, event.before, event.after, event.is_forced) == (
        "refs/heads/main",
        None,
        SHA,
        True,
    )
    assert (event.commits, event.actor) == ((SHA,), Actor(person="ann"))
    assert event.at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_gh_prints_a_pull_request_with_all_that_it_holds() -> None:
    pull, review, comment, check, status = events(json.dumps([GH_PULL]).encode())

    assert isinstance(pull, PullRequest)
    assert (pull.repository, pull.state, pull.merge_commit, pull.commits) == (
        "org/repo",
        "merged",
        "a" * 40,
        (SHA,),
    )
    assert (pull.review_decision, pull.closed, pull.merged_by) == (
        "approved",
        None,
        Actor(person="bo"),
    )
    assert isinstance(review, Review)
    assert (review.number, review.state, review.commit) == (7, "approved", SHA)
    assert review.author == Actor(person="bo", association="OWNER")
    assert isinstance(comment, Comment)
    assert (comment.on, comment.number, comment.text) == ("pull_request", 7, "Nice")
    assert isinstance(check, CommitStatus)
    assert (check.form, check.status, check.commit, check.service) == (
        "check_run",
        "passed",
        SHA,
        "ci",
    )
    assert isinstance(status, CommitStatus)
    assert (status.form, status.status, status.name, status.commit) == (
        "status",
        "failed",
        "ci/x",
        SHA,
    )


def test_gh_prints_a_run_with_its_jobs() -> None:
    run, job = events(json.dumps(GH_RUN).encode())

    assert isinstance(run, CiRun)
    assert (run.repository, run.run_id, run.attempt, run.status) == ("org/repo", "42", 2, "passed")
    assert (run.workflow, run.title, run.commit) == ("tests", "Fix it", SHA)
    assert isinstance(job, CiJob)
    assert (job.run_id, job.attempt, job.name, job.commit, job.workflow) == (
        "42",
        2,
        "linux",
        SHA,
        "tests",
    )


def test_gh_prints_issues() -> None:
    (event,) = events(json.dumps([GH_ISSUE]).encode())

    assert isinstance(event, Issue)
    assert (event.number, event.state, event.labels) == (4, "open", ("bug",))


def test_an_answer_with_a_list_is_read_item_by_item() -> None:
    data = json.dumps(
        {"total_count": 2, "workflow_runs": [RUN, {**RUN, "run_attempt": 1}]}
    ).encode()
    found = read(data)

    runs = [record for record in found.records if isinstance(record, CiRun)]
    assert [run.attempt for run in runs] == [2, 1]
    assert [run.repository for run in runs] == ["org/repo"] * 2
    assert found.tally.n_used == 2
    spans = [run.span for run in runs if run.span]
    assert [json.loads(data[span.start : span.end])["run_attempt"] for span in spans] == [2, 1]


def test_payloads_one_a_line_are_unwrapped() -> None:
    public = {
        "type": "PushEvent",
        "repo": {"name": "org/repo"},
        "actor": ANN,
        "created_at": "2026-03-01T11:00:00Z",
        "payload": {
            "ref": "refs/heads/main",
            "before": "a" * 40,
            "head": SHA,
            "commits": [{"sha": SHA}],
        },
    }
    wrapped = {"event": "pull_request", "payload": json.loads(webhook("opened", pull_request=PULL))}

    push, pull = events(jsonl(public, wrapped))

    assert isinstance(push, Push)
    assert (push.repository, push.after, push.commits) == ("org/repo", SHA, (SHA,))
    assert push.at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert isinstance(pull, PullRequest)


def test_payloads_about_other_things_are_counted() -> None:
    found = read(webhook("created", star={}))

    assert (found.tally.skipped, found.tally.n_lines) == ({"other_event:created": 1}, 1)


@pytest.mark.parametrize("form", FORMS)
def test_payloads_are_told_by_their_fields(form: str) -> None:
    assert readers_of(FORMS[form]) == ["github"]


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b'{"action": "x"}',
        b'[{"number": 1, "title": "t"}]',
        b'{"url": "https://a/repos/b"}',
        b'{"jobs": []}',
    ],
)
def test_what_only_looks_alike_is_not_taken(data: bytes) -> None:
    assert readers_of(data) == []
