"""Days and moments as people write them."""

from datetime import UTC, date, datetime

from tracemill.base.clock import EARLIEST, LATEST, believed, now
from tracemill.base.errors import UsageError


def day_of(text: str | None) -> date:
    """Return the day that is named; today where none is.

    Raises:
        UsageError: it names no day, or one so far off that nothing can lie there.
    """
    if text is None:
        return now().date()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"expected a day as YYYY-MM-DD, found {text!r}") from error
    if believed(datetime(day.year, day.month, day.day, tzinfo=UTC)) is None:
        raise _too_far(text)
    return day


def aware(moment: datetime | None) -> datetime | None:
    """Return a moment with its zone, which is this machine's where it names none.

    Raises:
        UsageError: it lies so far off that nothing can lie there.
    """
    if moment is None:
        return None
    try:
        known = believed(moment.astimezone(UTC))
    except (OverflowError, ValueError):
        known = None
    if known is None:
        raise _too_far(moment.isoformat())
    return known


def _too_far(text: str) -> UsageError:
    return UsageError(
        f"expected a day between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}, found {text!r}"
    )
