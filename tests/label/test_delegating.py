"""What an agent hands to subagents, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, agent, step, trajectory
from tracemill.label.activity.observe import observe
from tracemill.records.sessions.activity import Delegation
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

MINUTE = timedelta(minutes=1)


def handing(index: int, answer: str | None = "done", name: str = "Task", minutes: int = 0) -> Step:
    call = ToolCall(id=f"c{index}", name=name, arguments={"prompt": "do it"})
    results = () if answer is None else (ToolResult(call_id=call.id, content=answer, status="ok"),)
    return agent(index, calls=(call,), results=results, at=START + minutes * MINUTE)


def delegations(*steps: Step, **header: Any) -> tuple[Delegation, ...]:
    return observe(trajectory(len(steps), **header), steps, []).delegations


def test_a_subagent_is_at_work_until_the_session_goes_on() -> None:
    (found,) = delegations(handing(0), agent(1, at=START + 9 * MINUTE))

    assert found == Delegation(step=0, at=START, until=START + 9 * MINUTE)


def test_an_answer_that_comes_later_ends_it_later() -> None:
    late = step(1, "tool", results=(ToolResult(call_id="c0", status="ok"),), at=START + MINUTE)

    (found,) = delegations(handing(0, None), late, agent(2, at=START + 5 * MINUTE))

    assert found.until == START + 5 * MINUTE


def test_the_last_one_ends_with_the_session() -> None:
    (found,) = delegations(handing(0), ended=START + 3 * MINUTE)

    assert found.until == START + 3 * MINUTE


def test_what_was_never_answered_is_left_out_where_the_session_went_on() -> None:
    assert delegations(handing(0, None), agent(1, at=START + MINUTE)) == ()


def test_what_was_not_answered_when_the_log_ends_was_at_work_until_then() -> None:
    (found,) = delegations(handing(0, None), ended=START + 3 * MINUTE)

    assert found == Delegation(step=0, at=START, until=START + 3 * MINUTE)


@pytest.mark.parametrize("name", ["Task", "task_v2", "spawn_agent"])
def test_a_subagent_is_handed_work_under_any_version_of_the_name(name: str) -> None:
    (found,) = delegations(handing(0, name=name), agent(1, at=START + MINUTE))

    assert found.step == 0


@pytest.mark.parametrize("name", ["Read", "TaskCreate", "TaskOutput", "Bash"])
def test_other_tools_hand_nothing_on(name: str) -> None:
    assert delegations(handing(0, name=name), agent(1, at=START + MINUTE)) == ()


@pytest.mark.parametrize(
    ("answer", "shas"),
    [
        ("commits: `2eddb7614` and abc1234.", ("2eddb7614", "abc1234")),
        ("abc1234 again: abc1234", ("abc1234",)),
        ("1234567 deadbeef 2026-02-21 0x1a2b3c4d e1b2c3d4-aaaa abc123", ()),
    ],
)
def test_an_answer_may_name_hashes(answer: str, shas: tuple[str, ...]) -> None:
    (found,) = delegations(handing(0, answer), agent(1, at=START + MINUTE))

    assert found.shas == shas
