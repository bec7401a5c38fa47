"""Whether the answers of a training set go with their requests, or were mixed up.

Answers repeat words of what they answer: names, paths, numbers. How many is compared with what is
left when the same answers are dealt out to the requests by chance. Where they do no better than
that, labels were shuffled, or nothing in the requests says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from random import Random
from typing import Final, NamedTuple

from tracemill.records.datasets.examples import Message
from tracemill.records.models.promotion import LabelReceipt

MAX_P: Final = 0.01
"""Highest p-value at which answers are said to go with their requests."""
FEWEST: Final = 6
"""Examples from which that can be said at all: five can be dealt out in 120 ways only."""
_MAX_EXAMPLES: Final = 400
_N_DEALS: Final = 199
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")


class Answered(NamedTuple):
    """A request and its answer, as sets of words."""

    request: frozenset[str]
    answer: frozenset[str]


def answered(messages: Sequence[Message]) -> Answered | None:
    """Return an example's first request and first answer, or None where it has none."""
    at = next((i for i, each in enumerate(messages) if each.role == "assistant"), None)
    if at is None:
        return None
    said = messages[at]
    values = (
        str(value) for call in said.tool_calls for value in call["function"]["arguments"].values()
    )
    request = " ".join(each.content for each in messages[:at] if each.role == "user")
    return Answered(_words(request), _words(" ".join((said.content, *values))))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def check_labels(training: str, pairs: Iterable[Answered], random: Random) -> LabelReceipt:
    """Return whether answers go with their requests."""
    held = [pair for pair in pairs if pair.answer and pair.request]
    if len(held) > _MAX_EXAMPLES:
        held = random.sample(held, _MAX_EXAMPLES)
    own = _overlap(held, range(len(held)))
    dealt = []
    places = list(range(len(held)))
    for _ in range(_N_DEALS):
        random.shuffle(places)
        dealt.append(_overlap(held, places))
    as_good = sum(each >= own - 1e-12 for each in dealt)
    return LabelReceipt(
        training=training,
        n_examples=len(held),
        own=own,
        shuffled=sum(dealt) / len(dealt),
        p_value=(1 + as_good) / (1 + _N_DEALS),
    )


def _overlap(pairs: Sequence[Answered], places: Sequence[int]) -> float:
    if not pairs:
        return 0.0
    shares = (
        len(pair.answer & pairs[place].request) / len(pair.answer)
        for pair, place in zip(pairs, places, strict=True)
    )
    return sum(shares) / len(pairs)
