"""A stretch of time that numbers are asked of."""

from __future__ import annotations

from datetime import datetime


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
