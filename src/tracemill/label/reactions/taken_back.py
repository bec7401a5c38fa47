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
        self._step, self._uncommitted = -1, list[str]()
        """The last step that edited, and which of its calls no commit holds yet."""
        self._with: dict[str, list[str]] = {}
        """By the call that a commit is known by, the other calls whose edits it holds."""
        self._steps: list[int] = []

    @property
    def steps(self) -> tuple[int, ...]:
        """Indexes of steps at which edits were taken back, one for each, in order."""
        return tuple(sorted(self._steps))

    def edited(self, call_id: str, step: int, *, is_committed: bool = False) -> None:
        """Note that the call of an editing tool was carried out; the tool may commit it at once.

        Such a commit holds what the step had edited before it, too.
        """
        self.n_edits += 1
        if step != self._step:
            self._step, self._uncommitted = step, []
        if not is_committed:
            self._uncommitted.append(call_id)
        elif self._uncommitted:
            self._with[call_id], self._uncommitted = self._uncommitted, []
            if len(self._with) > _MAX_HELD:
                del self._with[next(iter(self._with))]
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
        for each in [call_id, *self._with.pop(call_id, [])]:
            if each in self._held:
                del self._held[each]
                self._steps.append(step)

    def stands(self, call_id: str | None) -> bool:
        """Tell whether nobody took back what a call did."""
        return call_id not in self._refused
