"""How far into sessions the examples of a dataset reach, and how much stood in the window there."""

from __future__ import annotations

from tracemill.records.refs import Count, Record


class Reach(Record, frozen=True, kw_only=True, omit_defaults=False):
    """Examples of a version by where they stand."""

    version: str
    """Id of the version."""
    n: Count
    """Examples."""
    positions: dict[str, int]
    """Examples by the quarter of their session in which they end; `unknown` where none is held."""
    windows: dict[str, int]
    """Examples by the tokens that stood in the window where they end; `unknown` where no model call
    up to there tells."""
