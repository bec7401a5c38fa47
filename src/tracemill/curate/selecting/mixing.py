"""Mixture and budget: which examples are kept where there are too many of a class or in all.

Nothing is ever taken twice. Each example has a place between 0 and 1 that follows from its id; with
weight w its rank is the w-th root of that, so that those with more weight stand higher (Efraimidis
and Spirakis 2006, "Weighted random sampling with a reservoir"). The lowest go first. New data moves
no rank, so what was drawn stays drawn unless something of a higher rank takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor
from typing import Final, NamedTuple

from tracemill.curate.selecting.classes import has_tag
from tracemill.curate.selecting.splits import place_of
from tracemill.records.datasets.recipes import Budget, Share

_ROUNDS: Final = 8
"""How often shares are looked at anew: what one takes away changes the others."""
_CHARS_PER_TOKEN: Final = 4


class Drawn(NamedTuple):
    """What is known of an example that may stay."""

    id: str
    tags: Sequence[str]
    weight: float
    n_chars: int


class LeftOut(NamedTuple):
    """An example that has to go, and for which share."""

    id: str
    detail: str


def over_share(drawn: Sequence[Drawn], mixture: Sequence[Share]) -> Iterator[LeftOut]:
    """Yield what has to go for every share to be as asked, the lowest ranks first."""
    staying = sorted(drawn, key=lambda each: (rank_of(each, mixture), each.id))
    for _ in range(_ROUNDS):
        n_before = len(staying)
        for share in mixture:
            gone = {one.id: one for one in _surplus(staying, share)}
            staying = [each for each in staying if each.id not in gone]
            yield from gone.values()
        if len(staying) == n_before:
            return


def rank_of(each: Drawn, mixture: Sequence[Share]) -> float:
    """Return how high an example stands; the lowest go first."""
    weight = each.weight
    for share in mixture:
        weight *= share.weight if has_tag(each.tags, share.tag) else 1.0
    return float(place_of(each.id) ** (1 / weight))


def _surplus(staying: Sequence[Drawn], share: Share) -> Iterator[LeftOut]:
    having = [each for each in staying if has_tag(each.tags, share.tag)]
    others = [each for each in staying if not has_tag(each.tags, share.tag)]
    if share.at_most is not None and share.at_most < 1:
        most = floor(len(others) * share.at_most / (1 - share.at_most) + 1e-9)
        for each in having[: max(0, len(having) - most)]:
            yield LeftOut(each.id, f"at most {share.at_most:.0%} may be {share.tag}")
    if share.at_least is not None and share.at_least > 0:
        most = floor(len(having) * (1 - share.at_least) / share.at_least + 1e-9)
        for each in others[: max(0, len(others) - most)]:
            yield LeftOut(each.id, f"at least {share.at_least:.0%} must be {share.tag}")


def over_budget(
    drawn: Sequence[Drawn], budget: Budget, mixture: Sequence[Share] = ()
) -> Iterator[LeftOut]:
    """Yield what does not fit into a budget; the highest ranks stay."""
    n_tokens = 0
    ranked = sorted(drawn, key=lambda each: (rank_of(each, mixture), each.id), reverse=True)
    for place, each in enumerate(ranked):
        n_tokens += -(-each.n_chars // _CHARS_PER_TOKEN)
        if budget.examples is not None and place >= budget.examples:
            yield LeftOut(each.id, f"{budget.examples:,} examples are enough")
        elif budget.tokens is not None and n_tokens > budget.tokens:
            yield LeftOut(each.id, f"{budget.tokens:,} tokens are enough")
