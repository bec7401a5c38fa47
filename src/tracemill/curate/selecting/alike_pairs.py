"""Preference pairs that teach the same, of which some are enough.

Which of them stays is asked last, when all that a check, a leak or a near copy takes away is gone,
so that no pair that goes hides its twin. Of those that may stay the ones of the highest rank do:
what a mixture or a budget takes away after that, it would have taken from the others too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tracemill.curate.selecting.mixing import Drawn, LeftOut, rank_of
from tracemill.curate.windows.calls import habit_key, sides_key
from tracemill.records.datasets.examples import Example, PreferenceExample
from tracemill.records.datasets.recipes import Share

MOST_OF_HABIT: Final = 3
"""Pairs in which the same words are put in the place of the same words."""


class Taught(NamedTuple):
    """What a pair teaches, as digests."""

    sides: str
    """Shared by pairs that hold one mistake and one cure."""
    habit: str
    """Shared by those of which the better side differs from the worse one by the same words."""


class TaughtPair(NamedTuple):
    """A pair to train on."""

    drawn: Drawn
    taught: Taught


def taught_by(example: Example) -> Taught | None:
    """Return what an example teaches, None where it is no pair."""
    if not isinstance(example, PreferenceExample):
        return None
    return Taught(sides_key(example), habit_key(example))


def same_pairs(pairs: Sequence[TaughtPair], mixture: Sequence[Share]) -> Iterator[LeftOut]:
    """Yield all but one of the pairs that have the same two sides."""
    return _beyond(pairs, mixture, 1, lambda taught: taught.sides)


def same_habits(pairs: Sequence[TaughtPair], mixture: Sequence[Share]) -> Iterator[LeftOut]:
    """Yield all but a few of the pairs that show the same habit."""
    return _beyond(pairs, mixture, MOST_OF_HABIT, lambda taught: taught.habit)


def _beyond(
    pairs: Sequence[TaughtPair], mixture: Sequence[Share], most: int, key: Callable[[Taught], str]
) -> Iterator[LeftOut]:
    seen: Counter[str] = Counter()
    first: dict[str, str] = {}
    ranked = sorted(pairs, key=lambda each: (-rank_of(each.drawn, mixture), each.drawn.id))
    for each in ranked:
        told = key(each.taught)
        seen[told] += 1
        known = first.setdefault(told, each.drawn.id)
        if seen[told] > most:
            yield LeftOut(each.drawn.id, f"teaches what {known} teaches")


_Rule = Callable[[Sequence[TaughtPair], Sequence[Share]], Iterator[LeftOut]]
PAIR_RULES: Final[Mapping[str, _Rule]] = {"same_pair": same_pairs, "same_habit": same_habits}
"""What leaves pairs out beside others, by reason, in the order in which it is asked."""
