"""An interview: a model answers one question after the other, within limits, and each once.

It is asked here and now, or by file: the questions are written through the gate, and its answers
taken from another file later. What it says is kept before the next question, so that a run that
ends early loses nothing, and the next one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple

import msgspec

from tracemill.flows.deriving.judged.kinds import A, Exchange, Kind, L, Question
from tracemill.llm import Answer, AskSettings, Subject, SubjectConfig, SubjectError
from tracemill.llm.batches import question_line
from tracemill.records.datasets.examples import Message
from tracemill.store.journal import append
from tracemill.synth.generation import Meter, SpendingLimit, SpentError

QUESTIONS: Final = "questions.jsonl"
"""Name of the file of questions in a folder."""
_MAX_FAILURES: Final = 3


class Limits(NamedTuple):
    """How a model is asked, and how much."""

    settings: AskSettings
    spending: SpendingLimit


def questions_file(
    config: SubjectConfig,
    limits: Limits,
    kind: Kind[A, L],
    asked: Iterable[Question[A, L]],
    redacted: Callable[[str], str],
) -> dict[str, bytes]:
    """Return the file of questions to a model by its name in a folder.

    Args:
        config: the model.
        limits: how it is asked.
        kind: what is asked.
        asked: the questions.
        redacted: redacts a text. A log's texts are, but stand as JSON in a question, where one can
            look like a secret that is none without the escapes, and one would keep in all.
    """
    settings = _with_schema(limits.settings, kind.schema)
    lines = (
        question_line(each.digest, config.model, _shown(each.messages, redacted), settings)
        for each in asked
    )
    return {QUESTIONS: b"".join(lines)}


def _shown(messages: Iterable[Message], redacted: Callable[[str], str]) -> tuple[Message, ...]:
    return tuple(msgspec.structs.replace(e, content=redacted(e.content)) for e in messages)


def _with_schema(settings: AskSettings, schema: Mapping[str, Any]) -> AskSettings:
    """Return the settings with what an answer has to be."""
    return msgspec.structs.replace(settings, schema=dict(schema))


class Interview(Generic[A, L]):
    """Asks questions of a kind, and keeps the answers in a journal."""

    def __init__(
        self,
        kind: Kind[A, L],
        name: str,
        path: Path,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._name = name
        self._path = path
        self._settings = _with_schema(limits.settings, kind.schema)
        self._clock = clock
        self.meter = Meter(limits.spending, time.monotonic, time.sleep)
        self.n_asked = self.n_failed = self.n_unmatched = 0
        self.stopped_by: str | None = None

    def work(self, subject: Subject, left: Sequence[Question[A, L]]) -> Iterator[A]:
        """Yield the answers, until a limit is reached or the model does not answer."""
        in_a_row = 0
        for question in left:
            try:
                self.meter.begin()
                answer = subject.answer(question.messages, (), self._settings)
            except SpentError as error:
                self.stopped_by = str(error)
                return
            except SubjectError:
                self.n_failed += 1
                in_a_row += 1
                if in_a_row >= _MAX_FAILURES:
                    self.stopped_by = "not_answering"
                    return
            else:
                yield self._kept(question, answer)
                in_a_row = 0

    def take(
        self,
        given: Mapping[str, Answer | None],
        left: Sequence[Question[A, L]],
        asked: Iterable[Question[A, L]],
    ) -> Iterator[A]:
        """Yield the answers that were given, by the names of questions, to those that are left.

        Args:
            given: the answers.
            left: what has no answer yet.
            asked: all that is asked about; answers to other questions are counted.
        """
        self.n_unmatched = len(given.keys() - {question.digest for question in asked})
        for question in left:
            if question.digest not in given:
                self.stopped_by = "end_of_answers"
                continue
            answer = given[question.digest]
            if answer is None:
                self.n_failed += 1
                continue
            yield self._kept(question, answer)

    def _kept(self, question: Question[A, L], answer: Answer) -> A:
        self.meter.count(answer)
        kept = question.answer(
            answer.message.content,
            self._name,
            Exchange(
                finish=answer.finish,
                n_prompt_tokens=answer.n_prompt_tokens,
                n_answer_tokens=answer.n_answer_tokens,
                seconds=answer.seconds,
                at=self._clock(),
            ),
        )
        append(self._path, kept)
        self.n_asked += 1
        return kept
