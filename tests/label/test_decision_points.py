"""Which result decided what was called next, and what shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import agent, trajectory, user
from tracemill.label.activity.decision_points import decision_points
from tracemill.label.calls.action import action_of
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.decision_points import (
    ChosenCall,
    DecidingResult,
    DecisionPoint,
    Offer,
)
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.trajectory import ResultStatus, Step, ToolCall, ToolResult


def called(
    index: int,
    tool: str = "Tool",
    answer: str = "",
    said: str = "",
    status: ResultStatus = "ok",
    **arguments: Any,
) -> Step:
    call = ToolCall(id=f"c{index}", name=tool, arguments=arguments)
    result = ToolResult(call_id=call.id, content=answer, status=status)
    return agent(index, said, calls=(call,), results=(result,))


def taken(step: int, kind: ReactionKind = "continuation") -> Reaction:
    return Reaction(step=step, kind=kind, strength=0.5, confidence=0.9, rule="r")


def points_of(*steps: Step, reactions: tuple[Reaction, ...] = ()) -> tuple[DecisionPoint, ...]:
    return decision_points(trajectory(len(steps)), steps, reactions).points


STATUS = '{"type": "GitStatusResult", "clean": false, "staged_count": 3, "unstaged_count": 5}'


def test_an_offer_that_is_taken_up_is_decided_by_the_result_that_it_names() -> None:
    (point,) = points_of(
        user(0, "check git status"),
        called(1, "git_status", STATUS),
        agent(2, "You have staged files. Want to see the diff?"),
        user(3, "yes"),
        called(4, "git_diff", "+1", staged=True),
        user(5, "looks good"),
        reactions=(taken(3), taken(5, "acceptance")),
    )

    assert point == DecisionPoint(
        deciding=DecidingResult(
            step=1,
            call_id="c1",
            action="git_status",
            status="ok",
            fields=("staged_count",),
            value="3",
        ),
        basis="words",
        condition="You have staged files.",
        reasoning="You have staged files. Want to see the diff?",
        offer=Offer(step=2, start=23, end=44, answered=3, reaction="continuation"),
        chosen=(ChosenCall(step=4, call_id="c4", action="git_diff"),),
    )


@pytest.mark.parametrize(
    ("reactions", "said"),
    [
        pytest.param((), "Want to see the diff?", id="nothing is heard"),
        pytest.param((taken(3, "correction"),), "Want to see the diff?", id="it is refused"),
        pytest.param((taken(3), taken(3, "switch")), "Want to see it?", id="and something else"),
        pytest.param((taken(3),), "You have staged files.", id="nothing was asked"),
    ],
)
def test_no_offer_is_taken_up_where(reactions: tuple[Reaction, ...], said: str) -> None:
    steps = (user(0), called(1, "git_status", STATUS), agent(2, said), user(3), called(4))

    assert points_of(*steps, reactions=reactions) == ()


@pytest.mark.parametrize(
    ("first", "second", "basis", "value"),
    [
        pytest.param(
            called(0, "git_diff", '{"changed_files": ["src/app.py"]}'),
            called(1, "ruff_check", path="src/app.py"),
            *("value", "src/app.py"),
            id="the call uses what it showed",
        ),
        pytest.param(
            called(0, "ruff_check", "E501", status="error"),
            called(1, "read_file", path="x"),
            *("failure", None),
            id="it failed",
        ),
        pytest.param(
            called(0, "pytest_run", "=== 3 failed, 12 passed ==="),
            called(1, "read_file", said="There are 3 failed tests, so I look."),
            *("words", "3 failed"),
            id="a count is named",
        ),
        pytest.param(
            called(0, "typecheck", '{"error_count": 2, "errors": []}'),
            called(1, "read_file", said="Some errors are left."),
            *("words", "2"),
            id="a field is named",
        ),
        pytest.param(
            called(0, "grep", "def parse_totals(x):"),
            called(1, "edit", said="parse_totals takes one argument only."),
            *("words", "parse_totals"),
            id="a name of code is named",
        ),
    ],
)
def test_what_shows_that_a_result_decided(
    first: Step, second: Step, basis: str, value: str | None
) -> None:
    (point,) = points_of(first, second)

    assert (point.basis, point.deciding.value) == (basis, value)
    assert (point.deciding.step, point.chosen[0].step) == (0, 1)


def test_a_value_of_a_structured_result_stands_in_a_field() -> None:
    found = '{"changed": [{"file": "src/app.py"}]}'
    (point,) = points_of(called(0, "git_diff", found), called(1, "lint", path="src/app.py"))

    assert point.deciding.fields == ("changed[].file",)


SEARCH = ToolCall(id="c0", name="Bash", arguments={"command": "rg TODO src"})
SEARCHED = agent(
    0,
    calls=(SEARCH,),
    results=(ToolResult(call_id="c0", content="", status="error", exit_code=1),),
)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(
            (called(0, answer="ok"), called(1, said="Now the tests.")), id="no word of it"
        ),
        pytest.param(
            (called(0, answer="3 failed"), user(1, "go on"), called(2, said="3 failed before")),
            id="a person spoke in between",
        ),
        pytest.param(
            (SEARCHED, called(1)),
            id="a search that found nothing did not fail",
        ),
        pytest.param(
            (called(0, "Bash", status="error", command="make"), called(1, "BashOutput")),
            id="more output of the same command",
        ),
        pytest.param(
            (called(0, answer="a file of the work"), called(1, said="the file of work")),
            id="plain words",
        ),
        pytest.param(
            (
                called(0, answer='{"message": "x", "path": "y"}'),
                called(1, said="a message, a path"),
            ),
            id="fields named like any word",
        ),
    ],
)
def test_a_call_of_which_nothing_shows_why_is_not_guessed(steps: tuple[Step, ...]) -> None:
    assert points_of(*steps) == ()


def test_a_field_of_a_short_name_is_not_named_by_the_end_of_another_word() -> None:
    steps = (
        user(0, "is it up?"),
        called(1, "status", '{"id": 7, "ok": true}'),
        called(2, "restart", said="It's done; let's go on."),
    )

    assert points_of(*steps) == ()


@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("git status --short && cat a", "git status"),
        ("git -C app log", "git log"),
        ("npm --prefix web run build", "npm run"),
        ("cd app && ./run.sh", "run.sh"),
        ("'' ls", "Bash"),
        ('bash -lc "pytest -q"', "pytest"),
        ('cd app && timeout 60 bash -eo pipefail -c "set -e; git push"; ls', "git push"),
        ("sh -c \"bash -lc 'npm test'\"", "npm test"),
        ('bash -lc "cd app && ./run.sh --fast && git status"', "run.sh"),
        ("cd app && bash -x scripts/check.sh", "check.sh"),
        ("bash -c", "bash"),
        (["bash", "-lc", "cd app && pytest -q"], "pytest"),
        (["/bin/zsh", "-l", "-c", "git log"], "git log"),
        (["bash", "scripts/check.sh", "all"], "check.sh"),
        (["sudo", "bash", "-c", "make install"], "make install"),
        (["powershell.exe", "-NoProfile", "-Command", "Get-Content a.txt"], "Get-Content"),
        (["git", "commit", "-m", "a b"], "git commit"),
        ("./ now", "./"),
    ],
)
def test_a_command_has_a_name_whatever_it_begins_with(
    command: str | list[str], action: str
) -> None:
    assert action_of(ToolCall(id="c", name="Bash", arguments={"command": command})) == action


def test_tests_of_code_are_decision_points_with_what_their_branches_call() -> None:
    code = """
