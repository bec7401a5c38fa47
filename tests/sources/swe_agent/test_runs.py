"""What a SWE-agent run becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import Found, read
from tests.sources.swe_agent.runs import PLAIN, done, encoded, observed, reply, run, system, task

from tracemill.records.events.event import StatedOutcome
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.head import Head
from tracemill.sources.swe_agent import SweAgent


def read_run(history: list[Any], trajectory: list[Any], **more: Any) -> Found:
    return read(SweAgent(), encoded(run(history, trajectory, **more)))


def test_an_action_is_a_call_and_its_thought_the_text() -> None:
    found = read(SweAgent(), encoded(PLAIN))

    assert [step.speaker for step in found.steps] == ["system", "user", "agent", "agent"]
    step = found.steps[2]
    assert step.text == "Look first."
    assert [(call.name, call.arguments) for call in step.calls] == [("bash", {"command": "ls -F"})]
    assert [result.content for result in step.results] == ["a.py\n(Current directory: /app)"]
    assert step.results[0].call_id == step.calls[0].id


def test_how_the_last_command_ended_stands_in_the_trajectory_alone() -> None:
    found = read(SweAgent(), encoded(PLAIN))

    assert found.steps[3].results[0].content == "diff --git a/a.py b/a.py"
    assert found.tally.skipped == {"told_in_history": 1}


def test_tool_calls_keep_their_names_and_ids() -> None:
    function = {"name": "create", "arguments": '{"filename": "a.py"}'}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    answer = {"role": "tool", "content": "made", "agent": "main", "tool_call_ids": ["call_1"]}

    found = read_run([task(), reply("New file.", "create a.py", tool_calls=calls), answer], [])

    step = found.steps[1]
    assert (step.calls[0].name, step.calls[0].arguments) == ("create", {"filename": "a.py"})
    assert step.results[0].call_id == "call_1"


def test_a_run_without_history_is_read_from_what_was_done() -> None:
    found = read_run([], [done("Look.", "ls", "a.py"), done("Done.", "submit", "")])

    assert [(step.text, step.results[0].content) for step in found.steps] == [
        ("Look.", "a.py"),
        ("Done.", ""),
    ]


def test_what_was_done_after_the_history_ends_is_added() -> None:
    found = read_run(
        [task(), reply("Look.", "ls"), observed("a.py")],
        [done("Look.", "ls", "a.py"), done("Done.", "submit", "diff")],
    )

    assert [step.text for step in found.steps] == ["Fix the bug", "Look.", "Done."]


def test_the_header_names_each_folder_that_actions_worked_in() -> None:
    acted = [done("Look.", "ls", "a.py"), done("Go.", "cd /lib", "", folder="/lib")]
    found = read_run(
        [task(), reply("Look.", "ls"), observed("a.py"), reply("Go.", "cd /lib")], acted
    )

    assert found.header.folders == ("/app", "/lib")


def test_a_reply_that_the_history_took_back_is_skipped() -> None:
    found = read_run(
        [task(), reply("a", "ls"), observed("x"), reply("b", "submit")],
        [done("a", "ls", "x"), done("oops", "rm a", "gone"), done("b", "submit", "diff")],
    )

    assert [step.text for step in found.steps] == ["Fix the bug", "a", "b"]
    assert found.tally.skipped["not_in_history"] == 1


def test_a_demonstration_is_put_in_by_the_harness() -> None:
    found = read_run([system(), task("Watch this", is_demo=True), task(), reply("a", "ls")], [])

    assert [step.speaker for step in found.steps] == ["system", "system", "user", "agent"]


@pytest.mark.parametrize(
    ("observation", "status"),
    [
        ("Your proposed edit has introduced new syntax error(s). Please …", "error"),
        ("Your bash command contained syntax errors and was NOT executed.", "error"),
        ("The command 'sleep 99' was cancelled because it took more than 30 seconds.", "error"),
        ("EXECUTION TIMED OUT", "error"),
        ("The command 'ls' is in your PATH", "unknown"),
        ("Traceback (most recent call last):", "unknown"),
        ("grep: EXECUTION TIMED OUT", "unknown"),
    ],
)
def test_only_what_swe_agent_says_itself_is_a_failure(observation: str, status: str) -> None:
    found = read_run([task(), reply("a", "x"), observed(observation)], [])

    assert found.steps[1].results[0].status == status


def test_a_reply_without_an_action_makes_no_call() -> None:
    found = read_run([task(), reply("hm", ""), observed("Your output was not formatted")], [])

    step = found.steps[1]
    assert step.calls == ()
    assert [result.content for result in step.results] == ["Your output was not formatted"]


def test_the_exit_status_is_a_stated_outcome() -> None:
    (event,) = read(SweAgent(), encoded(PLAIN)).events

    assert isinstance(event, StatedOutcome)
    assert (event.fact, event.value, event.step) == ("exit_status", "submitted", 3)


@pytest.mark.parametrize("as_text", [False, True])
def test_settings_tell_what_was_worked_on_and_with_what(as_text: bool) -> None:
    settings: Any = {
        "agent": {"model": {"name": "m-1"}},
        "problem_statement": {"id": "a__b-1"},
        "env": {"repo": {"github_url": "https://example.org/a/b", "base_commit": "abc123"}},
    }
    info = {"exit_status": None, "model_stats": {"tokens_sent": 40, "tokens_received": 7}}

    found = read_run(
        [task(), reply("a", "ls")],
        [done("a", "ls", "", "/srv/b")],
        replay_config=encoded(settings).decode() if as_text else settings,
        info=info,
    )

    header = found.header
    assert (header.title, header.repository) == ("a__b-1", "https://example.org/a/b")
    assert (header.base_commit, header.cwd, header.models) == ("abc123", "/srv/b", ("m-1",))
    assert header.total_usage == Usage(input_tokens=40, output_tokens=7)
    assert found.steps[1].model == "m-1"
    assert found.events == []


def test_counts_that_nobody_made_are_unknown() -> None:
    assert read(SweAgent(), encoded(PLAIN)).header.total_usage is None


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (PLAIN, True),
        (run([], [done("a", "ls", "")]), True),
        ({"history": [task()]}, True),
        ({"history": [{"role": "user", "content": "x"}]}, False),
        ({"trajectory": [{"role": "user", "text": "x"}]}, False),
        ({"trajectory": [{"action": "initialize", "observation": None, "source": "user"}]}, False),
        ([PLAIN], False),
    ],
)
def test_runs_are_told_by_their_first_items(document: Any, expected: bool) -> None:
    assert SweAgent().recognises(Head(Path("x"), encoded(document))) is expected
