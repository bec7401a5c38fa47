"""Days as people write them."""

from datetime import date

from tracemill.base.clock import now
from tracemill.base.errors import UsageError


def day_of(text: str | None) -> date:
    """Return the day that is named; today where none is.

    Raises:
        UsageError: it names no day.
    """
    if text is None:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"expected a day as YYYY-MM-DD, found {text!r}") from error
