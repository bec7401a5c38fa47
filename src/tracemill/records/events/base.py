"""What every dated fact outside the steps says of itself."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.refs import Count, Origin, Record, Span


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
