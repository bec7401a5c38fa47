"""What happened beside a session's steps, each at the step after which it happened.

A failure and its end, a commit, a gate, what a person did, a todo list: they are facts of other
records, so they are gathered here and placed by the step that they name, or else by their moment.
What has neither is not placed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import msgspec

from tracemill.base.text import beginning, counted
from tracemill.flows.deriving.gate_rows import GateRow
from tracemill.flows.held.lookup import open_index
from tracemill.flows.results import FailureRow
from tracemill.records.events.commits import Commit
from tracemill.records.events.event import Event
from tracemill.records.events.in_session import (
    Compaction,
    Feedback,
    PullRequestLink,
    StatedOutcome,
    TodoChange,
)
from tracemill.store.index import Text
from tracemill.store.lake import Lake, contains_any
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

HappeningKind = Literal["commit", "gate", "failure", "resolved", "person", "todo", "other"]
"""What it was; `resolved` is the end of a failure."""

_WIDTH: Final = 140
_MOST_COMMITS: Final = 100


class Happening(NamedTuple):
    """One thing that happened between two steps."""

    kind: HappeningKind
    says: str
    """What, in a line."""
    at: datetime | None = None
    verdict: str | None = None
    """How it came out, where it is a gate."""


class Moments(NamedTuple):
    """When the steps of a session were made: those of which it is known, in their order."""

    at: Sequence[datetime]
    steps: Sequence[int]

    def step_before(self, moment: datetime | None) -> int | None:
        """Return the step after which a moment lies; None where it lies before all of them."""
        place = bisect_right(self.at, moment) if moment is not None else 0
        return self.steps[place - 1] if place else None


Placed = dict[int, list[Happening]]
"""What happened after each step."""


def happenings(
    workspace: Workspace,
    trajectory_id: str,
    events: Iterable[Event],
    commits: Iterable[str],
    moments: Moments,
) -> Placed:
    """Return what happened in and around a session.

    Args:
        workspace: where it is kept.
        trajectory_id: the session.
        events: its own events.
        commits: hashes of the commits that it is linked to.
        moments: when its steps were made.
    """
    placed: Placed = {}
    shas = sorted(set(commits))[:_MOST_COMMITS]
    found = [
        *_own(events),
        *_failures(workspace, trajectory_id),
        *_commits(workspace, shas),
        *_gates(workspace, shas),
    ]
    for step, happening in found:
        after = step if step is not None else moments.step_before(happening.at)
        if after is not None:
            placed.setdefault(after, []).append(happening)
    return placed


_Found = tuple[int | None, Happening]


def _own(events: Iterable[Event]) -> Iterator[_Found]:
    for event in events:
        match event:
            case Feedback():
                said = f": {beginning(event.text, _WIDTH)}" if event.text else ""
                words = event.action.replace("_", " ")
                yield event.step, Happening("person", f"{words} by a person{said}", event.at)
            case TodoChange():
                yield event.step, Happening("todo", _todos(event), event.at)
            case Compaction():
                yield event.step, Happening("other", "the context was summarised", event.at)
            case PullRequestLink():
                yield event.step, Happening("other", f"pull request #{event.number}", event.at)
            case StatedOutcome():
                said = beginning(f"{event.value}", _WIDTH)
                yield event.step, Happening("other", f"stated: {event.fact} {said}", event.at)
            case _:
                continue


def _todos(change: TodoChange) -> str:
    n_done = sum(todo.status == "completed" for todo in change.todos)
    return f"{counted(len(change.todos), 'todo')}, {n_done} done"


def _failures(workspace: Workspace, trajectory_id: str) -> Iterator[_Found]:
    rows = _rows(workspace, "failure", {"session": trajectory_id})
    for failure in (msgspec.convert(row, FailureRow) for row in rows):
        said = beginning(failure.symptom, _WIDTH)
        if failure.attempts:
            yield failure.attempts[0], Happening("failure", f"{failure.kind}: {said}", failure.at)
        if failure.resolved_step is not None:
            how = f" by {failure.change}" if failure.change not in (None, "none") else ""
            yield failure.resolved_step, Happening("resolved", f"{failure.kind} resolved{how}")


def _commits(workspace: Workspace, shas: Sequence[str]) -> Iterator[_Found]:
    if not shas:
        return
    where = contains_any("record", [f'"sha":"{sha}"' for sha in shas])
    for event in Lake(workspace.lake).records(TABLES["events"], where=where):
        if isinstance(event, Commit):
            said = f"{event.sha[:10]} {beginning(event.subject, _WIDTH)}"
            yield None, Happening("commit", said, event.at)


def _gates(workspace: Workspace, shas: Sequence[str]) -> Iterator[_Found]:
    for sha in shas:
        rows = _rows(workspace, "gate", {"commit": sha})
        for run in (msgspec.convert(row, GateRow) for row in rows):
            n_failed = run.failed + run.errors
            said = f"{run.gate} of {sha[:10]}" + (f", {n_failed:,} failed" if n_failed else "")
            yield None, Happening("gate", said, run.at, run.status)


def _rows(workspace: Workspace, kind: str, only: Mapping[str, str]) -> list[dict[str, Any]]:
    with open_index(workspace) as index:
        return index.page(kind, only=only, text=Text(), first=0, limit=-1)
