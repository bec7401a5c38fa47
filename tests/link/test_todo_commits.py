"""Which commits carried out an entry."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, commit
from tracemill.link.authorship.todo_commits import todo_commits
from tracemill.records.events.commits import Commit
from tracemill.records.refs import Ref
from tracemill.records.work.todos import MoveKind, TodoMove, TodoProgress


def todo(
    *moves: tuple[MoveKind, int], text: str = "teach the parser discounts", **more: Any
) -> TodoProgress:
    made = tuple(
        TodoMove(
            status=status, at=START + timedelta(minutes=at), commit=f"c{at}",
            source=Ref(kind="trajectory", id="traj_1", step=at),
        )
        for status, at in moves
    )  # fmt: skip
    given: dict[str, Any] = {
        "id": "todo_1", "place": "session", "trajectory_id": "traj_1", "path": None,
        "repository": None, "under": None, "text": text, "status": made[-1].status, "moves": made,
        "minutes": None, "n_renamed": 0, "commits": (), **more,
    }  # fmt: skip
    return TodoProgress(**given)


def at(minute: int, subject: str = "Mend it") -> Commit:
    return commit(f"c{minute}", at=START + timedelta(minutes=minute), subject=subject)


def told(found: Any) -> list[tuple[str, str, float]]:
    return [(each.sha, each.method, each.confidence) for each in found]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        ([2, 5, 9, 12], [("c5", "made_while", 0.7)]),
        ([2, 12, 20], [("c12", "made_next", 0.5)]),
        ([2], []),
    ],
)
def test_a_session_carries_an_entry_out_while_it_is_in_progress_or_next(
    minutes: list[int], expected: list[tuple[str, str, float]]
) -> None:
    done = todo(("pending", 0), ("in_progress", 4), ("completed", 8))

    assert told(todo_commits(done, [at(minute) for minute in minutes])) == expected


def test_a_subject_that_says_what_the_entry_says_makes_it_surer() -> None:
    done = todo(("in_progress", 4), ("completed", 8))
    (found,) = todo_commits(done, [at(12, "Teach parser about discounts")])

    assert found.confidence == 0.7


def test_what_is_not_done_was_carried_out_by_nothing() -> None:
    assert todo_commits(todo(("in_progress", 4)), [at(5), at(9)]) == ()


def test_the_commit_that_ticks_a_box_says_that_it_is_done() -> None:
    boxes: dict[str, Any] = {"place": "document", "trajectory_id": None, "path": "plan.md"}
    ticked = todo(("pending", 1), ("completed", 3), **boxes)
    born_done = todo(("completed", 1), **boxes)

    assert told(todo_commits(ticked, [at(1), at(3)])) == [("c3", "ticked", 0.95)]
    assert todo_commits(born_done, [at(1)]) == ()
