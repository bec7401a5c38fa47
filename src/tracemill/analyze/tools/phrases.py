"""Words of requests, and which action they lead to first.

Of a request its first sentence is looked at, in runs of two to four words; names, paths, numbers
and quotes are `X`. A run that only ever stands in a longer one is left out for it. Each is asked
whether it leads to its action more often than any request does (one-sided exact binomial test),
all of them at once, so p-values are corrected together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from tracemill.records.process.tool_use import ToolPhrase
from tracemill.records.sessions.turn_work import TurnWork
from tracemill.stats import benjamini_hochberg
from tracemill.stats.beta import binomial_at_least

_NAME: Final = re.compile(
    r"`[^`\n]+`|\"[^\"\n]+\"|'[^'\n]{2,}'|\S*[/\\_]\S*|\S*\d\S*|\b\w+\.\w+\b|\b\w*[a-z][A-Z]\w*\b"
    r"|\b\w+\(\)"
)
"""What is a name: quoted, a path, with an underscore, a number, a dot or a capital within."""
_SENTENCE: Final = re.compile(r"[.!?](?:\s|\Z)|\n")
_WORD: Final = re.compile(r"[A-Za-z][\w'\u2019-]*")
_MOST_WORDS: Final = 15
_RUNS: Final = (2, 3, 4)
_FEWEST: Final = 3
"""Requests in which words must stand to be told."""
_OTHERS: Final = 3


class PhraseTally:
    """Counts words of requests by what was called first."""

    def __init__(self) -> None:
        self._firsts: Counter[str] = Counter()
        self._runs: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def take(self, turn: TurnWork) -> None:
        """Count a turn; one without a call says nothing."""
        if turn.calls:
            first = turn.calls[0].action
            self._firsts[first] += 1
            for run in set(_runs(turn.request)):
                self._runs[run][first] += 1

    def told(self) -> tuple[ToolPhrase, ...]:
        """Return words with the action that they lead to most, the surest first."""
        n_all = self._firsts.total()
        found = []
        counts = {run: firsts.total() for run, firsts in self._runs.items()}
        inner = {part for run, n in counts.items() for part in _within(run) if counts[part] == n}
        for run, firsts in self._runs.items():
            n_words = counts[run]
            if n_words < _FEWEST or run in inner:
                continue
            action, n = min(firsts.items(), key=lambda each: (-each[1], each[0]))
            n_action = self._firsts[action]
            p_value = binomial_at_least(n, n_words, n_action / n_all)
            others = Counter(firsts)
            del others[action]
            found.append((run, action, n, n_words, n_action / n_all, p_value, others))
        q_values = benjamini_hochberg([each[5] for each in found])
        told = [
            ToolPhrase(
                words=run, action=action, n=n, n_words=n_words, usual=usual, q_value=q_value,
                others=dict(others.most_common(_OTHERS)),
            )
            for (run, action, n, n_words, usual, _, others), q_value in zip(
                found, q_values, strict=True
            )
            if n > n_words * usual
        ]  # fmt: skip
        return tuple(sorted(told, key=lambda each: (each.q_value, -each.n, each.words)))


def told_words(text: str) -> list[str]:
    """Return the words of a text in small letters, with `X` for what is a name."""
    words = (match[0] for match in _WORD.finditer(_NAME.sub(" X ", text)))
    return [word if word == "X" else word.lower() for word in words]


def _runs(request: str) -> Iterator[str]:
    """Yield the runs of words of a request's first sentence."""
    first = next((part for part in _SENTENCE.split(request) if part.strip()), "")
    told = told_words(first)[:_MOST_WORDS]
    for length in _RUNS:
        for start in range(len(told) - length + 1):
            yield " ".join(told[start : start + length])


def _within(run: str) -> Iterator[str]:
    """Yield the runs that are one word shorter at either end."""
    words = run.split()
    if len(words) > _RUNS[0]:
        yield " ".join(words[1:])
        yield " ".join(words[:-1])
