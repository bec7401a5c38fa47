"""What was shown of a task, where nothing else is left of it."""

from __future__ import annotations

import pytest
from tests.sources.cline import tasks as cl
from tests.sources.reading import Found, read

from tracemill.records.events.event import Compaction, Feedback, TodoChange
from tracemill.sources.cline import Cline

TASK = (
    cl.say(1, "text", "Fix it"),
    cl.request(2, 10, 5, modelInfo={"modelId": "model-1"}),
    cl.say(3, "reasoning", "The lexer."),
    cl.say(4, "text", "I look."),
    cl.say(5, "tool", {"tool": "readFile", "path": "a.py"}),
    cl.request(6, 11, 6, modelInfo={"modelId": "model-1"}),
    cl.say(7, "command", "make", outer="ask"),
    cl.say(8, "command_output", "1 failed"),
    cl.say(9, "command_output", "done"),
    cl.say(10, "task_progress", "- [x] Look\n- [ ] Fix"),
    cl.say(11, "user_feedback", "Not so"),
    cl.say(12, "checkpoint_created"),
)


def read_shown(*messages: cl.Message) -> Found:
    return read(Cline(), cl.document(*messages))


def test_each_request_is_a_step() -> None:
    found = read_shown(*TASK)

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("user", "Fix it"),
        ("agent", "I look."),
        ("agent", ""),
        ("user", "Not so"),
    ]
    assert found.steps[1].reasoning == "The lexer."
    assert [call.name for step in found.steps for call in step.calls] == [
        "readFile",
        "execute_command",
    ]
    assert found.steps[2].results[0].content == "1 failed\ndone"
    assert found.header.models == ("model-1",)
    assert found.header.total_usage is not None
    assert found.header.total_usage.input_tokens == 21
    assert found.tally.skipped == {"say_checkpoint_created": 1}
    assert [type(event) for event in found.events] == [TodoChange]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (cl.say(3, "user_feedback_diff", {"diff": "+x"}), "edit"),
        (cl.say(3, "api_req_started", {"cancelReason": "user_cancelled"}), "interruption"),
    ],
)
def test_what_a_person_did_is_feedback(message: cl.Message, kind: str) -> None:
    found = read_shown(cl.say(1, "text", "Go"), message)

    assert [event.action for event in found.events if isinstance(event, Feedback)] == [kind]


def test_a_condensed_context_is_a_compaction() -> None:
    found = read_shown(cl.say(1, "text", "Go"), cl.say(2, "condense_context", "…"))

    assert [type(event) for event in found.events] == [Compaction]


def test_an_error_stands_where_the_agent_would_speak() -> None:
    found = read_shown(cl.say(1, "text", "Go"), cl.say(2, "error", "No key"))

    assert (found.steps[1].text, found.steps[1].is_error) == ("No key", True)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (cl.say(1, "text", "Fi", partial=True), "partial_message"),
        (cl.say(1, "dance"), "unknown_type:say-dance"),
        (cl.say(1, "completion_result", outer="ask"), "ask_completion_result"),
        ({"ts": 1, "type": "say", "say": 3}, "unknown_type:say"),
    ],
)
def test_what_holds_nothing_is_counted(message: cl.Message, reason: str) -> None:
    found = read_shown(message)

    assert found.tally.skipped == {reason: 1}
    assert found.headers == []
