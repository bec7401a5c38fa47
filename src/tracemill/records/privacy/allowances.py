"""Decisions that something redaction finds is harmless: known by its stand-in, never by its text.

A stand-in is a keyed hash of the text under a rule, so it says which text and which rule are meant
to whoever has the workspace's key, and nothing to anybody else.
"""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Record


class Allowance(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One decision. It is never changed but once: when it ends."""

    id: str
    """Derived from the stand-in, the project and the moment."""
    stand_in: str
    """What stood in place of the text, for example `[SECRET:github-pat:k7f2qa]`."""
    project: str | None
    """Folder in which it holds, with personal parts pseudonymised; None for everywhere."""
    reason: str
    """Why it is harmless, redacted."""
    by: str
    """Who says so."""
    at: datetime
    """Since when, aware UTC."""
    until: datetime
    """When it ends by itself, aware UTC."""
    ended: datetime | None = None
    """When it ended, aware UTC."""

    def is_active(self, now: datetime) -> bool:
        """Tell whether it holds at a moment."""
        return self.ended is None and now < self.until
