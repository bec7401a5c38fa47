"""Time as aware UTC. Only shells and flows read the clock; stages are handed moments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The first moment that anything is believed to have happened at."""
LATEST: Final = datetime.fromtimestamp(2**33, UTC)
"""The first moment, in 2242, that nothing is believed to have happened at yet."""


def now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that may


def moment_key(at: datetime | None) -> float:
    """Return what moments are sorted by; one that is unknown comes before all others."""
    return float("-inf") if at is None else at.timestamp()


def believed(at: datetime) -> datetime | None:
    """Return an aware moment; None where it lies so far off that it stands for an unknown one.

    Programs write the year 1 or 9999 where they know no time, and beside these years no moment has
    room for a day before or after it.
    """
    return at if EARLIEST <= at < LATEST else None


def parse_moment(text: str) -> datetime | None:
    """Return the moment that an RFC 3339 text names, or None where it names none to be believed.

    A time without an offset names no moment, since the zone would be a guess.
    """
    try:
        moment = datetime.fromisoformat(text)
        return believed(moment.astimezone(UTC)) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
