"""Todo lists as agents write them: a word for where an entry stands, or a box, ticked or not."""

from __future__ import annotations

import re
from typing import Final

from tracemill.records.events.event import Todo, TodoStatus
from tracemill.sources.reading.json_fields import text

_ENTRY: Final = re.compile(r"(?:[-*]|\d{1,4}\.) \[([ xX~-])\] (.+)")
_CHECKS: Final[dict[str, TodoStatus]] = {
    " ": "pending",
    "x": "completed",
    "X": "completed",
    "-": "in_progress",
    "~": "in_progress",
}
_STATUSES: Final[dict[str, TodoStatus]] = {
    "pending": "pending",
    "in_progress": "in_progress",
    "completed": "completed",
    "cancelled": "cancelled",
}


def todo_status(said: object) -> TodoStatus:
    """Return where an entry stands, by the word that most agents' todo tools have for it."""
    return _STATUSES.get(said, "unknown") if isinstance(said, str) else "unknown"


def read_entries(entries: object) -> tuple[Todo, ...]:
    """Return the entries of a list that a todo tool is given; what is no object says nothing."""
    return tuple(
        Todo(
            text=text(entry.get("content")) or "",
            status=todo_status(entry.get("status")),
            native_id=text(entry.get("id")),
        )
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    )


def read_checklist(said: object) -> tuple[Todo, ...]:
    """Return the entries of a Markdown checklist."""
    lines = said.split("\n") if isinstance(said, str) else []
    found = (_ENTRY.match(line.strip()) for line in lines)
    return tuple(Todo(text=entry[2], status=_CHECKS[entry[1]]) for entry in found if entry)
