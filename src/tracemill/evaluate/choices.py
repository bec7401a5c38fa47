"""Questions with several answers, of which the record shows one to be right.

What is asked for is a letter, so that no wording counts. The others were true elsewhere: they are
those most like the right one in their words, so that who only looks for a topic learns little, and
of other work, so that none of them is right too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from string import ascii_uppercase
from typing import Final, NamedTuple

from tracemill.base.ids import digest

N_OTHERS: Final = 3
"""Wrong answers beside each right one; a guess is right once in four."""
_ALIKE: Final = 0.6
"""Share of common words from which two statements may mean the same."""
_WORD: Final = re.compile(r"\w{3,}")
_LETTER: Final = re.compile(
    r"\W*(?:(?i:(?:the |my )?(?:answer|option|choice)(?: is)?)\W*)?([A-Z])\W*"
)
_MOST: Final = 600
"""Characters of a statement that are shown."""


class Statement(NamedTuple):
    """Something that was said of a piece of work."""

    text: str
    group: str
    """The work; another statement of it may be as right."""


class Question(NamedTuple):
    """A question with its answers as one text, and the letter of the right one."""

    text: str
    letter: str


def make_question(
    asked: str, right: Statement, others: Sequence[Statement], seed: str
) -> Question | None:
    """Return a question; None where too few other statements differ enough from the right one.

    The place of the right answer follows from `seed`.
    """
    chosen = nearest(right, others)
    if len(chosen) < N_OTHERS:
        return None
    texts = [clipped(right.text), *map(clipped, chosen)]
    ordered = sorted(texts, key=lambda text: digest("choice", seed, text))
    lines = [f"{letter}. {text}" for letter, text in zip(ascii_uppercase, ordered, strict=False)]
    letter = ascii_uppercase[ordered.index(texts[0])]
    body = "\n\n".join(lines)
    return Question(f"{asked} Answer with the letter alone.\n\n{body}", letter)


def nearest(right: Statement, others: Sequence[Statement]) -> list[str]:
    """Return the statements of other work that have most words in common with the right one."""
    words = _words(right.text)
    texts = {
        other.text: shared
        for other in others
        if other.group != right.group and (shared := _shared(words, _words(other.text))) < _ALIKE
    }
    ranked = sorted(texts, key=lambda text: (-texts[text], text))
    chosen: list[str] = []
    for text in ranked:
        if all(_shared(_words(text), _words(known)) < _ALIKE for known in chosen):
            chosen.append(text)
        if len(chosen) == N_OTHERS:
            break
    return chosen


def letter_of(answer: str) -> str | None:
    """Return the letter that an answer gives on a line of its own; None: none, or several."""
    found = {match[1] for line in answer.splitlines() if (match := _LETTER.fullmatch(line.strip()))}
    return found.pop() if len(found) == 1 else None


def clipped(text: str) -> str:
    """Return as much of a statement as is shown, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST else f"{line[:_MOST].rsplit(' ', 1)[0]} …"


@lru_cache(maxsize=2**14)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    both = first | second
    return len(first & second) / len(both) if both else 0.0
