"""A trajectory's steps as turns, and turns packed into windows, in bounded memory.

A turn begins where somebody asks, and reaches to the next time they do: a person, or for a
subagent whoever started it. A window holds whole turns, as many as fit; of a turn that is too
long by itself it holds the beginning. Where the context was compacted a new window begins,
since the model no longer saw what was before; the summary that it saw instead is what asks.
What a person went back before stands beside its window, and not in it, for the same reason.
What set the session up was before the model in each of them, so every later one leaves room for it.
What an agent did before anybody asked, as far as the log tells, is a turn without a prompt.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from tracemill.curate.windows.undone import is_within
from tracemill.records.sessions.activity import UndoneSteps
from tracemill.records.sessions.trajectory import Step

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
    is_undone: bool = False
    """Whether a person went back before it, so that the model did not see it later."""

    @property
    def is_cut(self) -> bool:
        """Whether it goes on behind what is held of it."""
        return not self.steps or self.steps[-1].index < self.last_step


class Packed(NamedTuple):
    """The turns of one window, and those beside them that a person went back before."""

    turns: list[Turn]
    """Turns that the model saw one behind the other."""
    undone: list[Turn]
    """Turns that were said between them, and that no later one of `turns` saw."""

    @property
    def n_chars(self) -> int:
        """Size of all of them."""
        return sum(each.n_chars for each in (*self.turns, *self.undone))


class _OpenTurn:
    """A turn that still grows."""

    def __init__(self, first_step: int, *, begins_context: bool, is_undone: bool) -> None:
        self._steps: list[Step] = []
        self.first_step = first_step
        self._last_step = first_step
        self._n_chars = 0
        self._is_full = False
        self._begins_context = begins_context
        self._is_undone = is_undone
        self._has_prompt = False
        self.is_under_way = False
        """Whether a person asked, or the agent acted, so that the next prompt is another turn."""

    def add(self, step: Step, max_chars: int, *, is_subagent: bool) -> None:
        self._last_step = step.index
        self.is_under_way |= step.speaker == "agent" or _is_typed(step)
        is_given = self._begins_context or is_subagent
        if not self.is_under_way or _is_typed(step):
            self._has_prompt |= _is_typed(step) or (is_given and bool(step.text))
        n_chars = n_chars_of(step)
        self._is_full = self._is_full or self._n_chars + n_chars > max_chars
        if not self._is_full:
            self._steps.append(step)
            self._n_chars += n_chars

    def close(self) -> Turn:
        return Turn(
            self._steps,
            self.first_step,
            self._last_step,
            self._n_chars,
            self._has_prompt,
            self._begins_context,
            self._is_undone,
        )


def split_turns(
    steps: Iterable[Step],
    compacted: Collection[int],
    max_chars: int,
    undone: Collection[UndoneSteps] = (),
    *,
    is_subagent: bool,
    n_before: int = 0,
) -> Iterator[Turn]:
    """Cut `steps` into turns, and hold of each no more than `max_chars`.

    Of these `n_before` are what sets the session up; behind the first turn that may stand again.
    """
    turn: _OpenTurn | None = None
    cuts = {*compacted, *(each.first for each in undone), *(each.last + 1 for each in undone)}
    for step in steps:
        is_cut = step.index in cuts
        if turn is not None and (is_cut or (_is_typed(step) and turn.is_under_way)):
            yield turn.close()
            turn = None
        if turn is None:
            turn = _OpenTurn(
                step.index,
                begins_context=step.index in compacted,
                is_undone=is_within(step.index, undone),
            )
        room = max_chars if turn.first_step == 0 else max_chars - n_before
        turn.add(step, room, is_subagent=is_subagent)
    if turn is not None:
        yield turn.close()


def _is_typed(step: Step) -> bool:
    return step.speaker == "user" and not step.is_replayed


def n_chars_of(step: Step) -> int:
    """Return the size of a step: of its text, its arguments and what came back."""
    n_chars = len(step.text) + len(step.reasoning or "") + 1
    for call in step.calls:
        n_chars += len(_encode(call.arguments))
    for result in step.results:
        n_chars += len(result.content)
    return n_chars


def pack_windows(turns: Iterable[Turn], max_chars: int, n_before: int = 0) -> Iterator[Packed]:
    """Put turns that follow one another into windows of at most `max_chars`; a cut one is last.

    `n_before` of these are for what sets the session up, in every window that begins behind it.
    A turn without a prompt makes a window of its own: nothing can be learned from it, and what
    comes after it begins anew.
    """
    held = Packed([], [])
    for turn in turns:
        room = max_chars - (n_before if held.turns and held.turns[0].first_step else 0)
        if turn.is_undone:
            if _follows(held, turn) and held.n_chars + turn.n_chars <= room:
                held.undone.append(turn)
            continue
        is_full = sum(each.n_chars for each in held.turns) + turn.n_chars > room
        is_apart = not (turn.has_prompt and held.turns and held.turns[-1].has_prompt)
        is_next = is_full or is_apart or turn.begins_context
        if held.turns and (is_next or held.turns[-1].is_cut):
            yield held
            held = Packed([], [])
        held.turns.append(turn)
    if held.turns:
        yield held


def _follows(held: Packed, turn: Turn) -> bool:
    """Tell whether an undone turn was said right behind what is held, with nothing lost between."""
    if not held.turns or turn.begins_context:
        return False
    before = max((held.turns[-1], *held.undone[-1:]), key=lambda each: each.first_step)
    is_whole = not before.is_cut and held.turns[-1].has_prompt
    return is_whole and turn.first_step == before.last_step + 1
