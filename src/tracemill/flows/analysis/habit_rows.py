"""Numbers of the work as a whole, as commands show them."""

from __future__ import annotations

from tracemill.records.refs import Record


class MetricRow(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One number of the work as a whole."""

    name: str
    """What is measured, for example `commits.documented`."""
    repository: str | None
    """The repository that it is of; None where it is of all sessions or issues."""
    value: float | None
    """The number; None where there is nothing to count."""
    part: int | None
    """How many of the whole have it; None where it is a mean."""
    whole: int
    """How many it is counted over."""


class MetricsResult(Record, frozen=True, kw_only=True):
    """Numbers of the work as a whole."""

    rows: tuple[MetricRow, ...]
    """Repositories first, then what is of all sessions."""
