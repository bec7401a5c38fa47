"""What a Claude Code session is called: by its person, by the program, or by a summary of it.

A summary names the last message of what it sums up. That is often another session, whose title
it is: it names this one only where that message stands in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tracemill.sources.reading.json_fields import text

_MAX_SUMMARIES: Final = 64
_KEYS: Final = {"custom-title": "customTitle", "ai-title": "aiTitle"}
"""Where each kind of title stands; the first counts most."""


class Titles:
    """The titles that one file gives."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._summaries: dict[str, str] = {}

    def take_title(self, record: dict[str, Any]) -> bool:
        """Read a title; return whether there is one."""
        kind = record["type"]
        title = text(record.get(_KEYS[kind]))
        if title is not None:
            self._told[kind] = title
        return title is not None

    def take_summary(self, record: dict[str, Any]) -> bool:
        """Read a summary; return whether it may count."""
        leaf, summary = text(record.get("leafUuid")), text(record.get("summary"))
        if leaf is None or summary is None or len(self._summaries) >= _MAX_SUMMARIES:
            return False
        self._summaries.pop(leaf, None)
        self._summaries[leaf] = summary
        return True

    def title(self, is_here: Callable[[str], bool]) -> str | None:
        """Return the title; `is_here` tells of a message whether it stands in this session."""
        told = next((self._told[kind] for kind in _KEYS if kind in self._told), None)
        own = [summary for leaf, summary in self._summaries.items() if is_here(leaf)]
        return told or (own[-1] if own else None)
