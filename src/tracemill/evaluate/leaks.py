"""Whether a case was trained on: by its example, its session, its request, or its words.

Only what a person asked is compared: system prompts, tool lists and results are alike in all
sessions of an agent, and would make a leak of every case. Words are those of `near_duplicates`;
thirteen in a row are the usual measure (Brown et al. 2020, appendix C). A request of fewer words is
a leak where a training example asks the same and gets the same answer: "run the tests" alone tells
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.records.datasets.examples import Message
from tracemill.records.models.evaluations import Case, CheckKind, Leak

N_WORDS: Final = 13
"""Words in a row that nobody writes twice by chance."""

_PUT: Final = frozenset[CheckKind]({"choice", "hand_over"})
"""Checks of cases that end with a question of ours, behind what a person asked."""
_WORD: Final = re.compile(r"\w+")


class TrainedOn(NamedTuple):
    """An example of a training set."""

    id: str
    """The example's id."""
    group: str
    """What it shares with others: its episode or session."""
    messages: Sequence[Message]
    """Its messages."""
    worse: Sequence[Message] = ()
    """Of a pair, the messages of the side that training moves away from, prompt and all."""


@dataclass
class Trained:
    """What is known of a training set: ids, groups, requests with answers, runs of words."""

    n_examples: int = 0
    _ids: set[str] = field(default_factory=set)
    _groups: set[str] = field(default_factory=set)
    _answered: dict[str, str] = field(default_factory=dict)
    _runs: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, examples: Iterable[TrainedOn]) -> Trained:
        """Read a training set, one example after the other."""
        known = cls()
        for example in examples:
            known._add(example)
        return known

    def _add(self, example: TrainedOn) -> None:
        self.n_examples += 1
        self._ids.add(example.id)
        self._groups.add(example.group)
        self._add_said(example.id, example.messages)
        self._add_said(example.id, example.worse)

    def _add_said(self, example_id: str, messages: Sequence[Message]) -> None:
        for at, message in enumerate(messages):
            if message.role == "user":
                for run in _runs(message.content):
                    self._runs.setdefault(run, example_id)
            if message.role == "assistant":
                key = _decision(messages[:at], _calls(message))
                self._answered.setdefault(key, example_id)

    def leak(self, case: Case) -> Leak | None:
        """Return how a case is known from training, or None."""
        if case.example_id in self._ids:
            return Leak(case_id=case.id, reason="same_example", example_id=case.example_id)
        if case.group in self._groups:
            return Leak(case_id=case.id, reason="same_group")
        wanted = [
            (call.name, {name: each.values[0] for name, each in call.arguments.items()})
            for call in case.wanted
        ]
        if example := self._answered.get(_decision(case.messages, wanted)):
            return Leak(case_id=case.id, reason="same_request", example_id=example)
        for run in _runs(_request(_by_people(case))):
            if run in self._runs:
                return Leak(case_id=case.id, reason="shared_words", example_id=self._runs[run])
        return None

    def leaks(self, cases: Iterable[Case]) -> Iterator[Leak]:
        """Yield every case that is known from training."""
        yield from (leak for case in cases if (leak := self.leak(case)) is not None)


def _by_people(case: Case) -> Sequence[Message]:
    """Return the messages of a case without the question that was put behind them."""
    is_put = _PUT.intersection(case.checks) and len(case.messages) > 1
    return case.messages[:-1] if is_put else case.messages


def _request(messages: Sequence[Message]) -> str:
    return next((m.content for m in reversed(messages) if m.role == "user"), "")


def _calls(message: Message) -> list[tuple[str, Mapping[str, Any]]]:
    return [(c["function"]["name"], c["function"]["arguments"]) for c in message.tool_calls]


def _decision(before: Sequence[Message], calls: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Return what stands for a request, how far its turn had come, and what was done then."""
    asked = " ".join(_WORD.findall(_request(before).lower()))
    start = max((i for i, each in enumerate(before) if each.role == "user"), default=-1)
    done = [call for message in before[start + 1 :] for call in _calls(message)]
    return digest(asked, _told(done), _told(calls))


def _told(calls: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    return repr([(name, sorted(arguments.items())) for name, arguments in calls])


def _runs(text: str) -> Iterator[int]:
    words = _WORD.findall(text.lower())
    yield from (hash(tuple(words[i : i + N_WORDS])) for i in range(len(words) - N_WORDS + 1))
