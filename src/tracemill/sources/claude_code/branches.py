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

    def left_by(self, parent_id: str | None) -> int | None:
        """Return the first step that a prompt behind `parent_id` takes back, or None."""
        above = None if parent_id is None else self._above.get(parent_id)
        if above is None:
            return None
        place = bisect_left(self._standing, above)
        is_standing = self._standing[place : place + 1] == [above]
        behind = self._standing[place + 1 : place + 2]
        return behind[0] if is_standing and behind else None

    def prompt(self, line_id: str, step: int) -> None:
        """Let the prompt at `step` stand, and with it only those before it."""
        del self._standing[bisect_left(self._standing, step) :]
        self._standing.append(step)
        if len(self._standing) > _MAX_PROMPTS:
            del self._standing[: _MAX_PROMPTS // 2]
        self._above.put(line_id, step)
