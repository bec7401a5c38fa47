"""Which entry of a session's todo list an agent's text refers to.

An entry is known by the list's own id of it, else by its text. Agents number each list anew: where
an entry that was done or dropped is said to be open, in other words, its number has gone to
another one. An open entry in other words was only called otherwise.
"""

from __future__ import annotations

from typing import Final

from tracemill.records.events.in_session import Todo

_OVER: Final = frozenset({"completed", "cancelled"})


class TodoEntries:
    """The entries of one session's list, told in the order of its changes."""

    def __init__(self) -> None:
        self._last: dict[str, Todo] = {}
        self._n_given: dict[str, int] = {}

    def name(self, todo: Todo) -> tuple[str, int]:
        """Return what an entry is known by: its id or text, and how many had that before it."""
        if todo.native_id is None:
            return todo.text, 0
        last, n_before = self._last.get(todo.native_id), self._n_given.get(todo.native_id, 0)
        if last is not None and _is_another(todo, last):
            n_before += 1
        text = todo.text or (last.text if last else "")
        self._last[todo.native_id] = Todo(text=text, status=todo.status)
        self._n_given[todo.native_id] = n_before
        return todo.native_id, n_before


def _is_another(todo: Todo, last: Todo) -> bool:
    is_open_again = last.status in _OVER and todo.status not in _OVER
    return is_open_again and bool(todo.text) and bool(last.text) and todo.text != last.text
