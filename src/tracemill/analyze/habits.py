"""How sessions work: in steps that are written down, and checked as they are made.

Incremental checking is the share of edits that a check follows before the next edit, told by their
moments; edits keep one moment a minute, so edits of one minute count as one. Todo lists are kept
up where entries are not all set to done at once: a batch is three or more in one change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.records.events.event import TodoChange
from tracemill.records.sessions.activity import Activity

_BATCH: Final = 3


class Checking(NamedTuple):
    """How many edits were checked before the next one."""

    n_checked: int
    n_edits: int

    @property
    def share(self) -> float | None:
        """Share of the edits; None where there is none of known moment."""
        return self.n_checked / self.n_edits if self.n_edits else None


class TodoHabits(NamedTuple):
    """How one session kept its todo list."""

    n_entries: int
    """Different entries that it had."""
    n_done: int
    """Those that were done at last."""
    n_batched: int
    """Those that were set to done together with two others or more."""


def incremental_checking(activities: Iterable[Activity]) -> Checking:
    """Return how many edits were checked before the next one."""
    n_checked = n_edits = 0
    for activity in activities:
        edits = sorted({at for edit in activity.edits for at in edit.at})
        checks = [run.at for run in activity.checks if run.at is not None]
        for edit, following in pairwise((*edits, None)):
            assert edit is not None
            n_edits += 1
            n_checked += any(_is_between(edit, at, following) for at in checks)
    return Checking(n_checked, n_edits)


def todo_habits(changes: Iterable[TodoChange]) -> TodoHabits | None:
    """Return how one session kept its todo list, from its changes in order; None without any."""
    done: dict[str, bool] = {}
    n_batched = 0
    for change in changes:
        fresh = {
            todo.text
            for todo in change.todos
            if todo.status == "completed" and not done.get(todo.text, False)
        }
        n_batched += len(fresh) if len(fresh) >= _BATCH else 0
        done |= {todo.text: todo.status == "completed" for todo in change.todos}
    return TodoHabits(len(done), sum(done.values()), n_batched) if done else None


def _is_between(edit: datetime, at: datetime, following: datetime | None) -> bool:
    return edit <= at and (following is None or at < following)
