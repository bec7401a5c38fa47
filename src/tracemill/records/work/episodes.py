"""One piece of work: a goal, the trajectories and events that served it, and its outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Ratio, Record, Ref, Stamp

EpisodeKind = Literal["fix", "feature", "refactor", "docs", "test", "chore", "question", "unknown"]
"""What kind of work it was."""

Outcome = Literal["achieved", "partial", "failed", "abandoned", "unknown"]
"""What became of it, as far as the record proves it."""


class Episode(Record, frozen=True, kw_only=True):
    """One piece of work."""

    id: str
    """Derived from its trajectories."""
    kind: EpisodeKind
    """What kind of work it was."""
    goal: str
    """The first thing that the person asked for, verbatim but redacted; may be empty."""
    session_ids: tuple[str, ...]
    """The sources' own ids of its sessions."""
    trajectory_ids: tuple[str, ...]
    """Its trajectories, subagents included, in the order of their start."""
    event_ids: tuple[str, ...] = ()
    """Its events: the commits linked to it."""
    commits: tuple[str, ...] = ()
    """Hashes of the commits linked to it as its work."""
    started: datetime | None = None
    """Earliest moment in it."""
    ended: datetime | None = None
    """Latest moment in it."""
    outcome: Outcome
    """What became of it."""
    confidence: Ratio
    """How sure the outcome is; 0 for `unknown`."""
    reason: str
    """What proves the outcome, in one sentence that holds nothing of the content."""
    evidence: tuple[Ref, ...] = ()
    """Steps and events that prove the outcome."""
    quality: Ratio | None = None
    """Share of its kinds of checks whose last run passed, or what people rated it, 0 to 1; None
    where neither is known."""
    stamp: Stamp
    """The rule that grouped and judged it."""
