"""How sessions check their edits, and keep their lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity
from tracemill.analyze.habits import TodoHabits, incremental_checking, todo_habits, todo_spans
from tracemill.records.events.event import Todo, TodoChange
from tracemill.records.refs import Origin
from tracemill.records.sessions.activity import CheckRun, EditedFile

ORIGIN = Origin(source="codex", source_version=1, uri="s.jsonl", input_id="i")


def minutes(*values: int) -> tuple[Any, ...]:
    return tuple(START + timedelta(minutes=value) for value in values)


CHECKED: list[Any] = [
    pytest.param((1, 3), (2, 4), (2, 2), id="each is checked"),
    pytest.param((1, 3), (4,), (1, 2), id="only the last"),
    pytest.param((1, 3), (0,), (0, 2), id="only before"),
    pytest.param((), (1,), (0, 0), id="no edit"),
]


@pytest.mark.parametrize(("edits", "checks", "expected"), CHECKED)
def test_edits_that_are_checked_before_the_next(
    edits: tuple[int, ...], checks: tuple[int, ...], expected: tuple[int, int]
) -> None:
    runs = tuple(CheckRun(step=1, check="test", at=at) for at in minutes(*checks))
    about = activity(edits=(EditedFile(path="a.py", at=minutes(*edits)),), checks=runs)

    assert tuple(incremental_checking([about])) == expected


def change(**statuses: str) -> TodoChange:
    todos = tuple(Todo(text=text, status=status) for text, status in statuses.items())  # type: ignore[arg-type]
    return TodoChange(id="event_1", origin=ORIGIN, todos=todos)


DONE = "completed"
LISTS: list[Any] = [
    pytest.param([], None, id="no list"),
    pytest.param([change(a="pending")], (1, 0, 0), id="nothing done"),
    pytest.param([change(a=DONE), change(a=DONE, b=DONE)], (2, 2, 0), id="one by one"),
    pytest.param([change(a=DONE, b=DONE, c=DONE)], (3, 3, 3), id="three at once"),
    pytest.param([change(a=DONE), change(a="pending")], (1, 0, 0), id="taken up again"),
]


@pytest.mark.parametrize(("changes", "expected"), LISTS)
def test_todo_lists(changes: list[TodoChange], expected: tuple[int, int, int] | None) -> None:
    assert todo_habits(changes) == (None if expected is None else TodoHabits(*expected))


def at(minute: int, *todos: Todo) -> TodoChange:
    return TodoChange(
        id=f"event_{minute}", origin=ORIGIN, todos=todos, at=START + timedelta(minutes=minute)
    )


def test_a_todo_takes_from_its_beginning_to_its_end() -> None:
    changes = [
        at(0, Todo(text="a", status="in_progress"), Todo(text="b", status="pending")),
        at(5, Todo(text="a", status="completed"), Todo(text="b", status="in_progress")),
        at(9, Todo(text="b", status="in_progress")),
    ]
    assert [(span.text, span.minutes) for span in todo_spans(changes)] == [("a", 5.0), ("b", None)]


def test_a_todo_that_is_called_otherwise_stays_itself() -> None:
    changes = [
        at(0, Todo(text="find it", status="in_progress", native_id="1")),
        at(3, Todo(native_id="1", text="find the cause", status="in_progress")),
        at(7, Todo(native_id="1", status="completed")),
    ]
    assert [(span.text, span.minutes) for span in todo_spans(changes)] == [("find the cause", 7.0)]
    assert todo_habits(changes) == TodoHabits(1, 1, 0)


def test_a_todo_that_is_taken_up_again_is_done_at_last() -> None:
    statuses = ["in_progress", "completed", "in_progress", "completed"]
    changes = [at(2 * n, Todo(text="a", status=s)) for n, s in enumerate(statuses)]  # type: ignore[arg-type]
    assert [span.minutes for span in todo_spans(changes)] == [6.0]


def test_a_number_that_goes_to_another_todo_is_no_longer_the_first_one() -> None:
    changes = [
        at(0, Todo(text="find it", status="in_progress", native_id="1")),
        at(3, Todo(text="find it", status="completed", native_id="1")),
        at(60, Todo(text="write it down", status="pending", native_id="1")),
        at(62, Todo(native_id="1", status="in_progress")),
        at(70, Todo(native_id="1", status="completed")),
    ]
    found = [(span.text, span.minutes) for span in todo_spans(changes)]

    assert found == [("find it", 3.0), ("write it down", 8.0)]
    assert todo_habits(changes) == TodoHabits(2, 2, 0)
