"""Which lines of a session stood there before: a resumed session begins with copies of another.

A message is known again by its `uuid` and what it says, since two messages may share a `uuid`;
a line without one by its bytes. Both are remembered in bounded memory.
"""

from __future__ import annotations

from typing import Any, Final

from tracemill.base.lines import Line
from tracemill.sources.building.remembered import Remembered

_MAX_LINES: Final = 75_000
"""Messages and lines that are remembered; the oldest are forgotten first."""


class Repeats:
    """The messages and bare lines of one file, as far back as they are remembered."""

    def __init__(self) -> None:
        self._known: Remembered[int, int] = Remembered(_MAX_LINES)

    def is_message(self, record: dict[str, Any], *said: str) -> bool:
        """Tell whether this `uuid` has said the same before; remember that it says it now."""
        own = record.get("uuid")
        if type(own) is not str:
            return False
        known, gist = hash(own), hash(said)
        if self._known.get(known) == gist:
            return True
        self._known.put(known, gist)
        return False

    def is_line(self, line: Line) -> bool:
        """Tell whether a line stood here before, byte for byte."""
        known = hash(line.data)
        if self._known.get(known) == known:
            return True
        self._known.put(known, known)
        return False

    def has_message(self, message_id: str) -> bool:
        """Tell whether a message stands in this file."""
        return self._known.get(hash(message_id)) is not None
