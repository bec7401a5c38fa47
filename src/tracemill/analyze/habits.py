"""How sessions work: in steps that are written down, and checked as they are made.

Incremental checking is the share of edits that a check follows before the next edit, told by their
moments; edits keep one moment a minute, so edits of one minute count as one. Todo lists are kept
up where entries are not all set to done at once: a batch is three or more in one change. An entry
takes the time from when it is first in progress until it is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from tracemill.records.events.event import TodoChange
from tracemill.records.sessions.activity import Activity
from tracemill.render.todo_entries import TodoEntries

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


class TodoSpan(NamedTuple):
    """How long one entry of a todo list was worked on."""

    text: str
    """What was to be done, as it was called last."""
    begun: datetime | None
    """When it was first set to being in progress; None where it never was, or nobody knows when."""
    done: datetime | None
    """When it was last set to done; None where it is not, or nobody knows when."""

    @property
    def minutes(self) -> float | None:
        """Minutes between both; None where either is unknown."""
        if self.begun is None or self.done is None or self.done < self.begun:
            return None
        return (self.done - self.begun).total_seconds() / 60


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
    done: dict[tuple[str, int], bool] = {}
    entries = TodoEntries()
    n_batched = 0
    for change in changes:
        names = {entries.name(todo): todo.status == "completed" for todo in change.todos}
        fresh = [name for name, is_done in names.items() if is_done and not done.get(name, False)]
        n_batched += len(fresh) if len(fresh) >= _BATCH else 0
        done |= names
    return TodoHabits(len(done), sum(done.values()), n_batched) if done else None


def todo_spans(changes: Iterable[TodoChange]) -> list[TodoSpan]:
    """Return how long each entry of one session's list was worked on, in the order of the list.

    An open entry that the list has its own id of stays itself when it is called otherwise; without
    an id, another text is another entry. What was taken off the list before it was done has no end.
    """
    spans: dict[tuple[str, int], TodoSpan] = {}
    entries = TodoEntries()
    for change in changes:
        for todo in change.todos:
            name = entries.name(todo)
            known = spans.get(name, TodoSpan("", None, None))
            begun = known.begun
            if begun is None and todo.status == "in_progress":
                begun = change.at
            done = (known.done or change.at) if todo.status == "completed" else None
            spans[name] = TodoSpan(todo.text or known.text, begun, done)
    return list(spans.values())


def _is_between(edit: datetime, at: datetime, following: datetime | None) -> bool:
    return edit <= at and (following is None or at < following)
