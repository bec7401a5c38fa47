"""What a conversation folder of OpenHands V1 becomes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sources.reading import Found, read

from tracemill.records.events.event import Compaction, Feedback
from tracemill.sources.head import Head
from tracemill.sources.openhands import OpenHandsFolder

STATE = {
    "id": "0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f",
    "agent": {"llm": {"model": "m-1"}},
    "workspace": {"working_dir": "/srv/app"},
}


def text(said: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": said}]


def event(kind: str, source: str = "agent", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "source": source, "timestamp": "2026-03-01T10:00:00", **more}


def message(said: str, source: str) -> dict[str, Any]:
    role = "assistant" if source == "agent" else "user"
    return event("MessageEvent", source, llm_message={"role": role, "content": text(said)})


def acted(call_id: str, **arguments: Any) -> dict[str, Any]:
    call = {"id": call_id, "name": "terminal", "arguments": json.dumps(arguments)}
    more: dict[str, Any] = {"tool_name": "terminal", "tool_call_id": call_id, "tool_call": call}
    action = {"kind": "TerminalAction", **arguments, "timeout": None}
    return event("ActionEvent", thought=text("Look."), action=action, **more)


def observed(call_id: str, said: str, **more: Any) -> dict[str, Any]:
    observation = {"kind": "TerminalObservation", "content": text(said), **more}
    return event("ObservationEvent", "environment", tool_call_id=call_id, observation=observation)


def read_folder(tmp_path: Path, *events: Any, state: Any = STATE) -> Found:
    (tmp_path / "events").mkdir()
    (tmp_path / "base_state.json").write_text(json.dumps(state))
    (tmp_path / "notes.txt").write_text("no part of it")
    for number, each in enumerate(events):
        data = each if isinstance(each, str) else json.dumps(each)
        (tmp_path / "events" / f"event-{number:05}-{number}.json").write_text(data)
    with OpenHandsFolder().open(tmp_path) as opened:
        return read(OpenHandsFolder(), opened.read())


def test_events_become_steps_in_their_order(tmp_path: Path) -> None:
    prompt = event("SystemPromptEvent", system_prompt=text("You are an agent.")[0])
    finish = {"kind": "FinishAction", "message": "Done."}

    found = read_folder(
        tmp_path,
        prompt,
        message("List the files", "user"),
        acted("c1", command="ls"),
        observed("c1", "a.py", exit_code=0),
        event("ActionEvent", tool_name="finish", tool_call_id="c2", action=finish, thought=[]),
    )

    assert [(step.speaker, step.text) for step in found.steps] == [
        ("system", "You are an agent."),
        ("user", "List the files"),
        ("agent", "Look."),
        ("agent", "Done."),
    ]
    step = found.steps[2]
    assert (step.calls[0].name, step.calls[0].arguments) == ("terminal", {"command": "ls"})
    assert (step.results[0].content, step.results[0].status) == ("a.py", "ok")
    header = found.header
    assert (header.session_id, header.cwd, header.models) == (STATE["id"], "/srv/app", ("m-1",))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (observed("c1", "oh", exit_code=2), "error"),
        (observed("c1", "oh", metadata={"exit_code": 2}), "error"),
        (observed("c1", "oh", exit_code=-1), "unknown"),
        (observed("c1", "oh", is_error=True), "error"),
        (event("AgentErrorEvent", tool_call_id="c1", error="oh"), "error"),
        (event("UserRejectObservation", tool_call_id="c1", rejection_reason="oh"), "rejected"),
    ],
)
def test_how_a_call_ended_is_what_its_event_says(tmp_path: Path, answer: Any, status: str) -> None:
    found = read_folder(tmp_path, message("x", "user"), acted("c1", command="ls"), answer)

    assert [(r.status, r.content) for r in found.steps[1].results] == [(status, "oh")]


def test_a_refusal_is_feedback_with_its_reason(tmp_path: Path) -> None:
    refusal = event("UserRejectObservation", "user", tool_call_id="c1", rejection_reason="No")

    (told,) = read_folder(tmp_path, acted("c1", command="rm a"), refusal).events

    assert isinstance(told, Feedback)
    assert (told.action, told.text) == ("rejection", "No")


def test_a_call_that_a_hook_refuses_is_no_feedback(tmp_path: Path) -> None:
    refusal = event(
        "UserRejectObservation", tool_call_id="c1", rejection_reason="No", rejection_source="hook"
    )

    found = read_folder(tmp_path, acted("c1", command="rm a"), refusal)

    assert found.steps[0].results[0].status == "error"
    assert found.events == []


@pytest.mark.parametrize(
    "thinking",
    [
        {"reasoning_content": "Hm"},
        {"thinking_blocks": [{"type": "thinking", "thinking": "Hm"}], "reasoning_content": None},
    ],
)
def test_thoughts_stand_in_either_form(tmp_path: Path, thinking: Any) -> None:
    (step,) = read_folder(tmp_path, {**acted("c1", command="ls"), **thinking}).steps

    assert (step.reasoning, step.text) == ("Hm", "Look.")


def test_pauses_interrupt_and_condensations_compact(tmp_path: Path) -> None:
    events = [event("PauseEvent", "user"), event("Condensation", forgotten_event_ids=[])]

    found = read_folder(tmp_path, message("x", "user"), *events)

    assert [type(each) for each in found.events] == [Feedback, Compaction]


def test_every_file_is_accounted_for(tmp_path: Path) -> None:
    update = event("ConversationStateUpdateEvent", "environment", key="stats", value={})

    found = read_folder(tmp_path, message("x", "user"), update, event("NewEvent"), '{"cut')

    assert found.tally.n_lines == 5
    assert found.tally.skipped == {
        "conversationstateupdateevent": 1,
        "unknown_type:newevent": 1,
    }
    assert [each.reason for each in found.quarantined] == ["truncated"]


def test_a_step_leads_back_to_its_bytes(tmp_path: Path) -> None:
    found = read_folder(tmp_path, message("Here I am", "user"))
    with OpenHandsFolder().open(tmp_path) as opened:
        data = opened.read()

    (step,) = found.steps
    assert json.loads(data[step.span.start : step.span.end])["kind"] == "MessageEvent"


def test_a_folder_is_told_by_what_stands_in_it() -> None:
    names = frozenset({"base_state.json", "events", "tmp"})

    assert OpenHandsFolder().recognises(Head(Path("x"), b"", names))
    assert not OpenHandsFolder().recognises(Head(Path("x"), b"", frozenset({"events"})))
