"""What became of the changes of a piece of work, by the history of its repository."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Count, Ratio, Record, Stamp

Rollback = Literal["day", "week", "later", "none", "pending"]
"""Whether commits were taken back: within 24 hours, within seven days, later, or not within
seven days; `pending` where the history does not go on for seven days yet."""

RewrittenBy = Literal["session", "agent", "unmarked"]
"""Who made a commit: another known session, an agent by the commit's own word, or somebody of
whom nothing says that it was an agent."""


class Undone(Record, frozen=True, kw_only=True):
    """That a commit of the work was taken back."""

    commit: str
    """Hash of the commit of the work."""
    undone_by: str
    """Hash of the commit that took it back."""
    is_said: bool
    """Whether the message says so; otherwise only the changes do."""
    after_s: float | None = None
    """Seconds that it had stood; None where a moment is unknown."""


class Rewritten(Record, frozen=True, kw_only=True):
    """Lines of the work that somebody took out again, within the work's repository."""

    by: RewrittenBy
    """Who did."""
    episode_id: str | None = None
    """The piece of work that did, where one is known."""
    n_lines: Count
    """How many of the lines, up to HEAD."""
    n_lines_week: Count
    """How many within seven days of reaching the main line."""


class Survival(Record, frozen=True, kw_only=True):
    """What of the commits of an episode or change set still stands.

    The main line is HEAD and its first parents. A line counts while its text, white space aside,
    stands in its file there. Lines that the work itself took out again count as never written.
    """

    id: str
    """The episode or change set."""
    commits: tuple[str, ...]
    """Hashes of the commits that were looked at."""
    n_lines: Count | None = None
    """Lines that they wrote; None where the contents of none could be read."""
    n_landed: Count | None = None
    """Those of them that reached the main line."""
    landed: datetime | None = None
    """When the first of them did."""
    kept_day: Ratio | None = None
    """Share of the landed lines that stood 24 hours later; None where the history ends before."""
    kept_week: Ratio | None = None
    """The same after seven days."""
    kept_month: Ratio | None = None
    """The same after thirty days."""
    kept_head: Ratio | None = None
    """The same at HEAD."""
    rollback: Rollback
    """Whether and how soon a commit was taken back by something else than the work itself."""
    undone: tuple[Undone, ...] = ()
    """Commits of the work that were taken back, by the work itself too."""
    rewritten: tuple[Rewritten, ...] = ()
    """Who took lines out again, most lines first."""
    stamp: Stamp
    """The rule that measured it."""
