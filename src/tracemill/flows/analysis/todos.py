"""What was planned, entry by entry, in sessions and documents, and what carried it out.

Read off the events and links when it is asked for. Read-only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final

from msgspec import structs

from tracemill.analyze.todos import document_progress, session_progress
from tracemill.base.clock import moment_key
from tracemill.flows.analysis.handed import held_sessions
from tracemill.flows.held.lookup import only_one, require_kept
from tracemill.link.authorship.todo_commits import todo_commits
from tracemill.records.events.event import Commit, DocumentVersion, TodoChange
from tracemill.records.links import SURE_ENOUGH, WORK, Link
from tracemill.records.refs import Count, Record
from tracemill.records.work.todos import SURE_COMMIT, TodoPlace, TodoProgress
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_OPEN: Final = frozenset({"pending", "in_progress", "unknown"})


class TodoList(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Entries that were asked for."""

    rows: tuple[TodoProgress, ...]
    """Those that changed last first."""
    total: Count
    """How many there are."""
    statuses: dict[str, Count]
    """How many, by where they stand."""
    n_carried_out: Count
    """Done entries of which a commit is known for sure."""


def list_todos(
    workspace: Workspace, limit: int, place: TodoPlace | None = None, *, is_open_only: bool = False
) -> TodoList:
    """Return entries, those that changed last first; 0 for all.

    Raises:
        NotFoundError: nothing is kept.
    """
    found = [
        each
        for each in read_todos(workspace)
        if place in (None, each.place) and not (is_open_only and each.status not in _OPEN)
    ]
    return TodoList(
        rows=tuple(found[: limit or None]),
        total=len(found),
        statuses=dict(Counter(each.status for each in found).most_common()),
        n_carried_out=sum(
            each.status == "completed" and any(c.confidence >= SURE_COMMIT for c in each.commits)
            for each in found
        ),
    )


def show_todo(workspace: Workspace, name: str) -> TodoProgress:
    """Return one entry.

    Raises:
        NotFoundError: none or several answer to the name.
    """
    return entry_of(read_todos(workspace), name)


def entry_of(todos: Iterable[TodoProgress], name: str) -> TodoProgress:
    """Return the one entry that a name means.

    Raises:
        NotFoundError: none or several answer to it.
    """
    found = [each for each in todos if each.id.startswith(name)]
    return only_one(found, name, "entry", "todo list", attrgetter("id"))


def read_todos(workspace: Workspace) -> list[TodoProgress]:
    """Return every entry with what carried it out, those that changed last first.

    Raises:
        NotFoundError: nothing is kept.
    """
    require_kept(workspace)
    lake = Lake(workspace.lake)
    held = held_sessions(lake)
    found = [
        *_of_sessions(lake, held.activities, _made(held.links, held.commits)),
        *_of_documents(held.documents, held.commits),
    ]
    return sorted(found, key=lambda each: (-_last(each), each.id))


def _of_sessions(
    lake: Lake, activities: Mapping[str, object], made: Mapping[str, list[Commit]]
) -> Iterator[TodoProgress]:
    changes: defaultdict[str, dict[str, TodoChange]] = defaultdict(dict)
    for event in lake.records(TABLES["events"]):
        if isinstance(event, TodoChange) and event.trajectory_id in activities:
            changes[event.trajectory_id or ""].setdefault(event.id, event)
    for name, told in changes.items():
        ordered = sorted(told.values(), key=lambda change: (change.step or 0, change.id))
        for todo in session_progress(name, ordered):
            yield structs.replace(todo, commits=todo_commits(todo, made.get(name, ())))


def _of_documents(
    documents: Iterable[DocumentVersion], commits: Iterable[Commit]
) -> Iterator[TodoProgress]:
    by_repository: defaultdict[str, list[Commit]] = defaultdict(list)
    for commit in commits:
        by_repository[commit.origin.uri].append(commit)
    versions: defaultdict[tuple[str, str], list[DocumentVersion]] = defaultdict(list)
    for each in documents:
        versions[each.origin.uri.partition("#")[0], each.path].append(each)
    for (repository, _), told in versions.items():
        if not any(each.todos for each in told):
            continue
        told.sort(key=lambda each: (moment_key(each.at), each.id))
        for todo in document_progress(told):
            carried = todo_commits(todo, by_repository.get(repository, ()))
            yield structs.replace(todo, commits=carried)


def _made(links: Iterable[Link], commits: Iterable[Commit]) -> dict[str, list[Commit]]:
    """Return the commits that sessions made for sure, in the order of their time."""
    known = {commit.id: commit for commit in commits}
    made: defaultdict[str, dict[str, Commit]] = defaultdict(dict)
    for link in links:
        is_sure = link.method in WORK and link.confidence >= SURE_ENOUGH
        if is_sure and link.target.id in known:
            made[link.source.id][link.target.id] = known[link.target.id]
    return {
        name: sorted(found.values(), key=lambda each: moment_key(each.at))
        for name, found in made.items()
    }


def _last(todo: TodoProgress) -> float:
    moments = (move.at.timestamp() for move in todo.moves if move.at is not None)
    return max(moments, default=0.0)
