"""What stands beside the messages of Claude Code: attachments, worktrees, pull requests."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_code.lines import agent, call, envelope, result, user
from tests.sources.reading import Found, jsonl, read

from tracemill.records.events.event import PullRequestLink
from tracemill.sources.claude_code import ClaudeCode


def attached(**attachment: Any) -> Found:
    line = envelope(2, type="attachment", attachment=attachment)
    return read(ClaudeCode(), jsonl(user(1, "Go"), line))


@pytest.mark.parametrize(
    ("attachment", "text"),
    [
        (
            {
                "type": "file",
                "filename": "/srv/app/a.txt",
                "displayPath": "a.txt",
                "content": {"type": "text", "file": {"content": "one"}},
            },
            "a.txt\none",
        ),
        (
            {"type": "nested_memory", "path": "/srv/M.md", "content": {"content": "Be"}},
            "/srv/M.md\nBe",
        ),
        (
            {"type": "edited_text_file", "filename": "/srv/a.txt", "snippet": "1 two"},
            "/srv/a.txt\n1 two",
        ),
        ({"type": "hook_additional_context", "content": ["a", "b"]}, "a\n\nb"),
        ({"type": "hook_success", "content": "Remember", "stdout": "x"}, "Remember"),
        ({"type": "hook_blocking_error", "blockingError": {"blockingError": "No"}}, "No"),
        ({"type": "skill_listing", "content": "- test"}, "- test"),
        ({"type": "invoked_skills", "skills": [{"path": "s.md", "content": "Do"}, 3]}, "s.md\nDo"),
        ({"type": "silent_turn_reminder", "text": "Say"}, "Say"),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_what_an_attachment_tells_the_model_was_put_in(attachment: Any, text: str) -> None:
    found = attached(**attachment)

    assert [(step.speaker, step.text) for step in found.steps] == [("user", "Go"), ("system", text)]


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "hook_success", "content": "", "stdout": "{}"},
        {"type": "file", "content": {"type": "image"}},
        {"type": "plan_mode", "planExists": False},
        {"type": "New-Kind", "text": "x"},
        {"type": ["x"]},
    ],
    ids=str,
)
def test_other_attachments_are_passed_over_by_name(attachment: Any) -> None:
    found = attached(**attachment)

    kind = str(attachment["type"]).lower() if isinstance(attachment["type"], str) else "none"
    assert len(found.steps) == 1
    assert found.tally.skipped == {f"attachment_{kind}": 1}


def test_a_worktree_tells_the_commit_that_a_session_came_from() -> None:
    state = {"originalHeadCommit": "a" * 40, "worktreeBranch": "feature/x"}
    line = {"type": "worktree-state", "sessionId": "s", "worktreeSession": state}

    header = read(ClaudeCode(), jsonl(line, user(1, "Go"))).header

    assert (header.base_commit, header.branch) == ("a" * 40, "feature/x")


@pytest.mark.parametrize("state", [None, 3, {}, {"originalHeadCommit": "HEAD"}])
def test_a_worktree_that_tells_nothing_is_passed_over(state: Any) -> None:
    line = {"type": "worktree-state", "sessionId": "s", "worktreeSession": state}

    assert read(ClaudeCode(), jsonl(line)).tally.skipped == {"worktree_state": 1}


def test_a_pull_request_that_a_call_opened_is_told() -> None:
    operation = {
        "pr": {"number": 7, "url": "https://forge.example/o/r/pull/7", "action": "created"}
    }
    answer = user(3, [result("t1")], toolUseResult={"stdout": "", "gitOperation": operation})

    found = read(ClaudeCode(), jsonl(user(1, "Go"), agent(2, call("t1", "Bash")), answer))

    (told,) = found.events
    assert isinstance(told, PullRequestLink)
    assert (told.number, told.url, told.step) == (7, "https://forge.example/o/r/pull/7", 1)
