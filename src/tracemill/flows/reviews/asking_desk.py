"""A model is asked about one thing after the other: within limits, and once each.

It is asked here and now, or by file: the questions are written through the gate, and its answers
taken from another file later. What it says is kept before the next question, so that a run that
ends early loses nothing, and the next one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from tracemill.label.reactions.labelers import Ask
from tracemill.llm import Answer, AskSettings, Subject, SubjectConfig, SubjectError
from tracemill.llm.batches import question_line
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Record
from tracemill.store.journal import append
from tracemill.synth.generation import Allowance, Meter, SpentError

QUESTIONS: Final = "questions.jsonl"
"""Name of the file of questions in a folder."""
_MAX_FAILURES: Final = 3
P = TypeVar("P")
S = TypeVar("S")
A = TypeVar("A", bound=Record)


_Answering = Callable[[Sequence[Message], AskSettings], Answer]


class Asked(NamedTuple):
    """One question by file."""

    name: str
    messages: Sequence[Message]
    schema: Mapping[str, Any]


class Limits(NamedTuple):
    """How a model is asked, and how much."""

    settings: AskSettings
    allowance: Allowance


def questions_file(
    config: SubjectConfig, limits: Limits, asked: Iterable[Asked]
) -> dict[str, bytes]:
    """Return the file of questions to a model, each once, by its name in a folder."""
    lines = {
        each.name: question_line(
            each.name, config.model, each.messages, _with_schema(limits.settings, each.schema)
        )
        for each in asked
    }
    return {QUESTIONS: b"".join(lines.values())}


def _with_schema(settings: AskSettings, schema: Mapping[str, Any]) -> AskSettings:
    """Return the settings with what an answer has to be."""
    return msgspec.structs.replace(settings, schema=dict(schema))


class Desk(Generic[P, S, A]):
    """Asks about places, and keeps the answers in a journal."""

    def __init__(
        self,
        limits: Limits,
        path: Path,
        judge: Callable[[P, Ask], S],
        keep: Callable[[P, S, Answer], A],
        name: Callable[[P], str],
    ) -> None:
        self._settings = limits.settings
        self._path = path
        self._judge = judge
        self._keep = keep
        self._name = name
        self.meter = Meter(limits.allowance, time.monotonic, time.sleep)
        self.n_asked = self.n_failed = self.n_unmatched = 0
        self.stopped_by: str | None = None

    def work(self, subject: Subject, left: Sequence[P]) -> Iterator[A]:
        """Yield the answers, until a limit is reached or the model does not answer."""
        in_a_row = 0
        for place in left:
            try:
                yield self._ask(subject, place)
                in_a_row = 0
            except SpentError as error:
                self.stopped_by = str(error)
                return
            except SubjectError:
                self.n_failed += 1
                in_a_row += 1
                if in_a_row >= _MAX_FAILURES:
                    self.stopped_by = "not_answering"
                    return

    def take(
        self, given: Mapping[str, Answer | None], left: Sequence[P], known: Iterable[P]
    ) -> Iterator[A]:
        """Yield the answers that were given, by the names of questions, to those that are left.

        Args:
            given: the answers.
            left: what has no answer yet.
            known: all that is asked about; answers to other questions are counted.
        """
        self.n_unmatched = len(given.keys() - {self._name(place) for place in known})
        for place in left:
            if self._name(place) not in given:
                self.stopped_by = "end_of_answers"
                continue
            answer = given[self._name(place)]
            if answer is None:
                self.n_failed += 1
                continue
            yield self._judged(place, partial(_given, answer))

    def _ask(self, subject: Subject, place: P) -> A:
        def ask(messages: Sequence[Message], settings: AskSettings) -> Answer:
            self.meter.begin()
            return subject.answer(messages, (), settings)

        return self._judged(place, ask)

    def _judged(self, place: P, answering: _Answering) -> A:
        answer: Answer | None = None

        def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
            nonlocal answer
            answer = answering(messages, _with_schema(self._settings, schema))
            self.meter.count(answer)
            return answer.message.content

        said = self._judge(place, ask)
        assert answer is not None, "a model that is a labeler is asked about every place"
        kept = self._keep(place, said, answer)
        append(self._path, kept)
        self.n_asked += 1
        return kept


def _given(answer: Answer, _messages: Sequence[Message], _settings: AskSettings) -> Answer:
    return answer
