"""One session turn by turn: the request, the calls, why it is worth a look, how it was taken."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, agent, reaction, user
from tracemill.label.requests.turns import TurnReader
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolCall, ToolResult
from tracemill.records.sessions.turn_work import (
    FieldLog,
    SeenField,
    TurnPoint,
    TurnsOfSession,
    TurnWork,
)


def called(
    index: int,
    tool: str,
    answer: Any = "",
    *,
    said: str = "",
    status: ResultStatus = "ok",
    **given: Any,
) -> Step:
    call = ToolCall(id=f"c{index}", name=tool, arguments=given)
    content = answer if isinstance(answer, str) else json.dumps(answer)
    result = ToolResult(call_id=call.id, content=content, status=status)
    return agent(index, said, calls=(call,), results=(result,))


def read(*steps: Step, reactions: tuple[Reaction, ...] = ()) -> TurnsOfSession:
    reader = TurnReader("traj_1")
    for step in steps:
        reader.take(step)
    return reader.finish(reactions)


def turns_of(*steps: Step, reactions: tuple[Reaction, ...] = ()) -> tuple[TurnWork, ...]:
    return read(*steps, reactions=reactions).turns


def test_a_turn_tells_the_request_the_calls_and_how_it_was_taken() -> None:
    first, second = turns_of(
        user(0, "check git status and if there are changes, diff them"),
        called(1, "git_status", {"clean": False}),
        called(2, "git_diff", "+1"),
        user(3, "perfect"),
        reactions=(reaction(3, "acceptance"),),
    )

    assert (first.form, first.actions) == ("condition", ("git_status", "git_diff"))
    assert (first.reaction, first.strength) == ("acceptance", 0.8)
    assert set(first.points) == {
        "joining_word", "several_calls", "calls_in_a_row", "reaction_to_several",
    }  # fmt: skip
    assert first.families == ("cross_tool",)
    assert (second.calls, second.reaction) == ((), None)


def test_a_correction_tells_which_tool_was_meant() -> None:
    first, _ = turns_of(
        user(0, "show hover for UserService"),
        called(1, "goto_definition", "a.py"),
        user(2, "no, I wanted hover, not goto"),
        called(3, "hover", "class UserService"),
        reactions=(reaction(2, "correction"),),
    )

    assert first.instead == "hover"
    assert {"corrected_choice", "names_lookup"} <= set(first.points)


def test_of_several_tools_nobody_knows_which_one_was_wrong() -> None:
    first, _ = turns_of(
        user(0, "show it"), called(1, "Read"), called(2, "Grep"),
        user(3, "no"), called(4, "Edit"),
        reactions=(reaction(3, "correction"),),
    )  # fmt: skip

    assert first.instead is None


@pytest.mark.parametrize(
    ("code", "log"),
    [
        (
            "r = ruff_check()\nif r.violation_count > 0:\n    for v in r.violations[:5]: print(v)",
            FieldLog(
                step=1, tool="ruff_check", fields_accessed=("violation_count", "violations"),
                access_pattern="count_then_iterate", iteration="limited", iteration_limit=5,
                conditional="r.violation_count > 0",
            ),
        ),
        (
            "r = typecheck()\nif r.success: print(r.summary)",
            FieldLog(
                step=1, tool="typecheck", fields_accessed=("success", "summary"),
                access_pattern="state_then_read", conditional="r.success",
            ),
        ),
        (
            "print([e.line for e in lint().errors])",
            FieldLog(
                step=1, tool="lint", fields_accessed=("errors", "errors[].line"),
                access_pattern="iterate", iteration="full",
            ),
        ),
        (
            "print(lint().count)",
            FieldLog(step=1, tool="lint", fields_accessed=("count",), access_pattern="read"),
        ),
    ],
)  # fmt: skip
def test_code_tells_what_it_does_with_results(code: str, log: FieldLog) -> None:
    (turn,) = turns_of(user(0, "lint it"), called(1, "execute_code", "ok", code=code))

    assert turn.accesses == (log,)
    assert "reads_fields" in turn.points


@pytest.mark.parametrize(
    ("steps", "point"),
    [
        (
            (
                user(0, "lint"), called(1, "lint", {"error_count": 2}), agent(2),
                user(3, "what is the error_count?"),
            ),
            "asks_for_field",
        ),
        (
            (
                user(0, "lint"),
                called(1, "run", "AttributeError: 'R' object has no attribute 'n'", code="lint().n"),
            ),
            "missing_field",
        ),
        ((user(0, "show it"), called(1, "a", said="I am 60 % sure that it is hover")), "stated_sureness"),
        ((user(0, "show it"), agent(1, "Do you want its definition or its references?")), "asked_which"),
    ],
)  # fmt: skip
def test_a_turn_is_worth_a_look(steps: tuple[Step, ...], point: TurnPoint) -> None:
    assert point in turns_of(*steps)[-1].points


def test_a_correction_after_fields_is_about_values() -> None:
    first, _ = turns_of(
        user(0, "how many?"), called(1, "lint", {"n": None}), user(2, "no, count them"),
        reactions=(reaction(2, "correction"),),
    )  # fmt: skip

    assert "corrected_values" in first.points


def test_fields_of_results_are_counted_with_what_they_hold() -> None:
    held = {"ok": True, "author": None, "files": [], "of": [{"n": 1}, {"n": None}]}

    assert read(user(0), called(1, "log", held), called(2, "log", "[1]")).seen == (
        SeenField(action="log", field="author", n=1, n_empty=1),
        SeenField(action="log", field="files", n=1, n_empty=0, kinds={"empty list": 1}),
        SeenField(action="log", field="of", n=1, n_empty=0, kinds={"list": 1}),
        SeenField(action="log", field="of[].n", n=2, n_empty=1, kinds={"number": 1}),
        SeenField(action="log", field="ok", n=1, n_empty=0, kinds={"true": 1}),
    )


@pytest.mark.parametrize(
    ("moments", "seconds"),
    [((0, 5, 9), 9.0), ((0, None, 4), 4.0), ((None, 5, 9), None), ((9, 5, 0), None)],
)
def test_a_turn_takes_from_the_request_to_the_last_step(
    moments: tuple[int | None, ...], seconds: float | None
) -> None:
    at = [None if each is None else START + timedelta(seconds=each) for each in moments]

    (turn,) = turns_of(user(0, at=at[0]), agent(1, at=at[1]), agent(2, at=at[2]))

    assert turn.seconds == seconds


def test_what_was_copied_in_or_taken_back_is_no_turn() -> None:
    reader = TurnReader("traj_1", (UndoneSteps(first=2, last=3),))
    for step in (
        user(0, "old", is_replayed=True), user(1, "keep"), user(2, "gone"), called(3, "Edit"),
    ):  # fmt: skip
        reader.take(step)

    (turn,) = reader.finish().turns
    assert (turn.request, turn.calls) == ("keep", ())


def test_an_answer_of_grep_is_no_failure_and_an_open_call_has_no_end() -> None:
    grep = ToolCall(id="c0", name="Bash", arguments={"command": "grep -q x y"})
    make = ToolCall(id="c1", name="Bash", arguments={"command": "make"})
    found = read(
        agent(
            0,
            calls=(grep, make, ToolCall(id="open", name="Read")),
            results=tuple(
                ToolResult(call_id=call.id, status="error", exit_code=1) for call in (grep, make)
            ),
        )
    )

    assert [(each.action, each.status, each.is_wrong) for each in found.unasked] == [
        ("grep", "error", False), ("make", "error", True), ("Read", None, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("The git log doesn't show authors.", "git_log"),
        ("git log shows no author", "git_log"),
        ("ruff_check crashes on this file", "ruff_check"),
        ("the definition is missing", "goto_definition"),
        ("it doesn't work", None),
    ],
)
def test_a_complaint_about_a_turn_is_kept_with_what_it_names(said: str, action: str | None) -> None:
    first, second = turns_of(
        user(0, "show me who changed it"),
        called(1, "git_status"), called(2, "git_log"), called(3, "ruff_check"),
        called(4, "goto_definition"),
        user(5, f"Hm. {said} Look again."),
        reactions=(reaction(5, "correction", 0.6),),
    )  # fmt: skip

    assert first.complaint is not None
    assert (first.complaint.step, first.complaint.action) == (5, action)
    assert said.rstrip(".") in first.complaint.says
    assert second.complaint is None


@pytest.mark.parametrize(
    ("said", "heard", "tools"),
    [
        ("thanks, now commit it", reaction(2, "continuation"), ("lint",)),
        ("add the missing test", reaction(2, "continuation"), ("lint",)),
        ("it doesn't work", reaction(2, "correction", 0.3), ("lint",)),
        ("no, use the other one", reaction(2, "correction"), ("lint",)),
        ("it doesn't work", reaction(2, "correction"), ()),
    ],
)
def test_what_tells_of_nothing_amiss_is_no_complaint(
    said: str, heard: Reaction, tools: tuple[str, ...]
) -> None:
    answer = called(1, *tools) if tools else agent(1, "Done.")
    first, _ = turns_of(user(0, "do it"), answer, user(2, said), reactions=(heard,))

    assert first.complaint is None