r = ruff_check("src")
if r.error_count > 0:
    print(read_file("a.py"))
elif r.warnings:
    report(r)
else:
    pytest_run()
"""
    first, second = points_of(called(0, "execute_code", code=code))

    assert (first.condition, first.deciding.action) == ("r.error_count > 0", "ruff_check")
    assert (first.deciding.fields, second.deciding.fields) == (("error_count",), ("warnings",))
    assert [each.action for each in first.chosen] == ["read_file"]
    assert [each.action for each in second.chosen] == ["report", "pytest_run"]


def test_what_followed_what_is_counted_by_whether_it_failed() -> None:
    command = "cd x && git status --short"
    found = decision_points(
        trajectory(4),
        (
            called(0, "Bash", "M a", command=command),
            called(1, "Read"),
            called(2, "Bash", "fatal", status="error", command=command),
            called(3, "Read"),
        ),
    )

    assert [(each.action, each.failed, each.then, each.n) for each in found.transitions] == [
        ("Read", False, "git status", 1),
        ("git status", False, "Read", 1),
        ("git status", True, "Read", 1),
    ]
    assert (found.n_transitions, found.n_unshown, len(found.points)) == (3, 2, 1)


def test_replayed_and_undone_steps_decide_nothing() -> None:
    failing = called(0, answer="E501", status="error")
    replayed = (called(0, status="error", answer="E501"), called(1))
    again = tuple(
        agent(each.index, calls=each.calls, results=each.results, is_replayed=True)
        for each in replayed
    )
    gone = (UndoneSteps(first=0, last=0),)

    assert points_of(*again) == ()
    assert decision_points(trajectory(2), (failing, called(1)), undone=gone).points == ()


TEXTS = st.sampled_from(
    ["", "3 failed", "src/app.py:1", '{"staged_count": 3}', "staged, want to see src/app.py?"]
)
TURNS = st.lists(
    st.tuples(TEXTS, TEXTS, TEXTS, st.sampled_from(["ok", "error"]), st.booleans()), max_size=8
)


@given(TURNS, st.integers(min_value=0, max_value=8))
def test_what_comes_later_changes_no_decision(turns: list[Any], cut: int) -> None:
    steps: list[Step] = []
    for answer, said, used, status, is_person in turns:
        at = len(steps)
        steps.append(
            user(at, said) if is_person else called(at, "T", answer, said, status, arg=used)
        )
    reactions = tuple(taken(step.index) for step in steps if step.speaker == "user")
    whole = points_of(*steps, reactions=reactions)
    part = points_of(*steps[:cut], reactions=reactions)

    assert part == tuple(each for each in whole if each.chosen[0].step < cut)
