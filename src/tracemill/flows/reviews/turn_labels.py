"""A model says what people's turns mean where the rules are not sure: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model. What is kept
is where a label points to and what the question cost, never what was said: text stays in the lake.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.heard_turns import (
    Place,
    answers_file,
    label_of,
    model_name,
    places,
    read_answers,
    standing,
)
from tracemill.label.reactions.asking import MODEL_LABELER_VERSION, question
from tracemill.label.reactions.labelers import ModelLabeler, Policy, is_wanted
from tracemill.label.reactions.speech import Heard
from tracemill.llm import Answer, AskSettings, Subject, SubjectConfig, SubjectError, open_subject
from tracemill.records.datasets.examples import Message
from tracemill.records.refs import Stamp
from tracemill.records.sessions.turn_labels import AnswerFault, TurnAnswer, TurnLabel, TurnReport
from tracemill.store.journal import append
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance, Meter, SpentError

_MOST_FAILURES: Final = 3


class Wanted(NamedTuple):
    """What a model is asked for."""

    policy: Policy
    n: int | None
    """Most turns that are looked at; None for all."""
    settings: AskSettings
    allowance: Allowance


class Labelled(NamedTuple):
    """What a turn says, by whom, after the policy."""

    report: TurnReport
    labels: list[TurnLabel]


def label_turns(
    workspace: Workspace,
    config: SubjectConfig,
    wanted: Wanted,
    *,
    clock: Callable[[], datetime],
    is_dry: bool,
) -> Labelled:
    """Ask a model about turns, and return what stands after the policy.

    Raises:
        SubjectError: the model cannot be opened.
    """
    name = model_name(f"{config.backend}:{config.model}")
    lake = Lake(workspace.lake)
    turns = list(places(lake, Facts(lake).trajectories, wanted.n))
    asked = [place for place in turns if is_wanted(wanted.policy, place.ruled)]
    path = answers_file(workspace, name, config.endpoint)
    known = {each.key: each for each in read_answers(path)}
    left = [place for place in asked if place.key not in known]
    desk = _Desk(name, wanted, clock, path)
    if left and not is_dry:
        with open_subject(config) as subject:
            known |= {each.key: each for each in desk.work(subject, left)}
    answers = {place[:2]: known[place.key] for place in asked if place.key in known}
    report = TurnReport(
        subject=name,
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_turns=len(turns),
        n_wanted=len(asked),
        n_characters=sum(len(each.content) for place in left for each in question(place.turn)),
        n_before=len(asked) - len(left),
        n_asked=desk.n_asked,
        n_failed=desk.n_failed,
        faults=_faults(answers.values()),
        n_agreed=sum(_agrees(place, answers.get(place[:2])) for place in asked),
        n_prompt_tokens=desk.meter.n_prompt_tokens,
        n_answer_tokens=desk.meter.n_answer_tokens,
        cost_usd=desk.meter.cost_usd,
        stopped_by=desk.stopped_by,
    )
    labels = [
        label for place in turns for label in standing(place, answers.get(place[:2]), wanted.policy)
    ]
    return Labelled(report, labels)


class _Desk:
    """Asks about one turn after the other, and keeps each answer before the next question."""

    def __init__(
        self, name: str, wanted: Wanted, clock: Callable[[], datetime], path: Path
    ) -> None:
        self._name = name
        self._wanted = wanted
        self._clock = clock
        self._path = path
        self.meter = Meter(wanted.allowance, time.monotonic, time.sleep)
        self.n_asked = self.n_failed = 0
        self.stopped_by: str | None = None

    def work(self, subject: Subject, left: Sequence[Place]) -> Iterator[TurnAnswer]:
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
                if in_a_row >= _MOST_FAILURES:
                    self.stopped_by = "not_answering"
                    return

    def _ask(self, subject: Subject, place: Place) -> TurnAnswer:
        answer: Answer | None = None

        def ask(messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
            nonlocal answer
            self.meter.begin()
            settings = msgspec.structs.replace(self._wanted.settings, schema=dict(schema))
            answer = subject.answer(messages, (), settings)
            self.meter.count(answer)
            return answer.message.content

        said = ModelLabeler(self._name, ask).label(place.turn)
        assert answer is not None, "a model that is a labeler is asked about every turn"
        kept = self._kept(place, said, answer)
        append(self._path, kept)
        self.n_asked += 1
        return kept

    def _kept(
        self, place: Place, said: tuple[Heard, ...] | AnswerFault, answer: Answer
    ) -> TurnAnswer:
        stamp = Stamp(by=self._name, version=MODEL_LABELER_VERSION)
        found = said if isinstance(said, tuple) else ()
        return TurnAnswer(
            trajectory_id=place.trajectory,
            step=place.step,
            question=place.key[2],
            labels=tuple(label_of(place, each, stamp) for each in found),
            fault=None if isinstance(said, tuple) else said,
            finish=answer.finish,
            n_prompt_tokens=answer.n_prompt_tokens,
            n_answer_tokens=answer.n_answer_tokens,
            seconds=answer.seconds,
            at=self._clock(),
        )


def _agrees(place: Place, answer: TurnAnswer | None) -> bool:
    said = set() if answer is None else {each.kind for each in answer.labels}
    return bool(said & {each.kind for each in place.ruled})


def _faults(answers: Iterable[TurnAnswer]) -> dict[str, int]:
    return dict(sorted(Counter(each.fault for each in answers if each.fault).items()))
