"""Dated facts outside the steps: what people, todo lists and repositories did.

`Event` is a tagged union on `kind`. An event that happened within a session names its
trajectory and step; one that did not, such as a commit, names neither.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Count, Origin, Record, Span

TodoStatus = Literal["pending", "in_progress", "completed", "cancelled", "unknown"]
"""Where a piece of planned work stands."""

FeedbackKind = Literal["rejection", "interruption", "steering", "edit"]
"""What a person did: refused a call, stopped the agent, spoke while it worked, changed its edit."""


class EventBase(Record, frozen=True, kw_only=True, tag_field="kind"):
    """What every event says."""

    id: str
    """Derived from where the event was read."""
    at: datetime | None = None
    """When it happened, aware UTC."""
    trajectory_id: str | None = None
    """The trajectory in which it happened."""
    step: Count | None = None
    """Index of the step at which it happened."""
    origin: Origin
    """Where it was read."""
    span: Span | None = None
    """Bytes of the input that it was read from."""


class Feedback(EventBase, frozen=True, kw_only=True, tag="feedback"):
    """What a person did to the agent's work, as the log itself records it."""

    action: FeedbackKind
    """What the person did."""
    text: str | None = None
    """What the person said with it."""
    call_id: str | None = None
    """The tool call it was about."""


class Todo(Record, frozen=True, kw_only=True):
    """One entry of a todo list."""

    text: str = ""
    """What is to be done."""
    status: TodoStatus = "unknown"
    """Where it stands."""
    native_id: str | None = None
    """The list's own id of the entry."""


class TodoChange(EventBase, frozen=True, kw_only=True, tag="todo"):
    """The agent wrote its todo list, or changed an entry of it."""

    todos: tuple[Todo, ...] = ()
    """The entries as they stand after the change; for a change of one entry, that entry."""
    is_whole_list: bool = True
    """Whether `todos` is the whole list, or only what changed."""


class Compaction(EventBase, frozen=True, kw_only=True, tag="compaction"):
    """The context was summarised because it grew too long."""

    trigger: str | None = None
    """What set it off, for example `auto` or `manual`."""
    tokens_before: Count | None = None
    """Size of the context before."""


class PullRequestLink(EventBase, frozen=True, kw_only=True, tag="pull_request_link"):
    """The session opened or named a pull request."""

    number: int
    """Number of the pull request."""
    url: str | None = None
    """Its address."""
    repository: str | None = None
    """The repository as `owner/name`."""


class FileChange(Record, frozen=True, kw_only=True):
    """What a commit did to one file."""

    path: str
    """Path within the repository."""
    status: str
    """Git's letter: A added, M modified, D deleted, R renamed, C copied, T type changed."""
    added: Count | None = None
    """Lines added; None for binary files and where git could not read the contents."""
    deleted: Count | None = None
    """Lines deleted; None as for `added`."""
    old_path: str | None = None
    """Path before a rename or copy."""


class Commit(EventBase, frozen=True, kw_only=True, tag="commit"):
    """One git commit. `at` is its commit time."""

    sha: str
    """The full hash."""
    parents: tuple[str, ...] = ()
    """Hashes of its parents; two or more make it a merge."""
    author: str = ""
    """Pseudonym of its author."""
    authored: datetime | None = None
    """When it was written, aware UTC."""
    subject: str = ""
    """First line of its message."""
    body: str = ""
    """The rest of its message, trailers included."""
    trailers: tuple[tuple[str, str], ...] = ()
    """Key and value of each trailer, in order."""
    reverts: tuple[str, ...] = ()
    """Hashes of the commits that it says it reverts, as written: whole or abbreviated."""
    files: tuple[FileChange, ...] | None = None
    """What it changed against its first parent; None where git could not tell."""
    refs: tuple[str, ...] = ()
    """Branches and tags that point at it."""


Event = Feedback | TodoChange | Compaction | PullRequestLink | Commit
"""Any event."""
