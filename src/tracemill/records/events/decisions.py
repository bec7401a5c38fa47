"""What a team decided and why, where a tool keeps it as data; decisions in prose are documents."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.events.base import EventBase


class Decision(EventBase, frozen=True, kw_only=True, tag="decision"):
    """A decision as it stood. `at` is when it was last changed."""

    tracker: str
    """The tool that keeps it."""
    native_id: str
    """The tool's own id of it."""
    statement: str | None = None
    """What was decided."""
    reasoning: str | None = None
    """Why."""
    consequences: tuple[str, ...] = ()
    """What follows from it."""
    scope: tuple[str, ...] = ()
    """What it is about, in the team's words."""
    related: tuple[str, ...] = ()
    """The tool's ids of the work that it came from."""
    supersedes: str | None = None
    """The decision that it takes the place of."""
    status: str | None = None
    """Where it stands, in the tool's word, for example `active`."""
    created: datetime | None = None
    """When it was made."""
