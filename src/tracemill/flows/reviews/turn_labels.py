"""A model says what people's turns mean where the rules are not sure: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model. It is asked
here and now, or by file: the questions are written through the gate, and its answers taken from
another file later. What is kept is where a label points to and what the question cost, never what
was said: text stays in the lake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

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
from tracemill.flows.reviews.asking_desk import Asked, Desk, Limits, questions_file
from tracemill.label.reactions.asking import MODEL_LABELER_VERSION, SCHEMA, question
from tracemill.label.reactions.labelers import Ask, ModelLabeler, Policy, is_wanted
from tracemill.label.reactions.speech import Heard
from tracemill.llm import Answer, SubjectConfig, open_subject
from tracemill.llm.batches import read_answers
from tracemill.records.refs import Stamp
from tracemill.records.sessions.turn_labels import AnswerFault, TurnAnswer, TurnLabel, TurnReport
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace

_Said = tuple[Heard, ...] | AnswerFault


class Wanted(NamedTuple):
    """What a model is asked for."""

    policy: Policy
    n: int | None
    """Most turns that are looked at; None for all."""
    limits: Limits


class Labelled(NamedTuple):
    """What a turn says, by whom, after the policy."""

    report: TurnReport
    labels: list[TurnLabel]


class _Turns(NamedTuple):
    """Turns of people, and what a model was asked about them."""

    name: str
    """The model."""
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
    desk = _desk(turns, wanted, clock)
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
    desk = _desk(turns, wanted, clock)
    given = desk.take(read_answers(file), turns.left, turns.asked)
    return _labelled(config, wanted, turns, desk, given)


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
    once = list({_name(place): place for place in turns.left}.values())
    asked = (Asked(_name(place), question(place.turn), SCHEMA) for place in once)
    file = questions_file(config, wanted.limits, asked)
    Gate(workspace).write_out("reviews", "turns", folder, file)
    found = _labelled(config, wanted, turns, _desk(turns, wanted, now))
    report = replace(found.report, n_written=len(once), n_characters=_characters(once))
    return found._replace(report=report)


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
    left = [place for place in asked if place.key not in done]
    return _Turns(name, found, asked, left, known, path)


def _desk(
    turns: _Turns, wanted: Wanted, clock: Callable[[], datetime]
) -> Desk[Place, _Said, TurnAnswer]:
    judge = _Judge(turns.name, clock)
    return Desk(wanted.limits, turns.path, judge.judge, judge.keep, _name)


def _labelled(
    config: SubjectConfig,
    wanted: Wanted,
    turns: _Turns,
    desk: Desk[Place, _Said, TurnAnswer],
    said: Iterable[TurnAnswer] = (),
) -> Labelled:
    known = turns.known | {each.key: each for each in said}
    answers = {place[:2]: known[place.key] for place in turns.asked if place.key in known}
    report = TurnReport(
        subject=turns.name,
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_turns=len(turns.all),
        n_wanted=len(turns.asked),
        n_characters=_characters(turns.left),
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


class _Judge:
    """Asks a model about a turn, and makes a record of what it said."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._clock = clock

    def judge(self, place: Place, ask: Ask) -> _Said:
        """Return what the model says that a person means."""
        return ModelLabeler(self._name, ask).label(place.turn)

    def keep(self, place: Place, said: _Said, answer: Answer) -> TurnAnswer:
        """Return what is kept of it."""
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


def _name(place: Place) -> str:
    return place.key[2]


def _characters(asked: Iterable[Place]) -> int:
    return sum(len(message.content) for place in asked for message in question(place.turn))


def _agrees(place: Place, answer: TurnAnswer | None) -> bool:
    said = set() if answer is None else {each.kind for each in answer.labels}
    return bool(said & {each.kind for each in place.ruled})


def _faults(answers: Iterable[TurnAnswer]) -> dict[str, int]:
    return dict(sorted(Counter(each.fault for each in answers if each.fault).items()))
