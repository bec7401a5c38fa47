"""What one reply, one result and one prompt of Codex become."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sources.codex.lines import call, event, item, message, meta, output, spent, turn, typed
from tests.sources.reading import jsonl, read

from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.codex import Codex

SOURCE = Codex()


def test_a_reply_is_one_step_up_to_its_first_result() -> None:
    data = jsonl(
        meta(),
        turn(),
        item("reasoning", summary=[{"type": "summary_text", "text": "Hm."}], encrypted_content="x"),
        event("agent_message", message="I look."),
        message("assistant", "I look."),
        call("c1", cmd="ls"),
        call("c2", cmd="pwd"),
        output("c1", "one"),
        output("c2", "two"),
        message("assistant", "Done."),
    )

    found = read(SOURCE, data)

    reply, last = found.steps
    assert (reply.speaker, reply.text, reply.reasoning) == ("agent", "I look.", "Hm.")
    assert [(made.name, made.arguments) for made in reply.calls] == [
        ("exec_command", {"cmd": "ls"}),
        ("exec_command", {"cmd": "pwd"}),
    ]
    assert [made.content for made in reply.results] == ["one", "two"]
    assert (last.text, last.model) == ("Done.", "model-1")
    assert found.tally.skipped == {"event_agent_message": 1}


@pytest.mark.parametrize("order", ["item first", "event first"])
def test_what_a_person_typed_is_told_once(order: str) -> None:
    told = [message("user", "Fix it"), typed("Fix it")]
    pair = told if order == "item first" else told[::-1]

    found = read(SOURCE, jsonl(meta(), message("user", "# AGENTS.md instructions for /srv"), *pair))

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "# AGENTS.md instructions for /srv"),
        ("user", "Fix it"),
    ]
    assert found.tally.n_used == 4


def test_the_same_words_twice_are_two_steps() -> None:
    again = [message("user", "continue"), typed("continue")]

    steps = read(SOURCE, jsonl(meta(), *again, message("assistant", "ok"), *again)).steps

    assert [step.speaker for step in steps] == ["user", "agent", "user"]


def test_a_typed_message_with_a_picture_is_told_once() -> None:
    content = [
        {"type": "input_text", "text": "<image name=[Image #1]>"},
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="},
        {"type": "input_text", "text": "Look"},
    ]

    found = read(SOURCE, jsonl(item("message", role="user", content=content), typed("Look")))

    (step,) = found.steps
    assert (step.speaker, step.n_images) == ("user", 1)
    assert "[image]" in step.text
    assert "iVBOR" not in str(found.records)


def test_items_that_no_event_tells_were_put_in() -> None:
    data = jsonl(message("user", "by a program"), message("user", "Fix it"), typed("Fix it"))

    assert [step.speaker for step in read(SOURCE, data).steps] == ["system", "user"]


def test_without_events_the_harness_is_known_by_how_it_begins() -> None:
    injected = "<environment_context><cwd>/srv/old</cwd></environment_context>"

    found = read(SOURCE, jsonl(message("user", injected), message("user", "Fix it")))

    assert [step.speaker for step in found.steps] == ["system", "user"]
    assert found.header.cwd == "/srv/old"


def test_a_developer_is_the_harness() -> None:
    (step,) = read(SOURCE, jsonl(message("developer", "a", "b"))).steps

    assert (step.speaker, step.text) == ("system", "a\n\nb")


BASE = {"text": "You are a coding agent."}


@pytest.mark.parametrize("told", [BASE, BASE["text"]], ids=["an object", "a text"])
def test_the_system_prompt_begins_what_sets_the_session_up(told: Any) -> None:
    rules = message("developer", "<permissions>", second=2)
    data = jsonl(meta(base_instructions=told), rules, message("user", "Fix it"), typed("Fix it"))

    first, second = read(SOURCE, data).steps

    assert (first.speaker, first.text) == ("system", "You are a coding agent.\n\n<permissions>")
    assert (first.span.start, first.span.end) == (0, data.index(b"\n", data.index(b"<perm")))
    assert (second.index, second.speaker) == (1, "user")


def test_the_system_prompt_also_begins_what_the_harness_puts_in() -> None:
    context = "<environment_context><cwd>/srv/old</cwd></environment_context>"
    data = jsonl(meta(base_instructions=BASE), message("user", context), typed("Fix it"))

    assert [(step.speaker, step.text) for step in read(SOURCE, data).steps] == [
        ("system", f"{BASE['text']}\n\n{context}"),
        ("user", "Fix it"),
    ]


LOOKALIKES = [
    "<environment_context><cwd>/srv/old</cwd></environment_context>",
    "# AGENTS.md instructions are what I wonder about",
    "<skill>like this one</skill>: what is it?",
]


@pytest.mark.parametrize("said", LOOKALIKES)
def test_the_system_prompt_never_begins_what_a_person_typed(said: str) -> None:
    lines = meta(base_instructions=BASE), message("user", said, second=3, id="m1"), typed(said)
    data = jsonl(*lines, message("assistant", "Done."))

    found = read(SOURCE, data)

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", BASE["text"]),
        ("user", said),
        ("agent", "Done."),
    ]
    ends = [at for at, byte in enumerate(data) if byte == ord("\n")]
    prompt, words, _ = found.steps
    assert [(step.span.start, step.span.end) for step in (prompt, words)] == [
        (0, ends[0]),
        (ends[0] + 1, ends[2]),
    ]
    assert (prompt.native_id, words.native_id) == (None, "m1")


def test_words_that_turn_out_late_to_be_a_persons_have_no_system_prompt_before_them() -> None:
    said = LOOKALIKES[0]
    lines = message("user", said), message("developer", "rules"), typed(said)

    steps = read(SOURCE, jsonl(meta(base_instructions=BASE), *lines)).steps

    assert [(step.speaker, step.text) for step in steps] == [("user", said), ("system", "rules")]


def test_a_system_prompt_that_nothing_else_sets_up_is_a_step_of_its_own() -> None:
    data = jsonl(meta(base_instructions=BASE), message("user", "Fix it"), typed("Fix it"))

    assert [(step.speaker, step.text) for step in read(SOURCE, data).steps] == [
        ("system", BASE["text"]),
        ("user", "Fix it"),
    ]


def test_a_turn_tells_the_system_prompt_where_the_header_does_not() -> None:
    later = turn(base_instructions="Another.", second=9)
    data = jsonl(meta(), turn(base_instructions="The first."), typed("Go"), later, typed("On"))

    assert [step.text for step in read(SOURCE, data).steps] == ["The first.", "Go", "On"]


@pytest.mark.parametrize("told", [None, {}, {"text": None}, {"text": " \n"}, 7, [], ""])
def test_a_system_prompt_that_is_none_is_no_step(told: Any) -> None:
    data = jsonl(meta(base_instructions=told), typed("Go"))

    assert [step.text for step in read(SOURCE, data).steps] == ["Go"]


def test_a_session_in_which_nothing_was_said_has_no_steps() -> None:
    assert not read(SOURCE, jsonl(meta(base_instructions=BASE), spent(5))).steps


def test_the_system_prompt_of_a_fork_is_not_a_copied_step() -> None:
    parent = "019ee000-0000-7000-8000-000000000009"
    copied = [meta(id=parent, base_instructions=BASE), message("developer", "rules")]
    own = message("user", "Go", second=5)
    data = jsonl(meta(base_instructions=BASE), *copied, own, typed("Go", 5))

    steps = read(SOURCE, data).steps

    assert [(step.text, step.is_replayed) for step in steps] == [
        ("You are a coding agent.", False),
        ("rules", True),
        ("Go", False),
    ]


def completed(kind: str, said: str) -> dict[str, Any]:
    content = [{"type": "text", "text": said}]
    return event("item_completed", item={"type": kind, "id": "i", "content": content})


def test_paginated_messages_stand_in_events_alone() -> None:
    data = jsonl(meta(), completed("UserMessage", "Fix it"), completed("AgentMessage", "Done."))

    assert [(step.speaker, step.text) for step in read(SOURCE, data).steps] == [
        ("user", "Fix it"),
        ("agent", "Done."),
    ]


def test_a_reply_that_stands_in_an_event_and_an_item_is_told_once() -> None:
    data = jsonl(meta(), completed("AgentMessage", "Done."), message("assistant", "Done."))

    found = read(SOURCE, data)

    assert [step.text for step in found.steps] == ["Done."]
    assert found.tally.skipped == {"duplicate_message": 1}


@pytest.mark.parametrize(
    ("said", "status", "exit_code", "content"),
    [
        ("Chunk ID: 1\nProcess exited with code 0\nOutput:\nyes", "ok", 0, None),
        ("Process exited with code 128\nOutput:\nfatal", "error", 128, None),
        ("Exit code: 1\nWall time: 0 seconds\nOutput:\n", "error", 1, None),
        ("Script failed\nWall time 0.0 seconds\nOutput:\nx", "error", None, None),
        ("Script failed\nScript error: no", "error", None, None),
        ("Script completed\nWall time 0.1 seconds\nOutput:\nx", "unknown", None, None),
        ("Script running with cell ID 4\nWall time 11.0 seconds\n", "unknown", None, None),
        ("Script failed, says the manual", "unknown", None, None),
        ("apply_patch verification failed: no such lines in a.py", "error", None, None),
        ("exec_command failed for `ls`: no process", "error", None, None),
        ("write_stdin failed: stdin is closed for this session", "error", None, None),
        ("failed to parse function arguments: missing field `cmd`", "error", None, None),
        ("unsupported call: look", "error", None, None),
        ("unsupported custom tool call: look", "error", None, None),
        ("Exit code: 0\nOutput:\nunsupported call: look", "ok", 0, None),
        ("It says: unsupported call: look", "unknown", None, None),
        ("Process running with session ID 7\nOutput:\nExit code: 1", "unknown", None, None),
        ("Plan updated", "unknown", None, None),
        (json.dumps({"output": "no", "metadata": {"exit_code": 2}}), "error", 2, "no"),
        (json.dumps({"output": "no", "metadata": None}), "unknown", None, "no"),
        ({"content": "broke", "success": False}, "error", None, "broke"),
        ({"content": "worked", "success": True}, "ok", None, "worked"),
        (
            [{"type": "input_text", "text": "seen"}, {"type": "input_image"}],
            "unknown",
            None,
            "seen\n[image]",
        ),
        ("aborted by user after 29.7s", "interrupted", None, None),
        ("Wall time: 50.9 seconds\naborted by user", "interrupted", None, None),
        ("Wall time: 50.9 seconds\nOutput:\naborted by user", "unknown", None, None),
        ("exec command rejected by user", "rejected", None, None),
        (None, "unknown", None, ""),
    ],
)
def test_how_a_call_ended(
    said: Any, status: str, exit_code: int | None, content: str | None
) -> None:
    (step,) = read(SOURCE, jsonl(call("c1"), output("c1", said))).steps

    (result,) = step.results
    assert (result.status, result.exit_code) == (status, exit_code)
    assert result.content == (said if content is None else content)


@pytest.mark.parametrize(
    "ending",
    [
        event("patch_apply_end", call_id="c1", success=False),
        event("mcp_tool_call_end", call_id="c1", result={"Err": "no"}),
        event("mcp_tool_call_end", call_id="c1", result={"Ok": {"isError": True}}),
        event("dynamic_tool_call_response", callId="c1", success=False),
    ],
)
def test_an_event_tells_a_failure_that_the_output_does_not(ending: dict[str, Any]) -> None:
    (step,) = read(SOURCE, jsonl(call("c1"), ending, output("c1"))).steps

    assert step.results[0].status == "error"


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ('{"cmd": "ls"}', {"cmd": "ls"}),
        ("{broken", {"input": "{broken"}),
        ("[1]", {"input": "[1]"}),
        ({"cmd": "ls"}, {"cmd": "ls"}),
        (None, {}),
        ("[" * 200, {"input": "[" * 200}),
    ],
)
def test_arguments_are_always_an_object(given: Any, arguments: dict[str, Any]) -> None:
    (step,) = read(SOURCE, jsonl(item("function_call", call_id="c1", arguments=given))).steps

    assert step.calls[0].arguments == arguments


@pytest.mark.parametrize(
    ("made", "name", "arguments"),
    [
        (
            item("custom_tool_call", name="apply_patch", input="*** Begin"),
            "apply_patch",
            {"input": "*** Begin"},
        ),
        (item("web_search_call", action={"query": "q"}), "web_search", {"query": "q"}),
        (item("tool_search_call", arguments={"query": "q"}), "tool_search", {"query": "q"}),
        (item("local_shell_call", action={"command": ["ls"]}), "local_shell", {"command": ["ls"]}),
        (item("function_call", name="ask", namespace="mcp__wiki"), "mcp__wiki__ask", {}),
        (item("function_call", name="_get", namespace="mcp__hub"), "mcp__hub_get", {}),
    ],
)
def test_every_kind_of_call_has_a_name(
    made: dict[str, Any], name: str, arguments: dict[str, Any]
) -> None:
    (step,) = read(SOURCE, jsonl(made)).steps

    assert (step.calls[0].name, step.calls[0].arguments) == (name, arguments)


def test_tokens_count_for_the_reply_before_them() -> None:
    found = read(
        SOURCE,
        jsonl(
            meta(),
            message("assistant", "a"),
            spent(10, last=10),
            spent(10, last=10),
            event("token_count", info=None),
            message("assistant", "b"),
            spent(16, last=6),
        ),
    )

    first, second = found.steps
    assert first.usage == Usage(
        input_tokens=60, output_tokens=10, cache_read_tokens=40, reasoning_tokens=5
    )
    assert second.usage == Usage(
        input_tokens=36, output_tokens=6, cache_read_tokens=24, reasoning_tokens=3
    )
    assert found.header.total_usage == Usage(
        input_tokens=96, output_tokens=16, cache_read_tokens=64, reasoning_tokens=8
    )
    assert found.tally.skipped == {"token_count_unchanged": 2}


def test_without_a_delta_the_difference_of_the_totals_counts() -> None:
    found = read(
        SOURCE, jsonl(message("assistant", "a"), spent(4), message("assistant", "b"), spent(10))
    )

    assert [step.usage and step.usage.output_tokens for step in found.steps] == [4, 6]


def test_thoughts_that_are_encrypted_are_passed_over_by_name() -> None:
    found = read(SOURCE, jsonl(item("reasoning", summary=[], encrypted_content="gAAAA")))

    assert found.steps == []
    assert found.tally.skipped == {"encrypted_reasoning": 1}


def test_what_another_agent_says_was_not_typed() -> None:
    content = [{"type": "input_text", "text": "report"}, {"type": "encrypted_content"}]

    (step,) = read(SOURCE, jsonl(item("agent_message", author="/a", content=content))).steps

    assert (step.speaker, step.text) == ("system", "report")
