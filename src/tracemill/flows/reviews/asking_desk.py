"""A model is asked about one thing after the other: within limits, and once each.

What it says is kept before the next question, so that a run that ends early loses nothing, and the
next one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

from tracemill.label.reactions.labelers import Ask
from tracemill.llm import Answer, AskSettings, Subject, SubjectError
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Record
from tracemill.store.journal import append
from tracemill.synth.generation import Allowance, Meter, SpentError

_MAX_FAILURES: Final = 3
P = TypeVar("P")
S = TypeVar("S")
A = TypeVar("A", bound=Record)


class Limits(NamedTuple):
    """How a model is asked, and how much."""

    settings: AskSettings
    allowance: Allowance


class Desk(Generic[P, S, A]):
    """Asks about places, and keeps the answers in a journal."""

    def __init__(
        self,
        limits: Limits,
        path: Path,
        judge: Callable[[P, Ask], S],
        keep: Callable[[P, S, Answer], A],
    ) -> None:
        self._settings = limits.settings
        self._path = path
        self._judge = judge
        self._keep = keep
        self.meter = Meter(limits.allowance, time.monotonic, time.sleep)
        self.n_asked = self.n_failed = 0
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

    def _ask(self, subject: Subject, place: P) -> A:
        answer: Answer | None = None

        def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
            nonlocal answer
            self.meter.begin()
            settings = msgspec.structs.replace(self._settings, schema=dict(schema))
            answer = subject.answer(messages, (), settings)
            self.meter.count(answer)
            return answer.message.content

        said = self._judge(place, ask)
        assert answer is not None, "a model that is a labeler is asked about every place"
        kept = self._keep(place, said, answer)
        append(self._path, kept)
        self.n_asked += 1
        return kept
