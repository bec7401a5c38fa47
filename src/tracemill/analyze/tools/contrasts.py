"""Requests that are alike and were answered otherwise, and requests that stand between two ways.

Requests are compared by the words that are rare among them (cosine of TF-IDF); names, paths and
numbers are `X`, since another name is no other request. A turn that a person surely took badly
shows no way to act, so it takes no part; nor does a long request, which is like no other, or one of
a word or two, which means whatever stands before it. Equal requests with one way count once.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tracemill.analyze.tools.phrases import told_words
from tracemill.records.process.contrasts import BoundaryTurn, ContrastingPair, TurnWay
from tracemill.records.sessions.turn_work import TurnWork

_MAX_REQUEST: Final = 400
_FEWEST_WORDS: Final = 3
_ALIKE: Final = 0.45
"""Cosine from which two requests make a pair."""
_NEAR: Final = 0.3
"""Cosine from which a request is a neighbour."""
_NEIGHBOURS: Final = 7
"""The nearest that are asked which way they went."""
_FEWEST_NEIGHBOURS: Final = 3
_NARROW: Final = 0.34
"""Margin up to which a request stands between two ways: two neighbours in three go one way."""
_COMMON: Final = 0.1
"""Share of the requests in which a word may stand to bring two of them together."""
_RARE: Final = 50
"""Requests in which a word may stand in any case."""
_LITTLE: Final = _NEAR / 2
"""Weight of its common words together from which a request is looked for by them too."""
_MOST_LOOKED_AT: Final = 500
"""Places of its words at which a request is compared with another, so that twice as many requests
cost twice as much; thousands of requests are all compared."""


class _Asked(NamedTuple):
    turn: TurnWork
    weights: dict[str, float]
    """Words with how much each tells, of length 1 together."""
    answers: bool
    """Whether nothing was called."""


class Contrasts:
    """Finds pairs and boundaries among the turns of all sessions."""

    def __init__(self, turns: Sequence[TurnWork]) -> None:
        self._asked = list(_weighed([turn for turn in turns if _is_telling(turn)]))
        self._places: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        """Where each word stands, and how much it tells there."""
        for at, asked in enumerate(self._asked):
            for word, weight in asked.weights.items():
                self._places[word].append((at, weight))
        for places in self._places.values():
            places.sort(key=lambda place: -place[1])
        self._most = max(_RARE, int(_COMMON * len(self._asked)))
        self._near = [self._neighbours(at) for at in range(len(self._asked))]

    @property
    def n_compared(self) -> int:
        """Turns that take part."""
        return len(self._asked)

    def _neighbours(self, at: int) -> list[tuple[int, float]]:
        """Return the nearest other requests with how near they are, the nearest first."""
        near, rest = self._compared(at)
        near.pop(at, None)  # where all of its words are common, it is not even near itself
        most_left = math.sqrt(sum(weight * weight for weight in rest.values()))
        found: list[tuple[int, float]] = []
        for other, told in near.items():
            if told + most_left < _NEAR:
                continue
            theirs, value = self._asked[other].weights, told
            for word, weight in rest.items():
                if word in theirs:
                    value += weight * theirs[word]
            if value >= _NEAR:
                found.append((other, value))
        return sorted(found, key=lambda each: (-each[1], each[0]))[:_NEIGHBOURS]

    def _compared(self, at: int) -> tuple[defaultdict[int, float], dict[str, float]]:
        """Return how near others are by its rarest words, and the words that are left.

        What shares only words that weigh too little together is not near, and is not looked at
        (Bayardo, Ma and Srikant, WWW 2007); nor is, of a word that stands in too many requests,
        one that it tells little of.
        """
        own = [(len(self._places[word]), word) for word in self._asked[at].weights]
        rest = {word: self._asked[at].weights[word] for n, word in own if n <= self._most}
        left, room = sum(weight * weight for weight in rest.values()), _MOST_LOOKED_AT
        near: defaultdict[int, float] = defaultdict(float)
        for n, word in sorted(each for each in own if each[1] in rest):
            if left < _LITTLE * _LITTLE or (near and n > room):
                break
            weight = rest.pop(word)
            left -= weight * weight
            for other, its_weight in self._places[word][:room]:
                near[other] += weight * its_weight
            room -= min(n, room)
        return near, rest

    def pairs(self) -> list[ContrastingPair]:
        """Return pairs of like requests with unlike work, the most alike first.

        Those of which one was answered in words come before those that differ in what was called.
        """
        seen: set[tuple[int, int]] = set()
        found: list[ContrastingPair] = []
        for at, near in enumerate(self._near):
            for other, value in near:
                key = (min(at, other), max(at, other))
                if value < _ALIKE or key in seen:
                    continue
                seen.add(key)
                one, two = (self._asked[each] for each in key)
                if _first(one.turn) != _first(two.turn):
                    found.append(
                        ContrastingPair(
                            differ="which_tool" if one.answers is two.answers else "call_or_answer",
                            similarity=min(1.0, round(value, 3)),
                            one=_way(one),
                            other=_way(two),
                        )
                    )
        found.sort(key=lambda each: (each.differ, -each.similarity, each.one.trajectory_id))
        return found

    def boundaries(self) -> list[BoundaryTurn]:
        """Return requests whose neighbours went both ways, those of the narrowest margin first."""
        found = list(self._boundaries())
        found.sort(key=lambda each: (abs(each.margin), each.way.trajectory_id, each.way.step))
        return found

    def _boundaries(self) -> Iterator[BoundaryTurn]:
        for asked, near in zip(self._asked, self._near, strict=True):
            if len(near) < _FEWEST_NEIGHBOURS:
                continue
            ways = [(self._asked[other].answers is asked.answers, value) for other, value in near]
            whole = sum(value for _, value in ways)
            margin = (2 * sum(value for is_same, value in ways if is_same) - whole) / whole
            if margin <= _NARROW:
                others = (self._asked[at] for at, _ in near)
                yield BoundaryTurn(
                    margin=round(margin, 3),
                    n_neighbours=len(near),
                    n_answered=sum(each.answers for each in others),
                    way=_way(asked),
                )


def _is_telling(turn: TurnWork) -> bool:
    return len(turn.request) <= _MAX_REQUEST and (turn.strength is None or turn.strength >= 0)


def _weighed(turns: Sequence[TurnWork]) -> Iterator[_Asked]:
    once: dict[tuple[tuple[str, ...], str | None], TurnWork] = {}
    for turn in turns:
        once.setdefault((tuple(told_words(turn.request)), _first(turn)), turn)
    counted = [(turn, Counter(words)) for (words, _), turn in once.items()]
    said = [(turn, words) for turn, words in counted if len(words) >= _FEWEST_WORDS]
    n_with = Counter(word for _, words in said for word in words)
    for turn, words in said:
        raw = {word: n * math.log(1 + len(said) / n_with[word]) for word, n in words.items()}
        length = math.sqrt(sum(weight * weight for weight in raw.values()))
        if length:
            weights = {word: weight / length for word, weight in raw.items()}
            yield _Asked(turn, weights, answers=not turn.calls)


def _way(asked: _Asked) -> TurnWay:
    turn = asked.turn
    return TurnWay(
        trajectory_id=turn.trajectory_id,
        step=turn.step,
        request=" ".join(turn.request.split()),
        action=_first(turn),
    )


def _first(turn: TurnWork) -> str | None:
    return turn.calls[0].action if turn.calls else None
