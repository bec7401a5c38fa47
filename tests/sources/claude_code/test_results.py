"""How a call of Claude Code ended, and what a person did to it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.claude_code.lines import (
    REFUSAL,
    SESSION,
    STOP,
    agent,
    call,
    envelope,
    result,
    user,
)
from tests.sources.reading import Found, jsonl, read

from tracemill.records.events.event import Compaction, Feedback, PullRequestLink, Todo, TodoChange
from tracemill.records.sessions.trajectory import ToolResult
from tracemill.sources.claude_code import ClaudeCode

SOURCE = ClaudeCode()


def ended(content: Any, details: Any = None, **more: Any) -> ToolResult:
    line = user(2, [result("t1", content, **more)], toolUseResult=details)
    step, *_ = read(SOURCE, jsonl(agent(1, call("t1")), line)).steps
    return step.results[0]


def feedback_of(found: Found) -> list[tuple[str, str | None, str | None, int | None]]:
    return [
        (event.action, event.text, event.call_id, event.step)
        for event in found.events
        if isinstance(event, Feedback)
    ]


@pytest.mark.parametrize(
    ("content", "is_error", "status", "exit_code"),
    [
        ("fine", None, "ok", None),
        ("fine", False, "ok", None),
        ("Exit code 2\nno such file", True, "error", 2),
        ("Error: Exit code 127\n", True, "error", 127),
        ("Exit code 2 is what it prints", False, "ok", None),
        ("<tool_use_error>File does not exist.</tool_use_error>", True, "error", None),
        (REFUSAL + STOP, True, "rejected", None),
        (REFUSAL + STOP, None, "ok", None),
        ("[Request interrupted by user for tool use]", True, "interrupted", None),
        ("The user doesn't want to take this action right now. STOP", True, "interrupted", None),
    ],
)
def test_status_and_exit_code(
    content: str, is_error: bool | None, status: str, exit_code: int | None
) -> None:
    more = {} if is_error is None else {"is_error": is_error}

    found = ended(content, **more)

    assert (found.status, found.exit_code) == (status, exit_code)


def test_a_command_that_was_stopped_is_interrupted() -> None:
    assert ended("so far", {"stdout": "so far", "interrupted": True}).status == "interrupted"


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (STOP, None),
        (
            "To tell you how to proceed, the user said:\nUse the helper.\nPlease",
            "Use the helper.\nPlease",
        ),
        (
            "To tell you how to proceed, the user said:\nNo\n\nNote: The user's next message may contain a",
            "No",
        ),
        ("To tell you how to proceed, the user said:\n", None),
    ],
)
def test_a_refusal_keeps_what_the_person_said(ending: str, said: str | None) -> None:
    line = user(2, [result("t1", REFUSAL + ending, is_error=True)])

    found = read(SOURCE, jsonl(agent(1, call("t1")), line))

    assert found.steps[0].results[0].feedback == said
    assert feedback_of(found) == [("rejection", said, "t1", 0)]


def test_a_structured_refusal_needs_no_wording() -> None:
    line = user(2, [result("t1", "no", is_error=True)], toolDenialKind="user-rejected")

    found = read(SOURCE, jsonl(agent(1, call("t1")), line))

    assert found.steps[0].results[0].status == "rejected"


@pytest.mark.parametrize(
    ("tool", "said", "told"),
    [
        ("ExitPlanMode", "User has approved your plan. You can now start coding.", True),
        ("exit_plan_mode", "User has approved your plan.", True),
        ("ExitPlanMode", "Exited plan mode.", False),
        ("Bash", "User has approved your plan.", False),
    ],
)
def test_a_plan_is_approved_where_the_result_of_its_own_call_says_so(
    tool: str, said: str, *, told: bool
) -> None:
    found = read(SOURCE, jsonl(agent(1, call("t1", tool, plan="P")), user(2, [result("t1", said)])))

    assert feedback_of(found) == ([("permission", None, "t1", 0)] if told else [])


def test_an_edit_that_the_person_changed_is_feedback() -> None:
    line = user(2, [result("t1")], toolUseResult={"userModified": True})

    found = read(SOURCE, jsonl(agent(1, call("t1", "Edit")), line))

    assert found.steps[0].results[0].user_modified
    assert feedback_of(found) == [("edit", None, "t1", 0)]


@pytest.mark.parametrize("form", ["text", "block"])
def test_an_interruption_is_feedback_and_no_step(form: str) -> None:
    said = "[Request interrupted by user for tool use]"
    content: Any = said if form == "text" else [{"type": "text", "text": said}]

    found = read(SOURCE, jsonl(user(1, "Go"), user(2, content)))

    assert [step.text for step in found.steps] == ["Go"]
    assert feedback_of(found) == [("interruption", None, None, 0)]


def test_words_typed_meanwhile_steer_and_notices_do_not() -> None:
    def queued(operation: str, **more: Any) -> dict[str, Any]:
        return {"type": "queue-operation", "operation": operation, "sessionId": SESSION, **more}

    notice = queued("enqueue", content='{"task_id":"b1","description":"build"}')
    found = read(
        SOURCE,
        jsonl(
            user(1, "Go"),
            queued("enqueue", content="and push"),
            queued("enqueue", content=[{"type": "text", "text": "and tag"}]),
            notice,
            queued("enqueue", content="<task-notification>x</task-notification>"),
            queued("dequeue"),
        ),
    )

    assert feedback_of(found) == [
        ("steering", "and push", None, 0),
        ("steering", "and tag", None, 0),
    ]
    assert found.tally.skipped == {"queue_operation": 3}


def compactions_of(found: Found) -> list[tuple[str | None, int | None]]:
    return [
        (event.trigger, event.tokens_before)
        for event in found.events
        if isinstance(event, Compaction)
    ]


def boundary(number: int, subtype: str = "compact_boundary") -> dict[str, Any]:
    details = {"trigger": "auto", "preTokens": 170_000}
    return envelope(number, type="system", subtype=subtype, compactMetadata=details)


def test_a_boundary_and_its_summary_are_one_compaction() -> None:
    summary = user(3, "continued", isCompactSummary=True)

    found = read(SOURCE, jsonl(user(1, "Go"), boundary(2), summary))

    assert compactions_of(found) == [("auto", 170_000)]


def test_a_summary_without_a_boundary_is_a_compaction() -> None:
    data = jsonl(boundary(1), *[user(n, f"continued {n}", isCompactSummary=True) for n in (2, 3)])

    assert compactions_of(read(SOURCE, data)) == [("auto", 170_000), (None, None)]


def test_a_microcompaction_is_none() -> None:
    found = read(SOURCE, jsonl(boundary(1, "microcompact_boundary")))

    assert found.events == []
    assert found.tally.skipped == {"system_microcompact_boundary": 1}


def todos_of(found: Found) -> list[tuple[bool, tuple[Todo, ...]]]:
    return [
        (event.is_whole_list, event.todos)
        for event in found.events
        if isinstance(event, TodoChange)
    ]


def test_each_write_of_the_todo_list_is_one_change() -> None:
    entries = [{"content": "a", "status": "completed"}, {"content": "b", "status": "odd"}, "c"]

    found = read(SOURCE, jsonl(agent(1, call("t1", "TodoWrite", todos=entries))))

    whole = (Todo(text="a", status="completed"), Todo(text="b"), Todo(text="c"))
    assert todos_of(found) == [(True, whole)]


def test_a_new_task_is_named_by_its_result() -> None:
    created = user(2, [result("t1")], toolUseResult={"task": {"id": "3", "subject": "Test it"}})
    update = call("t2", "TaskUpdate", taskId="3", status="deleted")

    found = read(
        SOURCE,
        jsonl(agent(1, call("t1", "TaskCreate", subject="Test it")), created, agent(3, update)),
    )

    assert todos_of(found) == [
        (False, (Todo(text="Test it", status="pending", native_id="3"),)),
        (False, (Todo(text="Test it", status="cancelled", native_id="3"),)),
    ]


def test_a_pull_request_is_linked_once_per_line() -> None:
    link = {
        "type": "pr-link",
        "sessionId": SESSION,
        "prNumber": 7,
        "prUrl": "https://forge.example/o/r/pull/7",
        "prRepository": "o/r",
        "timestamp": "2026-03-01T10:00:00Z",
    }

    found = read(SOURCE, jsonl(user(1, "Go"), link, link))

    (event,) = found.events
    assert isinstance(event, PullRequestLink)
    assert (event.number, event.repository, event.step) == (7, "o/r", 0)
    assert found.tally.skipped == {"duplicate_line": 1}
