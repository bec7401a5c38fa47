"""The agent's tasks, which it makes and changes one by one: an id, and what is to be done.

The id of a new task is told by the result of the call that made it; later calls name the task
by its id alone.
"""

from __future__ import annotations

from typing import Final

import msgspec

from tracemill.records.events.event import Todo, TodoChange
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.open_trajectory import OpenStep
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.claude_code.content import read_todos
from tracemill.sources.reading.json_fields import text

TODO_TOOLS: Final = frozenset({"TodoWrite", "TaskCreate", "TaskUpdate"})
_MAX_TASKS: Final = 1_000


class Tasks:
    """The tasks of one input."""

    def __init__(self) -> None:
        self._subjects: Remembered[str, str] = Remembered(_MAX_TASKS)

    def changed_by(self, call: ToolCall) -> tuple[Todo, ...]:
        """Return the entries that `call` writes or changes, with what is to be done."""
        return tuple(map(self._with_subject, read_todos(call)))

    def _with_subject(self, todo: Todo) -> Todo:
        if todo.text or todo.native_id is None:
            return todo
        subject = self._subjects.get(todo.native_id)
        return todo if subject is None else msgspec.structs.replace(todo, text=subject)

    def name_new(self, step: OpenStep, details: object) -> None:
        """Give a new task the id that only the result of its call tells."""
        task = details.get("task") if isinstance(details, dict) else None
        task_id = text(task.get("id")) if isinstance(task, dict) else None
        if task_id is None or not isinstance(task, dict):
            return
        for position, event in enumerate(step.events):
            if isinstance(event, TodoChange) and not event.is_whole_list and event.todos:
                todo = event.todos[0]
                if todo.native_id is None and todo.text == task.get("subject"):
                    self._subjects.put(task_id, todo.text)
                    named = msgspec.structs.replace(todo, native_id=task_id)
                    step.events[position] = msgspec.structs.replace(event, todos=(named,))
                    return
