"""Held-out pairs to questions: two ways to go on were tried, which of them held up?

The record shows which one did: it worked where the other failed, or a person accepted it and
refused or corrected the other. Both were tried from the same place in the same work, so neither
topic nor wording tells them apart; a guess is right every other time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase
from typing import Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.evaluate.building import DropReason, fit, make_case
from tracemill.records.canonical import canonical_json
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case

_ASKED: Final = (
    "Two ways to go on from here were tried, and one of them held up. Which one? "
    "Answer with the letter alone."
)
_MOST: Final = 6_000
"""Characters of a way that are shown."""


class HeldPair(NamedTuple):
    """Two ways to go on that nothing was trained on, the better one known."""

    id: str
    """The example's id."""
    group: str
    """What it shares with others: its episode."""
    prompt: Sequence[Message]
    better: Sequence[Message]
    worse: Sequence[Message]
    slices: tuple[str, ...] = ()
    """Parts of the suite that its case belongs to."""


def approach_cases(pairs: Iterable[HeldPair], max_chars: int) -> Iterator[Case | DropReason]:
    """Yield a question for each pair, and why there is none."""
    for pair in pairs:
        yield _case(pair, max_chars)


def _case(pair: HeldPair, max_chars: int) -> Case | DropReason:
    better, worse = shown(pair.better), shown(pair.worse)
    if better == worse or max(len(better), len(worse)) > _MOST:
        return "too_long"  # what sets them apart would not be seen
    ways = sorted((better, worse), key=lambda way: digest("approach", pair.id, way))
    told = "\n\n".join(
        f"{letter}.\n{way}" for letter, way in zip(ascii_uppercase, ways, strict=False)
    )
    asked = f"{_ASKED}\n\n{told}"
    if not any(each.role == "user" for each in pair.prompt):
        return "no_request"
    prompt = fit(pair.prompt, max_chars - len(asked))
    if prompt is None:
        return "too_long"
    return make_case(
        Case(
            id="",
            messages=(*prompt, Message(role="user", content=asked)),
            checks=("choice",),
            choice=ascii_uppercase[ways.index(better)],
            group=pair.group,
            slices=(*pair.slices, "skill:approach"),
            example_id=pair.id,
        )
    )


def shown(way: Sequence[Message]) -> str:
    """Return what a way says and calls, as text."""
    return "\n".join(part for message in way for part in _parts(message) if part)


def _parts(message: Message) -> Iterator[str]:
    yield message.content.strip()
    for call in message.tool_calls:
        function = call["function"]
        yield f"{function['name']} {canonical_json(function['arguments']).decode()}"
