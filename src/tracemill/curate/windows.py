"""A trajectory's steps as turns, and turns packed into windows, in bounded memory.

A turn begins where a person speaks, and reaches to the next time they do. A window holds whole
turns, as many as fit; of a turn that is too long by itself it holds the beginning. Where the
context was compacted a new window begins, since the model no longer saw what was before; the
summary that it saw instead opens the window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from tracemill.records.trajectory import Step


class Turn(NamedTuple):
    """What a person said, and all that followed until they spoke again."""

    steps: list[Step]
    """Its steps, or as many from its beginning as fit."""
    last_step: int
    """Index of its last step, whether or not that is among `steps`."""
    n_chars: int
    """Size of `steps`."""
    has_prompt: bool
    """Whether it begins with a person's words, and not in the middle of things."""
    begins_context: bool
    """Whether the context was compacted right before."""

    @property
    def first_step(self) -> int:
        """Index of its first step."""
        return self.steps[0].index if self.steps else self.last_step

    @property
    def is_cut(self) -> bool:
        """Whether it goes on behind what is held of it."""
        return not self.steps or self.steps[-1].index < self.last_step


class _OpenTurn:
    """A turn that still grows."""

    def __init__(self, *, begins_context: bool) -> None:
        self._steps: list[Step] = []
        self._last_step = 0
        self._n_chars = 0
        self._is_full = False
        self._begins_context = begins_context
        self.has_prompt = False

    def add(self, step: Step, max_chars: int) -> None:
        self._last_step = step.index
        self.has_prompt = self.has_prompt or _is_prompt(step)
        n_chars = _n_chars(step)
        self._is_full = self._is_full or self._n_chars + n_chars > max_chars
        if not self._is_full:
            self._steps.append(step)
            self._n_chars += n_chars

    def close(self) -> Turn:
        return Turn(
            self._steps, self._last_step, self._n_chars, self.has_prompt, self._begins_context
        )


def split_turns(
    steps: Iterable[Step], compacted: Collection[int], max_chars: int
) -> Iterator[Turn]:
    """Cut `steps` into turns, and hold of each no more than `max_chars`."""
    turn: _OpenTurn | None = None
    for step in steps:
        begins_context = step.index in compacted
        if turn is not None and (begins_context or (_is_prompt(step) and turn.has_prompt)):
            yield turn.close()
            turn = None
        if turn is None:
            turn = _OpenTurn(begins_context=begins_context)
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
    """Put turns that follow one another into windows of at most `max_chars`; a cut one is last."""
    held: list[Turn] = []
    for turn in turns:
        is_full = sum(each.n_chars for each in held) + turn.n_chars > max_chars
        if held and (is_full or turn.begins_context or held[-1].is_cut):
            yield held
            held = []
        held.append(turn)
    if held:
        yield held
