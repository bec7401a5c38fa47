"""What was planned, entry by entry, how it went on, and which commits carried it out."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from tracemill.records.refs import Count, Ratio, Record, Ref

SURE_COMMIT: Final = 0.7
"""From which sureness a commit counts as what carried an entry out."""

TodoPlace = Literal["session", "document"]
"""Where an entry stands: in the list of a session, or in a checklist of a document."""

MoveKind = Literal["pending", "in_progress", "completed", "cancelled", "unknown", "removed"]
"""What was said of an entry; `removed` where the list goes on without it before it was done."""

TodoCommitMethod = Literal["ticked", "made_while", "made_next"]
"""How it is known: the commit ticked the entry's box; the session made it while the entry was in
progress; or it is the first that the session made after the entry was done."""


class TodoMove(Record, frozen=True, kw_only=True):
    """One change of an entry."""

    status: MoveKind
    """What was said of it."""
    at: datetime | None = None
    """When."""
    source: Ref
    """The step of the session, or the version of the document."""
    commit: str | None = None
    """Hash of the commit that made the version; None in a session."""
    text: str | None = None
    """What the entry says from here on; None where that stays."""


class TodoCommit(Record, frozen=True, kw_only=True):
    """A commit that carried an entry out, or said that it was."""

    sha: str
    """Its hash."""
    subject: str
    """First line of its message."""
    method: TodoCommitMethod
    """How it is known."""
    confidence: Ratio
    """How sure that is."""


class TodoProgress(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One entry of a list, from when it was first written down to where it stands now."""

    id: str
    """Derived from where it stands and what it was first called."""
    place: TodoPlace
    """What list it is in."""
    trajectory_id: str | None
    """The session; None for a document."""
    path: str | None
    """The document's path in its repository; None for a session."""
    repository: str | None
    """Address of the repository; None for a session."""
    under: str | None
    """The phase or task of the plan that it is a part of; None where it is part of none."""
    text: str
    """What is to be done, as it was said last."""
    status: MoveKind
    """Where it stands."""
    moves: tuple[TodoMove, ...]
    """Its changes, in order; the first is where it was written down."""
    minutes: float | None
    """From when it was first in progress until it was done; None where that is not known."""
    n_renamed: Count
    """How often it was put in other words."""
    commits: tuple[TodoCommit, ...]
    """What carried it out, the surest first; none where nothing shows any."""
