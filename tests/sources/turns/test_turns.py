"""What a session of turns becomes, and that it comes out as it went in."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import Found, jsonl, read
from tests.sources.turns.sessions import FAILED, PLAIN, called, session, turn
from tests.trajectories import agent, calling, trajectory, user

from tracemill.base.difference import is_same
from tracemill.export.trajectories.known import Known
from tracemill.export.trajectories.turns import Turns as Exporter
from tracemill.records.events.event import Feedback
from tracemill.records.sessions.shown_tools import ShownTool
from tracemill.records.sessions.trajectory import ToolCall, ToolLevel, ToolResult
from tracemill.sources.head import Head
from tracemill.sources.turns import Turns

TEXTS = st.none() | st.sampled_from(["", "Go", "a\n\nb", "é🎉"])


def objects_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = ["type", "text", "status", "exit_code", "a"]
    return st.dictionaries(st.sampled_from(names), values, max_size=3)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "text"]),
    lambda inner: st.lists(inner, max_size=2) | objects_of(inner),
    max_leaves=4,
)


calls = st.fixed_dictionaries(
    {
        "tool": st.sampled_from(["lint", "diff"]),
        "args": objects_of(VALUES),
        "result": st.none() | objects_of(VALUES) | st.just(FAILED),
    },
    optional={
        "tool_level": st.none() | st.sampled_from(get_args(ToolLevel)),
        "tool_version": st.none() | st.just("0.4.1"),
        "tool_config": st.none() | objects_of(VALUES),
    },
)
responses = st.fixed_dictionaries(
    {},
    optional={
        "reasoning": TEXTS,
        "tool_calls": st.lists(calls, max_size=2),
        "response_text": TEXTS,
        "field_access": st.none() | st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "context_used": st.none() | st.just({"source": "turn_1.user_message", "value": ["x", 1]}),
        "decision_points": st.none()
        | st.just([{"source": "turn_1.tool_calls[0].result.n", "basis": "words", "more": 1}]),
        "more": VALUES,
    },
)
turns = st.fixed_dictionaries(
    {"turn_number": st.integers(0, 9)},
    optional={
        "user_message": TEXTS,
        "model_response": st.none() | responses,
        "user_feedback": st.none() | st.just({"type": "explicit_positive", "signal": "thumbs_up"}),
        "more": VALUES,
    },
).filter(lambda one: one.get("user_message") is not None or one.get("model_response") is not None)


def written(found: Found) -> dict[str, Any]:
    return Exporter().document(found.header, found.steps)


def plain_but(path: str, value: Any) -> bytes:
    """Return the plain session with another value at a path."""
    changed = json.loads(json.dumps(PLAIN))
    holder: Any = changed
    *names, last = (int(name) if name.isdigit() else name for name in path.split("."))
    for name in names:
        holder = holder[name]
    holder[last] = value
    return jsonl(changed)


def test_a_session_is_read_turn_by_turn() -> None:
    found = read(Turns(), jsonl(PLAIN))
    first, acting, said, _, failing = found.steps

    assert [step.speaker for step in found.steps] == ["user", "agent", "agent", "user", "agent"]
    assert (first.text, acting.reasoning, said.text) == (
        "What changed?", "A diff tells.", "One file changed.",
    )  # fmt: skip
    assert json.loads(acting.results[0].content)["files"] == ["a.py"]
    (result,) = failing.results
    assert (result.content, result.status, result.exit_code) == ("no such path", "error", 2)
    assert found.header.session_id == "made-up-1"
    assert found.header.started is None, "a time without a zone is no moment"
    assert found.header.ended is not None
    assert found.stated == {"resolved": True, "feedback": "positive"}
    assert not found.quarantined


@pytest.mark.parametrize(
    ("signal", "actions"),
    [("thumbs_up", ["approval"]), ("thumbs-down", ["disapproval"]), ("\U0001f44d", ["approval"]),
     ("continued_workflow", []), ("rejection", [])],
)  # fmt: skip
def test_a_thumb_is_what_the_person_did_to_the_response(signal: str, actions: list[str]) -> None:
    told = {"type": "explicit", "signal": signal, "timestamp": "2026-03-01T10:01:30Z"}
    line = session(
        {**turn(1, "Lint it", called("lint", FAILED), said="No."), "user_feedback": told}
    )
    found = read(Turns(), jsonl(line))
    heard = [event for event in found.events if isinstance(event, Feedback)]

    assert [event.action for event in heard] == actions
    assert all(event.step == found.steps[-1].index for event in heard)
    assert all(event.at is not None for event in heard)


def test_a_thumb_without_a_response_is_about_nothing() -> None:
    alone = {"turn_number": 1, "user_message": "Go", "user_feedback": {"type": "x", "signal": "👎"}}

    assert not [e for e in read(Turns(), jsonl(session(alone))).events if isinstance(e, Feedback)]


@given(st.lists(turns, min_size=1, max_size=3), VALUES)
def test_what_was_read_is_written_again(held: list[dict[str, Any]], more: Any) -> None:
    document = json.loads(json.dumps(session(*held, more=more)))

    assert is_same(written(read(Turns(), jsonl(document))), document)


def test_what_we_wrote_is_written_again() -> None:
    answer = ToolResult(call_id="c5", content='{"n": [1, 2.5]}', status="ok", exit_code=0)
    steps = [
        agent(0, "Hello"),
        user(1),
        calling(2),
        agent(3, "one", reasoning="Think"),
        user(4),
        agent(5, "two", calls=(ToolCall(id="c5", name="Bash"),), results=(answer,)),
        calling(6, None),
    ]
    document = Exporter().document(trajectory(7), steps)

    assert is_same(written(read(Turns(), Exporter().encode(document))), json_of(document))


def json_of(document: Any) -> Any:
    return json.loads(json.dumps(document))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("session_id", 1),
        ("start_time", 5),
        ("end_time", []),
        ("outcome", True),
        ("metadata.total_turns", "2"),
        ("metadata.total_tool_calls", -1),
        ("metadata.cross_tool_dependencies", 0.5),
        ("metadata.user_satisfaction", 1),
        ("metadata.completion_reason", {}),
    ],
)
def test_a_session_with_a_wrong_type_is_refused_with_its_path(path: str, value: Any) -> None:
    found = read(Turns(), plain_but(path, value))

    assert [record.detail.partition("at `$.")[2] for record in found.quarantined] == [f"{path}`"]
    assert not found.steps


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("turn_number", "1"),
        ("user_message", 1),
        ("model_response", []),
        ("model_response.reasoning", 1),
        ("model_response.tool_calls", {}),
        ("model_response.tool_calls.0.tool", 1),
        ("model_response.tool_calls.0.args", "x"),
        ("model_response.tool_calls.0.result", "x"),
        ("model_response.tool_calls.0.tool_level", "expert"),
        ("model_response.tool_calls.0.tool_version", 4),
        ("model_response.tool_calls.0.tool_config", "strict"),
        ("model_response.response_text", {}),
        ("model_response.field_access", "files"),
        ("model_response.decision_points", "if"),
        ("model_response.decision_points.0.source", 1),
        ("model_response.decision_points.0.chosen", "lint"),
        ("model_response.context_used", {"source": 1, "value": 1}),
        ("user_feedback.type", 1),
        ("user_feedback.signal", None),
        ("user_feedback.timestamp", 5),
    ],
)
def test_a_turn_with_a_wrong_type_is_refused_and_the_rest_is_read(path: str, value: Any) -> None:
    found = read(Turns(), plain_but(f"turns.0.{path}", value))

    (refused,) = found.quarantined
    expected = path.replace(".0", "[0]")
    assert f"at `$.turns[0].{expected}" in refused.detail
    assert [step.text for step in found.steps if step.speaker == "user"] == ["Lint it"]


def test_what_a_call_tells_of_its_tool_is_kept() -> None:
    told = {"tool_level": "code", "tool_version": "0.4.1", "tool_config": {"strict": True}}
    line = session(turn(1, "Go", {**called("lint", None), **told}, called("diff", None)))
    (_, step) = read(Turns(), jsonl(line)).steps

    lint, diff = step.calls
    assert (lint.tool_level, lint.tool_version, lint.tool_config) == tuple(told.values())
    assert (diff.tool_level, diff.tool_version, diff.tool_config) == ("fixed", None, None)


def test_what_a_session_shows_of_its_tools_is_written() -> None:
    steps = [user(0), calling(1), calling(2, command="bun test")]
    (made,) = steps[2].calls
    known = Known(tools={made.id: ShownTool(level="generated", version="1.3.5")})

    (told,) = Exporter().document(trajectory(3), steps, known=known)["turns"]

    calls = told["model_response"]["tool_calls"]
    assert [(one["tool_level"], one["tool_version"]) for one in calls] == [
        ("fixed", None),
        ("generated", "1.3.5"),
    ]


def test_a_refusal_does_not_repeat_what_stands_there() -> None:
    wrong = {**called("lint", None), "tool_level": "hunter2 of ada"}
    found = read(Turns(), jsonl(session(turn(1, "Go", wrong))))

    (refused,) = found.quarantined
    assert refused.detail == (
        "expected one of the known words, found another "
        "at `$.turns[0].model_response.tool_calls[0].tool_level`"
    )


def test_a_turn_in_which_nobody_speaks_is_refused() -> None:
    empty = {"turn_number": 2}
    found = read(Turns(), jsonl(session(turn(1, "Go"), empty)))

    assert "found neither at `$.turns[1]`" in found.quarantined[0].detail


def test_a_line_is_told_by_its_first_turn() -> None:
    line = jsonl(PLAIN)
    other = copy.deepcopy(PLAIN)
    del other["session_id"]

    assert Turns().recognises(Head(Path("x"), line))
    assert Turns().recognises(Head(Path("x"), line[:600], n_bytes=len(line)))
    assert not Turns().recognises(Head(Path("x"), jsonl(other)))
    assert not Turns().recognises(Head(Path("x"), jsonl(session())))


def test_calls_without_a_result_stay_open() -> None:
    (_, step) = read(Turns(), jsonl(session(turn(1, "Go", called("lint", None))))).steps

    assert (len(step.calls), step.results) == (1, ())
