"""Which prompt each line of a session stands behind: a log is a tree, and a rewind leaves a branch.

A person who goes back to an earlier prompt leaves the lines behind it in the log, and the next
prompt follows what stood before them. Forks alone tell nothing: calls that run at once fork the
tree too, and so do reports of progress. But only a prompt begins a branch, so what is written
until the next one stands behind it; and a prompt that follows an earlier one than the last can
only mean that those between were taken back. Where a parent is unknown, nothing is concluded.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from tracemill.sources.remembered import Remembered

_MAX_LINES: Final = 30_000
_MAX_PROMPTS: Final = 4096


class Branches:
    """The prompts of one trajectory that still stand, and the one that each line stands behind."""

    def __init__(self) -> None:
        self._above: Remembered[str, int] = Remembered(_MAX_LINES)
        self._standing: list[int] = []
        """Indexes of the steps that are prompts, in their order; the newest ones."""

    def follow(self, line_id: str) -> None:
        """Let a line stand behind the newest prompt."""
        if self._standing:
            self._above.put(line_id, self._standing[-1])

    def prompt(self, line_id: str, parent_id: str | None, step: int) -> int | None:
        """Let the prompt at `step` stand; return the first one that it takes back, if any."""
        above = None if parent_id is None else self._above.get(parent_id)
        place = len(self._standing) if above is None else bisect_left(self._standing, above)
        is_rewind = place + 1 < len(self._standing) and self._standing[place] == above
        undone = self._standing[place + 1] if is_rewind else None
        if is_rewind:
            del self._standing[place + 1 :]
        self._standing.append(step)
        if len(self._standing) > _MAX_PROMPTS:
            del self._standing[: _MAX_PROMPTS // 2]
        self._above.put(line_id, step)
        return undone
