"""A trajectory's steps as turns, and turns packed into windows, in bounded memory.

A turn begins where somebody asks, and reaches to the next time they do: a person, or for a
subagent whoever started it. A window holds whole turns, as many as fit; of a turn that is too
long by itself it holds the beginning. Where the context was compacted a new window begins,
since the model no longer saw what was before; the summary that it saw instead is what asks.
What an agent did before anybody asked, as far as the log tells, is a turn without a prompt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from tracemill.records.trajectory import Step

_encode: Final = msgspec.json.Encoder().encode


class Turn(NamedTuple):
    """What somebody asked, and all that followed until they asked again."""

    steps: list[Step]
    """Its steps, or as many from its beginning as fit."""
    first_step: int
    """Index of its first step, whether or not that is among `steps`."""
    last_step: int
    """Index of its last step, whether or not that is among `steps`."""
    n_chars: int
    """Size of `steps`."""
    has_prompt: bool
    """Whether it begins with what was asked, and not in the middle of things."""
    begins_context: bool
    """Whether the context was compacted right before."""

    @property
    def is_cut(self) -> bool:
        """Whether it goes on behind what is held of it."""
        return not self.steps or self.steps[-1].index < self.last_step


class _OpenTurn:
    """A turn that still grows."""

    def __init__(self, first_step: int, *, begins_context: bool) -> None:
        self._steps: list[Step] = []
        self._first_step = first_step
        self._last_step = first_step
        self._n_chars = 0
        self._is_full = False
        self._begins_context = begins_context
        self._has_prompt = False
        self.is_under_way = False
        """Whether a person asked, or the agent acted, so that the next prompt is another turn."""

    def add(self, step: Step, max_chars: int, *, is_subagent: bool) -> None:
        self._last_step = step.index
        self.is_under_way |= step.speaker == "agent" or _is_typed(step)
        is_given = self._begins_context or is_subagent
        if not self.is_under_way or _is_typed(step):
            self._has_prompt |= _is_typed(step) or (is_given and bool(step.text))
        n_chars = _n_chars(step)
        self._is_full = self._is_full or self._n_chars + n_chars > max_chars
        if not self._is_full:
            self._steps.append(step)
            self._n_chars += n_chars

    def close(self) -> Turn:
        return Turn(
            self._steps,
            self._first_step,
            self._last_step,
            self._n_chars,
            self._has_prompt,
            self._begins_context,
        )


def split_turns(
    steps: Iterable[Step], compacted: Collection[int], max_chars: int, *, is_subagent: bool
) -> Iterator[Turn]:
    """Cut `steps` into turns, and hold of each no more than `max_chars`."""
    turn: _OpenTurn | None = None
    for step in steps:
        begins_context = step.index in compacted
        if turn is not None and (begins_context or (_is_typed(step) and turn.is_under_way)):
            yield turn.close()
            turn = None
        if turn is None:
            turn = _OpenTurn(step.index, begins_context=begins_context)
        turn.add(step, max_chars, is_subagent=is_subagent)
    if turn is not None:
        yield turn.close()


def _is_typed(step: Step) -> bool:
    return step.speaker == "user" and not step.is_replayed


def _n_chars(step: Step) -> int:
    calls = sum(len(_encode(call.arguments)) for call in step.calls)
    results = sum(len(result.content) for result in step.results)
    return len(step.text) + len(step.reasoning or "") + calls + results + 1


def pack_windows(turns: Iterable[Turn], max_chars: int) -> Iterator[list[Turn]]:
    """Put turns that follow one another into windows of at most `max_chars`; a cut one is last.

    A turn without a prompt makes a window of its own: nothing can be learned from it, and what
    comes after it begins anew.
    """
    held: list[Turn] = []
    for turn in turns:
        is_full = sum(each.n_chars for each in held) + turn.n_chars > max_chars
        is_apart = not (turn.has_prompt and held and held[-1].has_prompt)
        if held and (is_full or is_apart or turn.begins_context or held[-1].is_cut):
            yield held
            held = []
        held.append(turn)
    if held:
        yield held
