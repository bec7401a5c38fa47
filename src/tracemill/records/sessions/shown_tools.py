"""What a session shows of the tools it calls, beyond what its source records."""

from __future__ import annotations

from tracemill.records.refs import Record
from tracemill.records.sessions.trajectory import ToolLevel


class ShownTool(Record, frozen=True, kw_only=True):
    """The tool of one call."""

    level: ToolLevel | None = None
    """What was called; None where nothing is kept of what it was called with."""
    version: str | None = None
    """In which version; None where nothing told it."""
