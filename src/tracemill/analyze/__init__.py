"""Analyze: what many commits, documents, sessions and reports say together, in numbers.

In come records; out go counts, shares and patterns. Each function says its formula, knows nothing
of a store, and gives None where there is nothing to count: a share of nothing is not zero.

A metric turns what is held into cases; the same cases serve `metrics show --metric`, for any slice,
the patterns, which are rules as data in `patterns.toml`, and `conclusions.versions`, which puts
versions of a prompt or recipe beside one another. To add a metric: a function in one of the modules
of `metrics` and its line in `METRICS`; to add a pattern: an entry in `patterns.toml`.
"""

from typing import TYPE_CHECKING, Final

from tracemill.base.loading import front

if TYPE_CHECKING:
    from tracemill.analyze.conclusions.calibration import calibrations
    from tracemill.analyze.conclusions.patterns import find_patterns, shipped_rules
    from tracemill.analyze.conclusions.ranking import rank
    from tracemill.analyze.metrics.table import METRICS

ANALYZE_VERSION: Final = 12
"""Raise it when the same records would give other numbers."""

__all__ = ["ANALYZE_VERSION", "METRICS", "calibrations", "find_patterns", "rank", "shipped_rules"]
"""Numbers of the work as a whole are imported from their own modules."""

__getattr__ = front(
    __name__,
    {
        "METRICS": "metrics.table",
        "calibrations": "conclusions.calibration",
        "find_patterns": "conclusions.patterns",
        "rank": "conclusions.ranking",
        "shipped_rules": "conclusions.patterns",
    },
)
