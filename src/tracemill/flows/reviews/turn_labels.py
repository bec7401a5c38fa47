"""A model says what people's turns mean where the rules are not sure: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model. It is asked
here and now, or by file: the questions are written through the gate, and its answers taken from
another file later. What is kept is where a label points to and what the question cost, never what
was said: text stays in the lake.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from tracemill.base.clock import now
from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.heard_turns import (
    Place,
    answers_file,
    label_of,
    model_name,
    places,
    standing,
)
from tracemill.flows.deriving.heard_turns import read_answers as kept_answers
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.privacy.gate import Gate
from tracemill.label.reactions.asking import MODEL_LABELER_VERSION, SCHEMA, question
from tracemill.label.reactions.labelers import ModelLabeler, Policy, is_wanted
from tracemill.label.reactions.speech import Heard
from tracemill.llm import Answer, AskSettings, Subject, SubjectConfig, SubjectError, open_subject
from tracemill.llm.batches import question_line, read_answers
from tracemill.records.refs import Stamp
from tracemill.records.sessions.turn_labels import AnswerFault, TurnAnswer, TurnLabel, TurnReport
from tracemill.store.journal import append
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance, Meter, SpentError

QUESTIONS: Final = "questions.jsonl"
"""Name of the file of questions in a folder."""
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


class _Turns(NamedTuple):
    """Turns of people, and what a model was asked about them."""

    all: list[Place]
    asked: list[Place]
    """Those that it is asked about."""
    left: list[Place]
    """Those that it has not answered."""
    known: dict[tuple[str, int, str], TurnAnswer]
    path: Path
    """Where its answers are kept."""


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
    turns = _turns(workspace, config, wanted)
    desk = _Desk(model_name(f"{config.backend}:{config.model}"), wanted, clock, turns.path)
    if turns.left and not is_dry:
        with open_subject(config) as subject:
            return _labelled(config, wanted, turns, desk, desk.work(subject, turns.left))
    return _labelled(config, wanted, turns, desk)


def take_answers(
    workspace: Workspace,
    config: SubjectConfig,
    wanted: Wanted,
    file: Path,
    *,
    clock: Callable[[], datetime],
) -> Labelled:
    """Take what a model said of turns from a file, and return what stands after the policy.

    Raises:
        NotFoundError: there is no such file.
        DataError: it holds something else.
    """
    turns = _turns(workspace, config, wanted, is_by_file=True)
    desk = _Desk(model_name(f"{config.backend}:{config.model}"), wanted, clock, turns.path)
    return _labelled(config, wanted, turns, desk, desk.take(read_answers(file), turns))


def write_questions(
    workspace: Workspace, config: SubjectConfig, wanted: Wanted, folder: Path
) -> Labelled:
    """Write what a model would be asked into a folder, each question once, and ask nothing.

    Raises:
        NotFoundError: nothing is left to ask.
        UsageError: the folder holds something.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    require_elsewhere(workspace, folder)
    folder = new_folder(folder)
    turns = _turns(workspace, config, wanted, is_by_file=True)
    if not turns.left:
        raise NotFoundError("no question about a turn is open; see: tracemill session list")
    settings = msgspec.structs.replace(wanted.settings, schema=dict(SCHEMA))
    lines = {
        place.key[2]: question_line(place.key[2], config.model, question(place.turn), settings)
        for place in turns.left
    }
    Gate(workspace).write_out("reviews", "turns", folder, {QUESTIONS: b"".join(lines.values())})
    desk = _Desk("", wanted, now, turns.path)
    return _labelled(config, wanted, turns, desk)


def _turns(
    workspace: Workspace, config: SubjectConfig, wanted: Wanted, *, is_by_file: bool = False
) -> _Turns:
    """Return turns; by file, an answer that says nothing may be given again, and told right."""
    lake = Lake(workspace.lake)
    found = list(places(lake, Facts(lake).trajectories, wanted.n))
    asked = [place for place in found if is_wanted(wanted.policy, place.ruled)]
    name = model_name(f"{config.backend}:{config.model}")
    path = answers_file(workspace, name, config.endpoint)
    known = {each.key: each for each in kept_answers(path)}
    done = {key for key, answer in known.items() if not (is_by_file and answer.fault)}
    return _Turns(found, asked, [place for place in asked if place.key not in done], known, path)


def _labelled(
    config: SubjectConfig,
    wanted: Wanted,
    turns: _Turns,
    desk: _Desk,
    said: Iterable[TurnAnswer] = (),
) -> Labelled:
    known = turns.known | {each.key: each for each in said}
    answers = {place[:2]: known[place.key] for place in turns.asked if place.key in known}
    report = TurnReport(
        subject=model_name(f"{config.backend}:{config.model}"),
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_turns=len(turns.all),
        n_wanted=len(turns.asked),
        n_characters=sum(len(m.content) for place in turns.left for m in question(place.turn)),
        n_before=len(turns.asked) - len(turns.left),
        n_asked=desk.n_asked,
        n_failed=desk.n_failed,
        n_unmatched=desk.n_unmatched,
        faults=_faults(answers.values()),
        n_agreed=sum(_agrees(place, answers.get(place[:2])) for place in turns.asked),
        n_prompt_tokens=desk.meter.n_prompt_tokens,
        n_answer_tokens=desk.meter.n_answer_tokens,
        cost_usd=desk.meter.cost_usd,
        stopped_by=desk.stopped_by,
    )
    labels = [
        label
        for place in turns.all
        for label in standing(place, answers.get(place[:2]), wanted.policy)
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
        self.n_asked = self.n_failed = self.n_unmatched = 0
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

    def take(self, given: Mapping[str, Answer | None], turns: _Turns) -> Iterator[TurnAnswer]:
        """Yield the answers that were given, by question, to those that are left."""
        self.n_unmatched = len(given.keys() - {place.key[2] for place in turns.asked})
        for place in turns.left:
            if place.key[2] not in given:
                self.stopped_by = "end_of_answers"
                continue
            answer = given[place.key[2]]
            if answer is None:
                self.n_failed += 1
                continue
            yield self._keep(place, answer)

    def _ask(self, subject: Subject, place: Place) -> TurnAnswer:
        self.meter.begin()
        settings = msgspec.structs.replace(self._wanted.settings, schema=dict(SCHEMA))
        return self._keep(place, subject.answer(question(place.turn), (), settings))

    def _keep(self, place: Place, answer: Answer) -> TurnAnswer:
        self.meter.count(answer)
        labeler = ModelLabeler(self._name, lambda _messages, _schema: answer.message.content)
        kept = self._kept(place, labeler.label(place.turn), answer)
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
