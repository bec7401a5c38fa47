"""Whether two metrics rise and fall together."""

from __future__ import annotations

from tracemill.records.refs import Count, Record


class CorrelatedMetrics(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Two metrics of the same slices of the work, as far as they go together."""

    metric: str
    """One of them."""
    other: str
    """The other."""
    by: str
    """The fact that makes the slices, each of which is one pair."""
    n: Count
    """Slices of which both are known."""
    n_left_aside: Count
    """Slices of which only one is."""
    value: float | None
    """Spearman's correlation, -1 to 1; None for fewer than three, or where one never varies."""
    low: float | None
    """Lower end of its interval at 95 %; None where nobody can tell."""
    high: float | None
    """Upper end."""
    p_value: float | None
    """How often chance alone would do as much."""
