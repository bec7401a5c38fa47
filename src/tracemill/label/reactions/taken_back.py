"""Edits that a person took back after they were made, as an undo of the agent's does.

A refused call changes nothing, so it takes nothing back. Of very many edits the oldest are
forgotten, and can no longer be taken back here.
"""

from __future__ import annotations

from typing import Final

_MAX_HELD: Final = 10_000


class TakenBack:
    """Counts edits, and those of them that were taken back."""

    def __init__(self) -> None:
        self.n_edits = 0
        """Edits that were made."""
        self._held: dict[str, None] = {}
        self._refused: dict[str, int] = {}
        self._steps: list[int] = []

    @property
    def steps(self) -> tuple[int, ...]:
        """Indexes of steps at which edits were taken back, one for each, in order."""
        return tuple(sorted(self._steps))

    def edited(self, call_id: str) -> None:
        """Note that the call of an editing tool was carried out."""
        self.n_edits += 1
        if call_id in self._refused:
            self._steps.append(self._refused[call_id])
            return
        self._held[call_id] = None
        if len(self._held) > _MAX_HELD:
            del self._held[next(iter(self._held))]

    def refused(self, call_id: str | None, step: int) -> None:
        """Note that a person refused a call; a source may tell so before what the call did."""
        if call_id is None:
            return
        if len(self._refused) < _MAX_HELD:
            self._refused[call_id] = step
        if call_id in self._held:
            del self._held[call_id]
            self._steps.append(step)

    def stands(self, call_id: str | None) -> bool:
        """Tell whether nobody took back what a call did."""
        return call_id not in self._refused
