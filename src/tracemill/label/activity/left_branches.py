"""Which branches a person left: a rewind leaves one, and who returns lets it stand again."""

from __future__ import annotations

from tracemill.records.sessions.activity import UndoneSteps


class LeftBranches:
    """The branches of one session that are left so far."""

    def __init__(self) -> None:
        self._spans: set[tuple[int, int]] = set()
        self.returned: set[int] = set()
        """Where branches ended that stand again: nobody refused what stands there after all."""
        self._apart: set[int] = set()
        """First steps behind branches that stand again, and that were out of their sight."""

    def leave(self, first: int, last: int) -> None:
        """Leave the steps from `first` to `last`."""
        self._spans.add((first, last))

    def return_to(self, step: int) -> None:
        """Let branches that hold `step` stand again up to it."""
        held = {span for span in self._spans if span[0] <= step <= span[1]}
        ends = {last for _, last in held}
        self._spans -= held
        self._spans |= {(step + 1, last) for last in ends if step < last}
        self._apart |= {last + 1 for last in ends}
        self.returned |= ends

    def finish(self) -> tuple[UndoneSteps, ...]:
        """Return the branches that are left at the end, in order."""
        return tuple(
            UndoneSteps(first=first, last=last, is_apart=first in self._apart)
            for first, last in sorted(self._spans)
        )
