"""The way of each entry of a list, in sessions and in documents alike.

A session says what its list holds (`TodoChange`), and a document's versions what their boxes say;
both make the same record. An entry of a document is known by its text; one that is gone while
another with most of its words has come at the same time was put in other words. What is gone for
good before it was done was removed, as far as whole lists are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.base.handed_on import content_words
from tracemill.base.ids import make_id
from tracemill.records.events.documents import DocumentVersion
from tracemill.records.events.event import TodoChange
from tracemill.records.refs import Ref
from tracemill.records.work.todos import MoveKind, TodoMove, TodoProgress
from tracemill.render.todo_entries import TodoEntries

_MINUTE: Final = 60.0
_ALIKE: Final = 0.6
_MOST_COMPARED: Final = 40_000
"""Pairs of entries gone and come that are compared between two versions."""
_Key = tuple[str, int]


class _Entry:
    """One entry while changes go by."""

    def __init__(self, text: str, under: str | None) -> None:
        self.text, self.under = text, under
        self.moves: list[TodoMove] = []
        self.n_renamed = 0

    @property
    def is_over(self) -> bool:
        return bool(self.moves) and self.moves[-1].status in {"completed", "cancelled", "removed"}

    def move(self, status: MoveKind, text: str, move: TodoMove) -> None:
        """Take what is said of it; what changes nothing is no move."""
        is_renamed = bool(text) and text != self.text and bool(self.moves)
        if self.moves and self.moves[-1].status == status and not is_renamed:
            return
        if is_renamed:
            self.n_renamed += 1
            self.text = text
        told = text if is_renamed else None
        self.moves.append(structs.replace(move, status=status, text=told))


class _Place(NamedTuple):
    trajectory_id: str | None = None
    path: str | None = None
    repository: str | None = None


def session_progress(trajectory_id: str, changes: Iterable[TodoChange]) -> list[TodoProgress]:
    """Return the way of each entry of a session's list, from its changes in order."""
    entries, names = dict[_Key, _Entry](), TodoEntries()
    for change in changes:
        source = Ref(kind="trajectory", id=trajectory_id, step=change.step)
        move = TodoMove(status="unknown", at=change.at, source=source)
        told: set[_Key] = set()
        for todo in change.todos:
            key = names.name(todo)
            told.add(key)
            entry = entries.setdefault(key, _Entry(todo.text, None))
            entry.move(todo.status, todo.text, move)
        if change.is_whole_list:
            _remove(entries, told, move)
    return _progress(_Place(trajectory_id=trajectory_id), entries)


def document_progress(versions: Sequence[DocumentVersion]) -> list[TodoProgress]:
    """Return the way of each entry of a document's checklists, from its versions in order."""
    entries: dict[_Key, _Entry] = {}
    for version in versions:
        source = Ref(kind="event", id=version.id)
        move = TodoMove(status="unknown", at=version.at, source=source, commit=version.commit)
        under = _phases(version)
        seen: Counter[str] = Counter()
        told: dict[_Key, MoveKind] = {}
        for todo in version.todos:
            told[todo.text, seen[todo.text]] = todo.status
            seen[todo.text] += 1
        _rename(entries, told)
        for key, status in told.items():
            entry = entries.setdefault(key, _Entry(key[0], under.get(key[0])))
            entry.move(status, key[0], move)
        if version.change != "deleted":  # a document is deleted when its plan is over, too
            _remove(entries, told.keys(), move)
    last = versions[-1]
    place = _Place(path=last.path, repository=last.origin.uri.partition("#")[0])
    return _progress(place, entries)


def _phases(version: DocumentVersion) -> dict[str, str]:
    """Return the phases in which entries stand, by their texts."""
    return {
        item.text: f"{phase.label} {phase.title}".strip()
        for phase in version.phases
        for item in phase.items
    }


def _rename(entries: dict[_Key, _Entry], told: Mapping[_Key, MoveKind]) -> None:
    """Let entries that are gone go on under the new texts that have most words in common."""
    gone = [key for key, entry in entries.items() if key not in told and not entry.is_over]
    come = {key: content_words(key[0]) for key in told if key not in entries}
    if len(gone) * len(come) > _MOST_COMPARED:
        return  # a list that was written anew holds other entries
    for key in gone:
        words = content_words(key[0])
        shared = {new: _shared(words, others) for new, others in come.items()}
        best = max(shared, key=lambda new: (shared[new], new), default=None)
        if best is not None and shared[best] >= _ALIKE:
            entries[best] = entries.pop(key)
            del come[best]


def _shared(words: frozenset[str], others: frozenset[str]) -> float:
    both = words | others
    return len(words & others) / len(both) if both else 0.0


def _remove(entries: Mapping[_Key, _Entry], told: Iterable[_Key], move: TodoMove) -> None:
    known = set(told)
    for key, entry in entries.items():
        if key not in known and not entry.is_over:
            entry.move("removed", "", move)


def _progress(place: _Place, entries: Mapping[_Key, _Entry]) -> list[TodoProgress]:
    where = place.trajectory_id or f"{place.repository}#{place.path}"
    return [
        TodoProgress(
            id=make_id("todo", where, key[0], str(key[1])),
            place="session" if place.trajectory_id else "document",
            trajectory_id=place.trajectory_id,
            path=place.path,
            repository=place.repository,
            under=entry.under,
            text=entry.text,
            status=entry.moves[-1].status,
            moves=tuple(entry.moves),
            minutes=_minutes(entry.moves),
            n_renamed=entry.n_renamed,
            commits=(),
        )
        for key, entry in entries.items()
    ]


def _minutes(moves: Sequence[TodoMove]) -> float | None:
    begun, done = moment_of(moves, "in_progress"), moment_of(moves, "completed")
    if begun is None or done is None or done < begun:
        return None
    return (done - begun).total_seconds() / _MINUTE


def moment_of(moves: Iterable[TodoMove], status: MoveKind) -> datetime | None:
    """Return when an entry was first said to stand so; None where that is not known."""
    return next((move.at for move in moves if move.status == status), None)
