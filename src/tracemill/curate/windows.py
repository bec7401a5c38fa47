"""A trajectory's steps as turns, and turns packed into windows, in bounded memory.

A turn begins where a person speaks, and reaches to the next time they do. A window holds whole
turns, as many as fit. Where the context was compacted a new window begins, since the model no
longer saw what was before; the summary that it saw instead opens the window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from tracemill.records.trajectory import Step


class Turn(NamedTuple):
    """What a person said, and all that followed until they spoke again."""

    steps: list[Step]
    """The steps; empty where the turn is too long to be held."""
    first_step: int
    last_step: int
    n_chars: int
    has_prompt: bool
    """Whether it begins with a person's words, and not in the middle of things."""
    begins_context: bool
    """Whether the context was compacted right before."""

    @property
    def is_too_long(self) -> bool:
        """Whether its steps were not held."""
        return not self.steps


class _OpenTurn:
    """A turn that still grows."""

    def __init__(self, step: Step, *, begins_context: bool) -> None:
        self._steps: list[Step] = []
        self._first_step = step.index
        self._last_step = step.index
        self._n_chars = 0
        self._begins_context = begins_context
        self.has_prompt = False

    def add(self, step: Step, max_chars: int) -> None:
        self._last_step = step.index
        self._n_chars += _n_chars(step)
        self.has_prompt = self.has_prompt or _is_prompt(step)
        if self._n_chars <= max_chars:
            self._steps.append(step)
        else:
            self._steps.clear()

    def close(self) -> Turn:
        return Turn(
            self._steps,
            self._first_step,
            self._last_step,
            self._n_chars,
            self.has_prompt,
            self._begins_context,
        )


def split_turns(
    steps: Iterable[Step], compacted: Collection[int], max_chars: int
) -> Iterator[Turn]:
    """Cut `steps` into turns; of one above `max_chars` only the place is kept."""
    turn: _OpenTurn | None = None
    for step in steps:
        begins_context = step.index in compacted
        if turn is not None and (begins_context or (_is_prompt(step) and turn.has_prompt)):
            yield turn.close()
            turn = None
        if turn is None:
            turn = _OpenTurn(step, begins_context=begins_context)
        turn.add(step, max_chars)
    if turn is not None:
        yield turn.close()


def _is_prompt(step: Step) -> bool:
    return step.speaker == "user" and not step.is_replayed


def _n_chars(step: Step) -> int:
    calls = sum(len(str(call.arguments)) for call in step.calls)
    results = sum(len(result.content) for result in step.results)
    return len(step.text) + len(step.reasoning or "") + calls + results + 1


def pack_windows(turns: Iterable[Turn], max_chars: int) -> Iterator[list[Turn]]:
    """Put turns that follow one another into windows of at most `max_chars`.

    A turn that is too long to be held ends a window, and comes as a window of its own.
    """
    held: list[Turn] = []
    for turn in turns:
        is_full = sum(each.n_chars for each in held) + turn.n_chars > max_chars
        if held and (is_full or turn.begins_context or turn.is_too_long):
            yield held
            held = []
        if turn.is_too_long:
            yield [turn]
        else:
            held.append(turn)
    if held:
        yield held
