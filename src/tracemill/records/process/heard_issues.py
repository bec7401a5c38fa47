"""Issues that nobody filed: what people complained of while they worked with an agent."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Count, Record
from tracemill.records.sessions.reactions import ReactionKind


class HeardIssue(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One complaint, as an issue that could be filed."""

    id: str
    """Derived from the session and the step in which it was said."""
    title: str
    """The sentence that says what is amiss, redacted."""
    labels: tuple[str, ...] = ("bug", "heard")
    """What kind of issue it is, and that nobody filed it."""
    tool: str | None
    """What the sentence names of what was called; None where it names nothing."""
    called: tuple[str, ...]
    """What was called in the turn that it is about."""
    request: str
    """What had been asked for in that turn, redacted, at most 200 characters."""
    trajectory_id: str
    """The session."""
    step: Count
    """Index of the step in which it was said."""
    at: datetime | None
    """When the turn began that it is about."""
    reaction: ReactionKind | None
    """How the person surely took that turn; None where that is not sure."""


class HeardIssues(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Complaints, the newest first."""

    rows: tuple[HeardIssue, ...]
    """Those that are shown."""
    total: Count
    """How many there are."""
    n_turns: Count
    """Turns with calls that were looked at."""
    tools: dict[str, Count]
    """How often which tool was complained of by name, the most frequent first."""
