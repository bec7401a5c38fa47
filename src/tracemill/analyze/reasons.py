"""Reasons that say the same in other words, put together.

Words alone decide: two reasons belong together where most of their telling words are the same.
That is coarse, it is fast, and a person sees at once why.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tracemill.analyze.cases import Tally
from tracemill.records.process.patterns import Reason

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_FILLING: Final = frozenset({
    "and", "are", "but", "did", "does", "for", "from", "had", "has", "have", "into", "its", "not",
    "that", "the", "this", "was", "were", "with",
})  # fmt: skip
_SHARED: Final = 0.5
"""Share of the words of both that two reasons must have in common."""
_MOST_CLUSTERS: Final = 500
"""Causes that are told apart; reasons that come after and belong to none are left out."""
_MOST_REFS: Final = 3
"""Examples of a cause."""


class _Cluster(NamedTuple):
    """Reasons that say the same."""

    words: frozenset[str]
    """Telling words of the commonest one."""
    texts: list[str]
    """The reasons, the commonest first."""


def root_causes(tally: Tally, n: int = 3) -> tuple[Reason, ...]:
    """Return the commonest causes among the reasons of a slice, at most `n`."""
    clusters: list[_Cluster] = []
    for text, _ in tally.reasons.most_common():
        words = _telling(text)
        home = next((each for each in clusters if _alike(words, each.words)), None)
        if home is not None:
            home.texts.append(text)
        elif len(clusters) < _MOST_CLUSTERS:
            clusters.append(_Cluster(words, [text]))
    found = [_reason(tally, each.texts) for each in clusters]
    return tuple(sorted(found, key=lambda reason: (-reason.n, reason.text))[:n])


def _reason(tally: Tally, texts: list[str]) -> Reason:
    refs = [ref for text in texts for ref in tally.reason_refs.get(text, ())]
    return Reason(
        text=texts[0],
        n=sum(tally.reasons[text] for text in texts),
        examples=tuple(refs[:_MOST_REFS]),
    )


def _telling(text: str) -> frozenset[str]:
    """Return the words of a reason that say something; the whole text where none does."""
    words = frozenset(_WORD.findall(text.casefold())) - _FILLING
    return words or frozenset((text.casefold(),))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SHARED * len(one | other)
