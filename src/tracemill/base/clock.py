"""Time as aware UTC. Only shells and flows read the clock; stages are handed moments."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that may


def parse_moment(text: str) -> datetime | None:
    """Return the moment that an RFC 3339 text names, or None where it names none.

    A time without an offset names no moment, since the zone would be a guess.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
