"""What a mini-SWE-agent run becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.mini_swe_agent.runs import (
    BARE,
    NEW,
    SYSTEM,
    TASK,
    acted,
    answered,
    encoded,
    returned,
    run,
    said,
)
from tests.sources.reading import Found, read

from tracemill.records.events.event import Feedback
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.head import Head
from tracemill.sources.mini_swe_agent import MiniSweAgent


def read_run(*messages: dict[str, Any], **info: Any) -> Found:
    return read(MiniSweAgent(), encoded(run(*messages, **info)))


def test_a_bare_list_of_messages_is_one_run() -> None:
    found = read(MiniSweAgent(), encoded(BARE))

    assert [step.speaker for step in found.steps] == ["system", "user", "agent", "agent"]
    step = found.steps[2]
    assert step.text == "Look."
    assert step.calls[0].arguments == {"command": "ls"}
    assert (step.results[0].status, step.results[0].exit_code) == ("error", 1)


def test_what_each_command_returned_joins_it() -> None:
    step = read(MiniSweAgent(), encoded(NEW)).steps[2]

    assert [call.arguments["command"] for call in step.calls] == ["ls", "pwd"]
    assert [(r.call_id, r.status, r.exit_code, r.content) for r in step.results] == [
        ("c0", "ok", 0, "a.py"),
        ("c1", "error", 2, "oh"),
    ]


def test_commands_of_a_text_are_those_that_its_extra_names() -> None:
    extra = {"actions": [{"command": "ls -l"}]}

    found = read_run(TASK, {**said("Look.", "ls"), "extra": extra}, returned(0, "a.py"))

    assert found.steps[1].calls[0].arguments == {"command": "ls -l"}
    assert found.steps[1].text.startswith("Look.")


@pytest.mark.parametrize("fence", ["bash", "mswea_bash_command"])
def test_the_one_block_of_a_text_is_its_command(fence: str) -> None:
    found = read_run(TASK, said("Look.", "ls", fence))

    assert [call.arguments for call in found.steps[1].calls] == [{"command": "ls"}]


@pytest.mark.parametrize(
    "text", ["no block", "```bash\nls\n```\n```bash\npwd\n```", "```py\nx\n```"]
)
def test_a_reply_with_no_or_several_blocks_ran_nothing(text: str) -> None:
    found = read_run(TASK, {"role": "assistant", "content": text}, {**TASK, "content": "Give one"})

    step = found.steps[1]
    assert (step.text, step.calls) == (text, ())
    assert [result.content for result in step.results] == ["Give one"]


def test_a_response_with_items_is_a_reply() -> None:
    message = {"type": "message", "content": [{"type": "output_text", "text": "Look."}]}
    reply = {
        "object": "response",
        "output": [message],
        "extra": {"actions": [{"command": "ls", "tool_call_id": "c7"}]},
    }
    output = {"type": "function_call_output", "call_id": "c7", "output": "a.py"}

    step = read_run(TASK, reply, output).steps[1]

    assert (step.speaker, step.text) == ("agent", "Look.")
    assert [(result.call_id, result.content) for result in step.results] == [("c7", "a.py")]


@pytest.mark.parametrize(
    ("extra", "content", "action", "words"),
    [
        (
            {"interrupt_type": "UserRejection"},
            "Commands not executed. The user rejected your commands with the following message: no",
            "rejection",
            "no",
        ),
        ({}, "Interrupted by user: wait", "interruption", "wait"),
        ({"interrupt_type": "UserInterruption"}, "Switched to human mode.", "interruption", None),
    ],
)
def test_a_person_who_refuses_or_stops_is_heard(
    extra: dict[str, Any], content: str, action: str, words: str | None
) -> None:
    message = {"role": "user", "content": content, "extra": extra}

    found = read_run(TASK, said("Look.", "ls"), message)

    (event,) = [event for event in found.events if isinstance(event, Feedback)]
    assert (event.action, event.text) == (action, words)
    status = [result.status for result in found.steps[1].results]
    assert status == (["rejected"] if action == "rejection" else [])


def test_a_new_task_is_typed_by_a_person() -> None:
    extra = {"interrupt_type": "UserNewTask"}
    message = {"role": "user", "content": "The user added a new task: And b", "extra": extra}

    found = read_run(TASK, said("Look.", "ls"), returned(0, "a"), message)

    assert (found.steps[-1].speaker, found.steps[-1].text) == ("user", "And b")


def test_the_run_says_with_what_and_how_it_came_out() -> None:
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    config = {"model": {"model_name": "x/m-1"}, "environment": {"cwd": "/testbed"}}
    exit_message = {"role": "exit", "content": "", "extra": {"exit_status": "Submitted"}}

    found = read_run(
        TASK,
        acted("Look.", "ls", response={"model": "m-1", "usage": usage}),
        answered(0, 0, "a"),
        exit_message,
        mini_version="2.4.6",
        config=config,
    )

    header = found.header
    assert (header.agent_version, header.cwd, header.models) == (
        "2.4.6",
        "/testbed",
        ("x/m-1", "m-1"),
    )
    assert header.total_usage == Usage(input_tokens=6, output_tokens=3, cache_read_tokens=4)
    assert found.stated == {"exit_status": "Submitted"}
    assert found.tally.skipped == {"exit": 1}
    assert header.started is not None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (BARE, True),
        (NEW, True),
        ({"messages": [], "info": {"model_stats": {}}}, True),
        ([TASK], False),
        ({"messages": [SYSTEM, TASK]}, False),
        ({"info": {"exit_status": "x"}, "history": []}, False),
    ],
)
def test_runs_are_told_by_what_they_say_of_themselves(document: Any, expected: bool) -> None:
    assert MiniSweAgent().recognises(Head(Path("x"), encoded(document))) is expected
