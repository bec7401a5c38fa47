"""The rows of which exports of Langfuse consist, told by their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracemill.sources.reading.json_fields import text

OBSERVATIONS: Final = frozenset(
    {
        "AGENT", "CHAIN", "EMBEDDING", "EVALUATOR", "EVENT", "GENERATION", "GUARDRAIL", "RETRIEVER",
        "SPAN", "TOOL",
    }
)  # fmt: skip


def is_trace(row: Mapping[str, Any]) -> bool:
    """Tell whether a row is a trace with its observations."""
    found = row.get("observations")
    if not isinstance(found, list) or "id" not in row or "timestamp" not in row:
        return False
    return all(isinstance(one, str | dict) for one in found[:1])


def is_observation(row: Mapping[str, Any]) -> bool:
    """Tell whether a row is an observation that names its trace."""
    return text(row.get("type")) in OBSERVATIONS and "traceId" in row and "startTime" in row
