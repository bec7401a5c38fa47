"""What a log says beyond what our records have a field for, put back where it is written again."""

from __future__ import annotations

from typing import Any

from tracemill.base.difference import Difference, joined
from tracemill.records.sessions.trajectory import Remainder


def with_remainder(item: dict[str, Any], remainder: Remainder | None) -> dict[str, Any]:
    """Return an object of a format with what was kept of it beside our fields, if anything was."""
    if remainder is None:
        return item
    whole: dict[str, Any] = joined(item, Difference(remainder.values, remainder.absent))
    return whole
