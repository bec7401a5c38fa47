"""What logs state of their outcome, in their own words."""

from __future__ import annotations

import pytest
from msgspec import structs

from tests.label.test_observe import feedback, seen
from tests.trajectories import ORIGIN, agent, user
from tracemill.label.activity.stated import is_liked, is_solved
from tracemill.records.events.event import StatedOutcome


@pytest.mark.parametrize(
    ("fact", "value", "solved"),
    [
        ("resolved", True, True),
        ("resolved", "False", False),
        ("target", False, False),
        ("reward", 1, True),
        ("reward", 0.0, False),
        ("reward", 0.5, None),
        ("score", "high", None),
        ("exit_status", "submitted", None),
        ("agent_state", "finished", None),
        ("success", "maybe", None),
    ],
)
def test_a_fact_says_solved_or_not_or_neither(
    fact: str, value: bool | float | str, solved: bool | None
) -> None:
    assert is_solved(fact, value) is solved


def test_feedback_says_whether_a_person_was_content() -> None:
    assert is_liked("feedback", "positive") is True
    assert is_liked("feedback", "Negative") is False
    assert is_liked("resolved", value=True) is None


def stated(fact: str, value: bool | float | str) -> StatedOutcome:
    return StatedOutcome(
        id=f"e{fact}{value}", trajectory_id="traj_1", step=1, origin=ORIGIN, fact=fact, value=value
    )


def test_the_last_word_counts() -> None:
    events = (
        stated("resolved", value=False),
        stated("resolved", value=True),
        stated("exit_status", "exit_cost"),
    )

    assert seen(user(0), agent(1), events=events).stated_solved is True
    assert seen(user(0), agent(1)).stated_solved is None


@pytest.mark.parametrize(("undone_from", "refused"), [(1, (1,)), (None, ()), (2, ())])
def test_a_rewind_refuses_the_last_step_that_it_undid(
    undone_from: int | None, refused: tuple[int, ...]
) -> None:
    rewind = structs.replace(feedback("rewind", 1), undone_from=undone_from)

    found = seen(user(0), agent(1), events=(rewind,))

    assert found.rejected_steps == refused
    assert tuple(reaction.step for reaction in found.reactions) == refused
