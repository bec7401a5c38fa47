"""A session as a line of turns: what each holds, and what is told of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from tests.trajectories import START, agent, calling, step, trajectory, user
from tracemill.export.trajectories.known import Known
from tracemill.export.trajectories.turns import Turns
from tracemill.label.activity.value_flow import value_flows
from tracemill.records.sessions.decision_points import (
    ChosenCall,
    DecidingResult,
    DecisionPoint,
    Offer,
)
from tracemill.records.sessions.reactions import STRENGTHS, Reaction, ReactionKind
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

HEADER = trajectory(7)


def calls(index: int, tool: str, answer: str, **arguments: Any) -> Step:
    call = ToolCall(id=f"c{index}", name=tool, arguments=arguments)
    result = ToolResult(call_id=call.id, content=answer, status="ok")
    return agent(index, "", calls=(call,), results=(result,))


STEPS = [
    step(0, "system", "rules"),
    user(1, "What changed?"),
    calls(2, "git_diff", '{"type": "Diff", "n": 2, "files": ["src/app.py"]}', staged=False),
    agent(3, "One file.", reasoning="Look first."),
    user(4, "Lint it", at=START + timedelta(minutes=2)),
    calls(5, "ruff_check", '{"n": 0}', path="src/app.py"),
    agent(6, "It is clean."),
]


DECIDED = DecisionPoint(
    deciding=DecidingResult(step=2, call_id="c2", action="git_diff", value="src/app.py"),
    basis="words",
    condition="src/app.py changed.",
    offer=Offer(step=3, start=0, end=9, answered=4, reaction="continuation"),
    chosen=(ChosenCall(step=5, call_id="c5", action="ruff_check"),),
)


def reaction(at: int, kind: ReactionKind) -> Reaction:
    return Reaction(step=at, kind=kind, strength=STRENGTHS[kind], confidence=1.0, rule="test")


def document(steps: list[Step] = STEPS, **known: Any) -> dict[str, Any]:
    return Turns().document(HEADER, steps, known=Known(**known))


FIXED = {"tool_level": "fixed", "tool_version": None, "tool_config": None}


def turns(*steps: Step, **known: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document(list(steps), **known)["turns"]
    return found


def test_a_session_is_one_line_with_all_that_is_known() -> None:
    flows = value_flows(HEADER, STEPS).flows
    whole = document(
        outcome="achieved",
        flows=flows,
        reactions=(reaction(4, "continuation"),),
        fields={3: ("n",)},
        decisions=(DECIDED,),
    )
    (line,) = Turns().encode(whole).splitlines()

    assert json.loads(line) == {
        "session_id": "s1",
        "start_time": "2026-03-01T10:00:00.000Z",
        "end_time": "2026-03-01T11:00:00.000Z",
        "outcome": "success",
        "turns": [
            {
                "turn_number": 1,
                "user_message": "What changed?",
                "model_response": {
                    "reasoning": "Look first.",
                    "context_used": None,
                    "tool_calls": [
                        {
                            "tool": "git_diff",
                            "args": {"staged": False},
                            "result": {"type": "Diff", "n": 2, "files": ["src/app.py"]},
                            **FIXED,
                        }
                    ],
                    "response_text": "One file.",
                    "field_access": ["n"],
                    "decision_points": [],
                },
                "user_feedback": {
                    "type": "implicit_positive",
                    "signal": "continued_workflow",
                    "timestamp": "2026-03-01T10:02:00.000Z",
                },
            },
            {
                "turn_number": 2,
                "user_message": "Lint it",
                "model_response": {
                    "reasoning": None,
                    "context_used": {
                        "source": "turn_1.tool_calls[0].result.files",
                        "value": ["src/app.py"],
                    },
                    "tool_calls": [
                        {
                            "tool": "ruff_check",
                            "args": {"path": "src/app.py"},
                            "result": {"type": None, "n": 0},
                            **FIXED,
                        }
                    ],
                    "response_text": "It is clean.",
                    "field_access": None,
                    "decision_points": [
                        {
                            "source": "turn_1.tool_calls[0].result.files",
                            "basis": "words",
                            "condition": "src/app.py changed.",
                            "agreed": True,
                            "chosen": ["ruff_check"],
                        }
                    ],
                },
                "user_feedback": None,
            },
        ],
        "metadata": {
            "total_turns": 2,
            "total_tool_calls": 2,
            "cross_tool_dependencies": 1,
            "user_satisfaction": None,
            "completion_reason": "task_complete",
            "left_out": {},
        },
    }


@pytest.mark.parametrize(
    ("answer", "fields", "field"),
    [
        ('{"type": "Diff", "n": 2, "files": ["src/app.py"]}', ("files[]",), ".files[]"),
        ('[{"file": "src/app.py"}]', ("[].file",), ".text"),
        ("src/app.py", (), ".text"),
    ],
)
def test_what_decided_stands_where_it_is_said_to(
    answer: str, fields: tuple[str, ...], field: str
) -> None:
    decided = structs.replace(DECIDED, deciding=structs.replace(DECIDED.deciding, fields=fields))
    steps = [*STEPS[:2], calls(2, "git_diff", answer), *STEPS[3:]]
    turn = turns(*steps, decisions=(decided,))[1]

    (told,) = turn["model_response"]["decision_points"]
    assert told["source"] == f"turn_1.tool_calls[0].result{field}"


@pytest.mark.parametrize(
    ("failed", "left_out"),
    [((), {}), ((2,), {"call_not_written": 1}), ((5, 6), {"turn_without_answer": 1})],
    ids=["all written", "deciding call cut off", "answer cut off"],
)
def test_a_decision_without_a_place_is_counted(
    failed: tuple[int, ...], left_out: dict[str, int]
) -> None:
    steps = [structs.replace(step, is_error=step.index in failed) for step in STEPS]
    whole = document(steps, decisions=(DECIDED,))

    told = sum(
        len(turn["model_response"]["decision_points"])
        for turn in whole["turns"]
        if turn["model_response"]
    )
    assert whole["metadata"]["left_out"] == left_out
    assert told + sum(left_out.values()) == 1


def test_what_nobody_knows_is_null() -> None:
    whole = document()
    response = whole["turns"][1]["model_response"]

    assert whole["outcome"] is None
    assert whole["metadata"]["cross_tool_dependencies"] is None
    assert whole["metadata"]["completion_reason"] is None
    assert whole["metadata"]["left_out"] is None
    assert (response["field_access"], response["context_used"]) == (None, None)
    assert response["decision_points"] is None


def test_a_turn_without_a_person_or_without_an_answer_says_so() -> None:
    first, second, third = turns(agent(0, "Hello"), user(1), user(2), agent(3))

    assert (first["user_message"], first["model_response"]["response_text"]) == (None, "Hello")
    assert second["model_response"] is None
    assert third["turn_number"] == 3


def test_copied_steps_and_errors_of_the_harness_have_no_place() -> None:
    (turn,) = turns(
        user(0), agent(1, "old", is_replayed=True), agent(2, "overloaded", is_error=True), agent(3)
    )

    assert turn["model_response"]["response_text"] == "done"


def test_a_command_that_a_person_ran_is_no_call_of_the_response() -> None:
    ran = structs.replace(user(0), calls=(ToolCall(id="c0", name="shell", arguments={}),))

    (turn,) = turns(ran, calls(1, "ruff_check", "{}"), agent(2))

    assert [call["tool"] for call in turn["model_response"]["tool_calls"]] == ["ruff_check"]


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("3 passed", {"type": "text", "text": "3 passed", "status": "ok", "exit_code": None}),
        ("[1]", {"type": "text", "text": "[1]", "status": "ok", "exit_code": None}),
        ('{"a": ', {"type": "text", "text": '{"a": ', "status": "ok", "exit_code": None}),
        ('{"a": 1}', {"type": None, "a": 1}),
        (None, None),
    ],
)
def test_what_a_tool_returned_has_a_type(answer: str | None, result: Any) -> None:
    (turn,) = turns(user(0), calling(1, answer))

    assert turn["model_response"]["tool_calls"][0]["result"] == result


def test_a_failed_call_says_how_it_ended() -> None:
    call = ToolCall(id="c", name="Bash")
    failed = ToolResult(call_id="c", content='{"a": 1}', status="error", exit_code=2)
    (turn,) = turns(user(0), agent(1, calls=(call,)), step(2, "tool", results=(failed,)))

    assert turn["model_response"]["tool_calls"][0]["result"] == {
        "type": "text", "text": '{"a": 1}', "status": "error", "exit_code": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("acceptance", "explicit_positive"),
        ("continuation", "implicit_positive"),
        ("clarification", "implicit_neutral"),
        ("refinement", "implicit_negative"),
        ("correction", "explicit_negative"),
    ],
)
def test_what_follows_tells_how_a_turn_was_taken(kind: ReactionKind, type_: str) -> None:
    first, second = turns(user(0), agent(1), user(2), agent(3), reactions=(reaction(2, kind),))

    assert first["user_feedback"]["type"] == type_
    assert first["user_feedback"]["timestamp"] is None
    assert second["user_feedback"] is None


def test_the_strongest_reaction_to_a_turn_is_told() -> None:
    told = (reaction(1, "edit"), reaction(1, "rejection"), reaction(2, "continuation"))
    first, _ = turns(user(0), agent(1), user(2), agent(3), reactions=told)

    assert first["user_feedback"]["signal"] == "rejection"


@pytest.mark.parametrize(
    ("kinds", "is_liked", "satisfaction"),
    [
        (["continuation"], None, None),
        (["acceptance", "acceptance"], None, "positive"),
        (["correction"], None, "negative"),
        (["correction", "acceptance"], None, "mixed"),
        (["correction"], True, "positive"),
        ([], False, "negative"),
    ],
)
def test_how_content_a_person_was_is_what_they_said(
    kinds: list[ReactionKind], is_liked: bool | None, satisfaction: str | None
) -> None:
    told = tuple(reaction(4, kind) for kind in kinds)

    metadata = document(reactions=told, is_liked=is_liked)["metadata"]

    assert metadata["user_satisfaction"] == satisfaction


def test_what_a_person_said_turns_ago_is_context_too() -> None:
    steps = [
        user(0, "Look at src/app.py"),
        calls(1, "read", "text", path="src/app.py"),
        user(2, "Lint it"),
        calls(3, "lint", "fine", path="src/app.py"),
    ]
    first, second = turns(*steps, flows=value_flows(HEADER, steps).flows)

    assert first["model_response"]["context_used"] is None
    assert second["model_response"]["context_used"]["source"] == "turn_1.user_message"
