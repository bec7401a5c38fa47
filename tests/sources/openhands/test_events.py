"""What the events of an OpenHands V0 session become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.sources.openhands.sessions import PLAIN, V1, acted, asked, encoded, seen
from tests.sources.reading import Found, read

from tracemill.records.events.event import Compaction, Feedback
from tracemill.records.sessions.trajectory import Usage
from tracemill.sources.head import Head
from tracemill.sources.openhands import OpenHands
from tracemill.sources.reading.json_fields import MAX_DEPTH


def read_events(*events: Any) -> Found:
    return read(OpenHands(), encoded(list(events)))


def test_what_the_agent_does_is_a_call_that_its_observation_answers() -> None:
    found = read(OpenHands(), encoded(PLAIN))

    assert [step.speaker for step in found.steps] == ["user", "agent", "agent", "agent"]
    shell, python, last = found.steps[1:]
    assert (shell.text, shell.calls[0].name) == ("Run them.", "execute_bash")
    assert shell.calls[0].arguments == {"command": "pytest"}
    assert (shell.results[0].status, shell.results[0].exit_code) == ("error", 1)
    assert (python.calls[0].name, python.results[0].status) == ("execute_ipython_cell", "unknown")
    assert (last.text, last.calls) == ("One fails.", ())
    assert {step.model for step in found.steps[1:]} == {"m-1"}


def test_names_ids_and_tokens_are_those_of_the_tool_call() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 2,
        "prompt_tokens_details": {"cached_tokens": 4},
    }
    told = {
        "function_name": "str_replace_editor",
        "tool_call_id": "toolu_1",
        "model_response": {"id": "r1", "model": "m-2", "usage": usage},
    }
    one = {**acted(2, "edit", path="a.py"), "tool_call_metadata": told}
    other = {**acted(3, "read", path="a.py"), "tool_call_metadata": {**told, "tool_call_id": "t2"}}

    found = read_events(asked(1, "x"), one, other, seen(4, "read", "b", 3), seen(5, "edit", "a", 2))

    assert found.steps[1].calls[0].name == "str_replace_editor"
    assert [step.results[0].content for step in found.steps[1:]] == ["a", "b"]
    assert found.header.total_usage == Usage(input_tokens=5, output_tokens=2, cache_read_tokens=4)
    assert found.header.models == ("m-2",)


@pytest.mark.parametrize(
    ("observation", "extras", "status"),
    [
        ("run", {"exit_code": 0}, "ok"),
        ("run", {"metadata": {"exit_code": 2}}, "error"),
        ("run", {"exit_code": -1}, "unknown"),
        ("error", {}, "error"),
        ("browse", {"error": True}, "error"),
        ("read", {}, "unknown"),
    ],
)
def test_how_a_call_ended_is_what_its_event_says(
    observation: str, extras: dict[str, Any], status: str
) -> None:
    found = read_events(asked(1, "x"), acted(2, "run"), seen(3, observation, "", 2, **extras))

    assert found.steps[1].results[0].status == status


def test_a_call_that_is_nested_too_deeply_is_quarantined_alone() -> None:
    nested: Any = []
    for _ in range(MAX_DEPTH):
        nested = [nested]

    found = read_events(
        asked(1, "Go"), acted(2, "run", command=nested), acted(3, "run", command="ls")
    )

    assert [bad.reason for bad in found.quarantined] == ["bad_shape"]
    assert [call.arguments for step in found.steps for call in step.calls] == [{"command": "ls"}]


def test_a_refused_call_is_a_rejection() -> None:
    found = read_events(asked(1, "x"), acted(2, "run"), seen(3, "user_rejected", "Not now", 2))

    assert found.steps[1].results[0].status == "rejected"
    (event,) = found.events
    assert isinstance(event, Feedback)
    assert (event.action, event.text, event.step) == ("rejection", "Not now", 1)


def test_a_pause_is_an_interruption_and_a_condensation_a_compaction() -> None:
    pause = acted(2, "change_agent_state", "environment", agent_state="paused")

    found = read_events(asked(1, "x"), pause, acted(3, "condensation", forgotten_event_ids=[1]))

    assert [type(event) for event in found.events] == [Feedback, Compaction]


def test_what_answers_nothing_is_said_by_the_harness() -> None:
    found = read_events(asked(1, "x"), seen(2, "error", "The server was restarted"))

    assert [step.speaker for step in found.steps] == ["user", "system"]


def test_what_a_session_states_of_its_outcome_is_kept() -> None:
    row = {"version": "1.0", "feedback": "positive", "id": "244", "trajectory": PLAIN}

    found = read(OpenHands(), encoded([row]))

    assert found.stated == {"agent_state": "finished", "feedback": "positive"}
    assert found.tally.skipped == {"agent_state_changed": 1}
    assert found.header.session_id == found.header.id


def test_rows_of_an_evaluation_hold_a_history() -> None:
    row = {"instance_id": "a__b-1", "history": PLAIN, "resolved": True}

    found = read(OpenHands(), encoded(row) + b"\n")

    assert found.header.title == "a__b-1"
    assert found.stated["resolved"] is True


def test_rows_may_hold_events_of_v1() -> None:
    found = read(OpenHands(), encoded([{"instance_id": "a__b-1", "history": V1, "resolved": True}]))

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("user", "Fix it"),
        ("agent", "Look."),
    ]
    assert found.steps[1].calls[0].arguments == {"command": "ls"}
    assert (found.header.title, found.stated) == ("a__b-1", {"resolved": True})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (PLAIN, True),
        ([{"trajectory": PLAIN}], True),
        ({"history": PLAIN}, True),
        ({"history": [{"role": "user", "content": "x"}]}, False),
        (V1, True),
        ([{"source": "agent", "kind": "NoteEvent"}], False),
        ([{"source": "agent", "type": "MessageEvent"}], False),
        ([{"source": "robot", "message": "", "action": "run"}], False),
    ],
)
def test_sessions_are_told_by_their_first_event(document: Any, expected: bool) -> None:
    assert OpenHands().recognises(Head(Path("x"), encoded(document))) is expected
