"""How sessions check their edits, and keep their lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, activity
from tracemill.analyze.habits import TodoHabits, incremental_checking, todo_habits
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
