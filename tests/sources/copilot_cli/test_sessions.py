"""What the events of Copilot CLI become."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.copilot_cli.lines import (
    SESSION,
    call,
    denied,
    done,
    event,
    failed,
    reply,
    shutdown,
    start,
    user,
)
from tests.sources.reading import Found, jsonl
from tests.sources.reading import read as read_with

from tracemill.records.events.event import Compaction, Feedback, TodoChange
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.copilot_cli import CopilotCli


def read(*records: Any) -> Found:
    return read_with(CopilotCli(), jsonl(*records))


def feedback(found: Found) -> list[tuple[str, str | None, str | None, int | None]]:
    return [
        (told.action, told.text, told.call_id, told.step)
        for told in found.events
        if isinstance(told, Feedback)
    ]


def test_the_start_tells_where_and_in_which_version() -> None:
    header = read(start(selectedModel="model-1"), user("Go"), reply("Yes")).header

    assert (header.session_id, header.agent, header.agent_version) == (
        SESSION,
        "copilot-cli",
        "1.0.64",
    )
    assert (header.cwd, header.branch, header.base_commit, header.repository) == (
        "/srv/app",
        "main",
        "a" * 40,
        "o/r",
    )
    assert header.models == ("model-1",)


def test_a_session_may_go_on_in_another_folder() -> None:
    resumed = event("session.resume", 2, selectedModel="model-2", context={"cwd": "/srv/other"})

    found = read(start(), user("Go"), resumed, reply("Yes", 3))

    assert found.header.folders == ("/srv/app", "/srv/other")
    assert found.steps[-1].model == "model-2"


def test_a_message_is_a_step_that_its_results_join() -> None:
    found = read(
        start(),
        user("Go"),
        reply("I look.", 2, call("c1", command="ls"), call("c2"), reasoningText="Hm.", model="m"),
        event("tool.execution_start", 3, toolCallId="c1", toolName="bash", arguments={}),
        done("c2", "two"),
        done("c1", "one"),
        reply("Done.", 4),
    )

    said, look, last = found.steps
    assert (said.speaker, said.text, look.reasoning, look.model) == ("user", "Go", "Hm.", "m")
    assert [(made.id, made.arguments) for made in look.calls] == [
        ("c1", {"command": "ls"}),
        ("c2", {}),
    ]
    assert [(made.call_id, made.content, made.status) for made in look.results] == [
        ("c2", "two", "ok"),
        ("c1", "one", "ok"),
    ]
    assert last.text == "Done."
    assert found.tally.skipped == {"event_tool.execution_start": 1}


def test_parts_of_a_message_are_one_step() -> None:
    parts = [
        reply("One.", 2, messageId="m", outputTokens=3, chunkIndex=0),
        reply("Two.", 3, messageId="m", outputTokens=7, chunkIndex=1),
    ]

    (step,) = read(start(), *parts).steps

    assert (step.text, step.usage) == ("One.\n\nTwo.", Usage(output_tokens=7))


def test_thoughts_told_apart_belong_to_the_message_behind_them() -> None:
    thought = event("assistant.reasoning", 2, reasoningId="r", content="Hm.")

    for behind in (reply("Yes", 3), reply("Yes", 3, reasoningText="Hm.")):
        (step,) = read(start(), thought, behind).steps
        assert (step.text, step.reasoning) == ("Yes", "Hm.")


def test_arguments_in_a_text_are_decoded() -> None:
    asked = {"toolCallId": "c", "name": "bash", "arguments": '{"command":"ls"}'}

    (step,) = read(reply("", 2, asked)).steps

    assert step.calls[0].arguments == {"command": "ls"}


@pytest.mark.parametrize(
    ("ended", "status", "exit_code"),
    [
        (done("c", "fine"), "ok", None),
        (done("c", "x\n<shellId: 3 completed with exit code 0>"), "ok", 0),
        (done("c", "x\n<shellId: 3 completed with exit code 128>"), "error", 128),
        (done("c", "x\n<exited with exit code 1>\n"), "error", 1),
        (done("c", "x\n<exited with exit code 0>"), "ok", 0),
        (done("c", "it <exited with exit code 1>, they say"), "ok", None),
        (done("c", "<shellId: 3 completed with exit code 1> is what it said"), "ok", None),
        (failed("c", "Path does not exist"), "error", None),
        (failed("c", "denied by a hook", "denied"), "error", None),
        (failed("c", "The user rejected this tool call.", "rejected"), "rejected", None),
        (event("tool.execution_complete", 3, toolCallId="c"), "unknown", None),
    ],
)
def test_how_a_call_ended(ended: Any, status: str, exit_code: int | None) -> None:
    (step,) = read(reply("", 2, call("c")), ended).steps

    assert [(made.status, made.exit_code) for made in step.results] == [(status, exit_code)]


def test_a_failure_is_told_in_its_own_words() -> None:
    (step,) = read(reply("", 2, call("c")), failed("c", "Path does not exist")).steps

    assert step.results[0].content == "Path does not exist"


def test_a_person_who_refuses_a_call_is_heard_once() -> None:
    found = read(reply("", 2, call("c")), denied("c", "use the API"), failed("c", "no", "rejected"))

    assert feedback(found) == [("rejection", "use the API", "c", 0)]
    assert [(made.status, made.feedback) for made in found.steps[0].results] == [
        ("rejected", "use the API")
    ]


def test_a_refusal_that_only_the_error_tells_is_heard() -> None:
    found = read(reply("", 2, call("c")), failed("c", "no", "rejected"))

    assert feedback(found) == [("rejection", None, "c", 0)]


def test_the_question_tells_which_call_was_refused() -> None:
    result = {"kind": "denied-interactively-by-user"}
    found = read(
        reply("", 2, call("c")),
        event("permission.requested", 3, requestId="p", permissionRequest={"toolCallId": "c"}),
        event("permission.completed", 3, requestId="p", result=result),
    )

    assert feedback(found) == [("rejection", None, "c", 0)]


@pytest.mark.parametrize("kind", ["approved", "denied-by-rules", "cancelled"])
def test_only_a_person_refuses(kind: str) -> None:
    found = read(event("permission.completed", 3, requestId="p", result={"kind": kind}))

    assert found.events == []
    assert found.tally.skipped == {"event_permission.completed": 1}


@pytest.mark.parametrize(
    ("reason", "actions"),
    [
        ("user_initiated", ["interruption"]),
        ("user initiated", ["interruption"]),
        ("remote_command", ["interruption"]),
        ("autopilot_credit_limit", []),
    ],
)
def test_who_stopped_the_agent(reason: str, actions: list[str]) -> None:
    found = read(start(), reply("I go on"), event("abort", 3, reason=reason))

    assert [told[0] for told in feedback(found)] == actions


def test_words_of_a_person_while_the_agent_works_are_steering() -> None:
    found = read(start(), user("Go"), reply("Yes"), user("and b", 3, delivery="steering"))

    assert feedback(found) == [("steering", "and b", None, 1)]
    assert [step.speaker for step in found.steps] == ["user", "agent", "user"]


@pytest.mark.parametrize(
    "more", [{"source": "skill-pdf"}, {"source": "agent-1"}, {"isAutopilotContinuation": True}]
)
def test_what_a_program_put_in_was_not_typed(more: dict[str, Any]) -> None:
    (step,) = read(user("Go on", 1, **more)).steps

    assert (step.speaker, step.text) == ("system", "Go on")


def test_a_refused_plan_is_a_rejection() -> None:
    found = read(start(), event("exit_plan_mode.completed", 3, approved=False, feedback="smaller"))

    assert feedback(found) == [("rejection", "smaller", None, None)]


def test_an_approved_plan_is_told_of_the_step_that_proposed_it() -> None:
    asked = reply("A plan", 2, call("c1", "exit_plan_mode", summary="Read first."))

    found = read(start(), user("Go"), asked, event("exit_plan_mode.completed", 3, approved=True))

    assert feedback(found) == [("permission", None, "c1", 1)]


def test_the_system_prompt_is_told_once_until_it_changes() -> None:
    prompts = [event("system.message", n, content=said) for n, said in enumerate("aab")]

    found = read(start(), *prompts)

    assert [(step.speaker, step.text) for step in found.steps] == [("system", "a"), ("system", "b")]
    assert found.tally.skipped == {"repeated_system_message": 1}


def test_a_compaction_is_told_and_its_summary_is_replayed() -> None:
    found = read(
        start(),
        event(
            "session.compaction_complete",
            3,
            success=True,
            trigger="auto",
            preCompactionTokens=900,
            summaryContent="So far",
        ),
        event("session.compaction_complete", 4, success=False),
        event("session.truncation", 5, preTruncationTokensInMessages=80),
    )

    told = [(e.trigger, e.tokens_before) for e in found.events if isinstance(e, Compaction)]
    assert told == [("auto", 900), ("truncation", 80)]
    assert [(step.text, step.is_replayed) for step in found.steps] == [("So far", True)]
    assert found.tally.skipped == {"compaction_failed": 1}


def test_an_error_of_the_model_is_an_error_step() -> None:
    (step,) = read(start(), event("session.error", 3, message="Busy", statusCode=529)).steps

    assert (step.speaker, step.text, step.is_error) == ("agent", "Busy", True)


def test_the_end_tells_what_was_read_and_cached() -> None:
    found = read(
        start(),
        reply("Yes", 2, outputTokens=4),
        shutdown(inputTokens=10, outputTokens=4, cacheReadTokens=7, cacheWriteTokens=0),
    )

    assert found.header.total_usage == Usage(
        input_tokens=3, output_tokens=4, cache_read_tokens=7, cache_write_tokens=0
    )
    assert found.steps[0].usage == Usage(output_tokens=4)


def test_a_usage_of_all_zeros_is_unknown() -> None:
    found = read(start(), reply("Yes", 2, outputTokens=0), shutdown(inputTokens=0, outputTokens=0))

    assert (found.header.total_usage, found.steps[0].usage) == (None, None)


def test_a_subagent_is_a_trajectory_of_its_own() -> None:
    found = read(
        start(),
        reply("", 2, call("t1", "task")),
        event("subagent.started", 3, toolCallId="t1", agentName="explore"),
        event("user.message", 3, agent_id="a7", content="look for a", parentToolCallId="t1"),
        reply("", 4, call("c1"), parentToolCallId="t1", outputTokens=5),
        done("c1", "here", 5, parentToolCallId="t1"),
        done("t1", "a is here", 6),
        shutdown(inputTokens=10, outputTokens=8),
    )

    main, side = found.headers
    assert (side.parent_id, side.session_id, side.is_subagent) == (main.id, SESSION, True)
    assert [step.speaker for step in found.steps_of(side)] == ["system", "agent"]
    assert [made.content for step in found.steps_of(side) for made in step.results] == ["here"]
    assert [made.content for step in found.steps_of(main) for made in step.results] == ["a is here"]
    totals = [header.total_usage and header.total_usage.output_tokens for header in (main, side)]
    assert totals == [3, 5]


def test_pictures_are_counted_and_not_kept() -> None:
    picture = {"type": "blob", "mimeType": "image/png", "data": "iVBORw0KGgo="}

    found = read(user("Look", 1, attachments=[picture, {"type": "file", "path": "/srv/a.txt"}]))

    assert (found.steps[0].text, found.steps[0].n_images) == ("[image]\n\nLook", 1)
    assert "iVBOR" not in str(found.records)


def test_a_checklist_of_todos_is_told() -> None:
    asked = call("c", "update_todo", todos="# Plan\n- [x] a\n- [ ] b")

    found = read(start(), reply("", 2, asked))

    (told,) = [told for told in found.events if isinstance(told, TodoChange)]
    assert [(todo.text, todo.status) for todo in told.todos] == [
        ("a", "completed"),
        ("b", "pending"),
    ]
    assert (told.step, told.is_whole_list) == (0, True)


def test_what_a_person_took_back_stays_and_is_named() -> None:
    found = read(
        start(),
        user("One", 1),
        reply("First", 2),
        user("Two", 3),
        reply("Second", 4),
        event("session.snapshot_rewind", 5, upToEventId="e3", eventsRemoved=2),
        user("Three", 6),
    )

    assert [step.text for step in found.steps] == ["One", "First", "Two", "Second", "Three"]
    assert found.rewinds == [(2, 3)]


def test_a_rewind_to_an_event_that_is_gone_is_told_all_the_same() -> None:
    gone = event("session.snapshot_rewind", 5, upToEventId="x", eventsRemoved=2)

    found = read(start(), user("One", 1), gone)

    assert [step.text for step in found.steps] == ["One"]
    assert found.rewinds == [(None, 0)]


def test_an_unknown_event_is_counted_by_its_name() -> None:
    found = read(start(), event("session.Newest_Thing", 3), {"type": 3}, {"type": "abort"})

    assert found.tally.skipped == {
        "unknown_type:session-newest_thing": 1,
        "unknown_type:none": 1,
    }
    assert [bad.reason for bad in found.quarantined] == ["bad_shape"]
