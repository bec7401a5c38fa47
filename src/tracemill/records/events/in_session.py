"""What happened within a session besides its steps: feedback, todos, compaction, links, outcome."""

from __future__ import annotations

from typing import Literal

from tracemill.records.events.base import EventBase
from tracemill.records.refs import Count, Record

TodoStatus = Literal["pending", "in_progress", "completed", "cancelled", "unknown"]
"""Where a piece of planned work stands."""

FeedbackKind = Literal[
    "rejection", "permission", "interruption", "steering", "edit", "rewind", "approval",
    "disapproval",
]  # fmt: skip
"""What a person did: refused a call or let through what the agent asked for, stopped the agent,
spoke while it worked, changed its edit, took the session back to an earlier point, or gave a
response a thumbs up or down."""


class Feedback(EventBase, frozen=True, kw_only=True, tag="feedback"):
    """What a person did to the agent's work, as the log itself records it."""

    action: FeedbackKind
    """What the person did."""
    text: str | None = None
    """What the person said with it."""
    call_id: str | None = None
    """The tool call it was about."""
    undone_from: Count | None = None
    """Index of the first step that a rewind undid and that stays in the trajectory, up to `step`;
    None where nothing that was undone stays, and so nothing is said of the step."""
    goes_on_from: Count | None = None
    """Index of the step that the session goes on behind after a rewind, where the source tells it.
    What was undone before and holds it stands again up to there."""


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


class StatedOutcome(EventBase, frozen=True, kw_only=True, tag="stated_outcome"):
    """What the log itself says of how the work came out: a fact for labels, not yet a judgement."""

    fact: str
    """What is stated, in the format's own word, for example `resolved` or `exit_status`."""
    value: bool | int | float | str
    """What it is."""
