"""What measures of models' answers make of replies of known worth."""

from __future__ import annotations

from tracemill.records.refs import Count, Record


class ProvedMeasure(Record, frozen=True, kw_only=True):
    """One measure, and the replies that it misjudges."""

    name: str
    """What it is called."""
    is_trusted: bool
    """Whether anything is decided by it; the others were trusted once, and stand for comparison."""
    n: Count
    """Replies that it was tried on."""
    n_wrong_accepted: Count
    """Wrong replies that it takes for right."""
    n_right_rejected: Count
    """Right replies that it takes for wrong."""
    misjudged: tuple[str, ...] = ()
    """What each of those replies does, or was asked."""


class ProvedMeasures(Record, frozen=True, kw_only=True):
    """All measures that were tried."""

    measures: tuple[ProvedMeasure, ...]
    """The measures, those first by which something is decided."""
