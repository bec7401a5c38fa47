"""What the headless output of Codex becomes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.codex_exec.lines import STARTED, command, completed, item, said
from tests.sources.reading import Found, head_of, jsonl, read_file
from tests.sources.reading import read as read_with
from tests.sources.real_files import assert_accounted, counts_of, params

from tracemill.records.events.event import TodoChange
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.codex.exec_stream import CodexExec


def read(*lines: Any) -> Found:
    return read_with(CodexExec(), jsonl(STARTED, {"type": "turn.started"}, *lines))


def test_a_reply_is_one_step_up_to_its_first_result() -> None:
    found = read(
        item("reasoning", "r", text="Hm."),
        said("I look."),
        command("c1", event="started", status="in_progress"),
        command("c1", "a\nb", exit_code=0, status="completed"),
        said("Done."),
    )

    look, done = found.steps
    assert (look.speaker, look.text, look.reasoning) == ("agent", "I look.", "Hm.")
    assert [(made.name, made.arguments) for made in look.calls] == [("shell", {"command": "ls"})]
    assert [(made.content, made.status, made.exit_code) for made in look.results] == [
        ("a\nb", "ok", 0)
    ]
    assert done.text == "Done."
    assert (found.header.session_id, found.header.agent) == ("thread-1", "codex")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (command("c", exit_code=0), "ok"),
        (command("c", exit_code=1, status="completed"), "error"),
        (command("c", status="failed"), "error"),
        (command("c"), "unknown"),
        (item("file_change", "c", changes=[], status="completed"), "ok"),
        (item("file_change", "c", changes=[], status="failed"), "error"),
        (item("mcp_tool_call", "c", error={"message": "no"}, status="failed"), "error"),
        (item("web_search", "c", query="q"), "unknown"),
    ],
)
def test_how_a_call_ended(told: Any, status: str) -> None:
    (step,) = read(told).steps

    assert [made.status for made in step.results] == [status]


def test_a_call_of_a_server_is_named_after_both() -> None:
    blocks = {"content": [{"type": "text", "text": "one"}, {"type": "image"}]}
    (step,) = read(
        item("mcp_tool_call", "c", server="s", tool="t", arguments={"a": 1}, result=blocks)
    ).steps

    assert [(made.name, made.arguments) for made in step.calls] == [("mcp__s__t", {"a": 1})]
    assert step.results[0].content == 'one\n{"type":"image"}'


def test_a_call_that_never_ended_has_no_result() -> None:
    (step,) = read(command("c", event="started"), command("c", event="updated")).steps

    assert (len(step.calls), step.results) == (1, ())


def test_todos_are_told_when_they_change() -> None:
    def todos(event: str, *, is_done: bool) -> Any:
        return item("todo_list", "t", event, items=[{"text": "a", "completed": is_done}])

    found = read(
        todos("started", is_done=False),
        todos("updated", is_done=True),
        todos("completed", is_done=True),
    )

    told = [event.todos[0].status for event in found.events if isinstance(event, TodoChange)]
    assert told == ["pending", "completed"]
    assert found.tally.skipped == {"turn_started": 1, "todos_unchanged": 1}


def test_an_error_is_told_once() -> None:
    failed = {"type": "turn.failed", "error": {"message": "Busy"}}

    (step,) = read({"type": "error", "message": "Busy"}, failed).steps

    assert (step.text, step.is_error) == ("Busy", True)


def test_the_usage_is_that_of_the_whole_thread() -> None:
    found = read(
        said("a"),
        completed(input_tokens=10, cached_input_tokens=4, output_tokens=2),
        said("b"),
        completed(
            input_tokens=30, cached_input_tokens=14, output_tokens=5, reasoning_output_tokens=1
        ),
    )

    assert [step.text for step in found.steps] == ["a", "b"]
    assert found.header.total_usage == Usage(
        input_tokens=16, output_tokens=5, cache_read_tokens=14, reasoning_tokens=1
    )


def test_an_unknown_item_is_counted_by_its_name() -> None:
    assert read(item("newest", "n")).tally.skipped == {"turn_started": 1, "unknown_type:newest": 1}


@pytest.mark.foreign
@pytest.mark.parametrize("path", params("stream_json", "**/codex-exec.jsonl"))
def test_the_real_stream(path: Any) -> None:
    found = read_file(CodexExec(), path)

    assert_accounted(found)
    assert CodexExec().recognises(head_of(path))
    assert counts_of(found) == {
        "trajectories": 1,
        "agent steps": 1,
        "calls": 1,
        "results": 1,
        "ok results": 1,
        "input_tokens": 700,
        "cache_read_tokens": 200,
        "output_tokens": 55,
    }
