"""Which prompt each line of a session stands behind: a log is a tree, and a rewind leaves a branch.

A person who goes back to an earlier prompt leaves the lines behind it in the log, and the next
prompt follows what stood before them. Forks alone tell nothing: calls that run at once fork the
tree too, and so do reports of progress. But only a prompt begins a branch, so what is written
until the next one stands behind it; and a prompt that follows an earlier one than the last can
only mean that those between were taken back. A prompt that follows one that was taken back means
that a person returned to it, and left what stood in its place. Where a parent is unknown, nothing
is concluded.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, NamedTuple

from tracemill.sources.building.remembered import Remembered

_MAX_LINES: Final = 30_000
_MAX_PROMPTS: Final = 4096


class Rewind(NamedTuple):
    """What a prompt tells that follows an earlier one than the last."""

    undone_from: int
    """The first prompt that it takes back."""
    goes_on_from: int | None = None
    """The last step of the branch that it returns to, if any."""


class Branches:
    """The prompts of one trajectory that still stand, and the one that each line stands behind."""

    def __init__(self) -> None:
        self._above: Remembered[str, int] = Remembered(_MAX_LINES)
        self._standing: list[int] = []
        """Indexes of the steps that are prompts, in their order; the newest ones."""
        self._newest: int | None = None
        self._before: Remembered[int, int] = Remembered(_MAX_PROMPTS)
        """The prompt that each one followed."""
        self._last: Remembered[int, int] = Remembered(_MAX_PROMPTS)
        """The last step behind each prompt, before the next one in the log."""

    def follow(self, line_id: str) -> None:
        """Let a line stand behind the newest prompt."""
        if self._standing:
            self._above.put(line_id, self._standing[-1])

    def prompt(self, line_id: str, parent_id: str | None, step: int) -> Rewind | None:
        """Let the prompt at `step` stand; return what it takes back, if anything."""
        if self._newest is not None:
            self._last.put(self._newest, step - 1)
        above = None if parent_id is None else self._above.get(parent_id)
        left = None if above is None else self._leave(above)
        if self._standing:
            self._before.put(step, self._standing[-1])
        self._newest = step
        self._standing.append(step)
        if len(self._standing) > _MAX_PROMPTS:
            del self._standing[: _MAX_PROMPTS // 2]
        self._above.put(line_id, step)
        return left

    def _leave(self, above: int) -> Rewind | None:
        """Take back the prompts that do not lead to the one `above`, which stands from now on."""
        branch: list[int] = []
        known = above
        while (place := self._place(known)) is None:
            branch.insert(0, known)
            before = self._before.get(known)
            if before is None:
                return None
            known = before
        if place + 1 == len(self._standing):
            return None
        undone = self._standing[place + 1]
        self._standing[place + 1 :] = branch
        return Rewind(undone, self._last.get(above) if branch else None)

    def _place(self, prompt: int) -> int | None:
        """Return where a prompt stands, or None where it does not."""
        place = bisect_left(self._standing, prompt)
        is_there = place < len(self._standing) and self._standing[place] == prompt
        return place if is_there else None
