"""A stretch of time that numbers are asked of."""

from __future__ import annotations

from datetime import date, datetime, timedelta


def week_of(day: date) -> tuple[date, date]:
    """Return the Monday and the Sunday of a day's week."""
    begin = day - timedelta(days=day.weekday())
    return begin, begin + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's month."""
    begin = day.replace(day=1)
    return begin, (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)


class Period:
    """From a moment, up to another; each may be open."""

    def __init__(self, since: datetime | None, until: datetime | None) -> None:
        self._since = since
        self._until = until

    def holds(self, at: datetime | None) -> bool:
        """Tell whether a moment lies in it; an unknown one lies only in all time."""
        if at is None:
            return self._since is None and self._until is None
        return (self._since is None or at >= self._since) and (
            self._until is None or at < self._until
        )
