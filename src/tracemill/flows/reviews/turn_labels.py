"""A model says what people's turns mean where the rules are not sure: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model. What is kept
is where a label points to and what the question cost, never what was said: text stays in the lake.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from typing_extensions import override

from tracemill.base.errors import StoreError
from tracemill.flows.deriving.facts import Facts
from tracemill.label import OBSERVE_VERSION
from tracemill.label.activity.observe import Observer
from tracemill.label.reactions.labelers import (
    MODEL_LABELER_VERSION,
    ModelLabeler,
    Policy,
    RuleLabeler,
    Turn,
    combined,
    is_wanted,
    question,
)
from tracemill.label.reactions.listening import Listener
from tracemill.label.reactions.speech import Heard
from tracemill.llm import Answer, AskSettings, Subject, SubjectConfig, SubjectError, open_subject
from tracemill.records.examples import Message
from tracemill.records.refs import Stamp
from tracemill.records.trajectory import Step, Trajectory
from tracemill.records.turn_labels import AnswerFault, TurnAnswer, TurnLabel, TurnReport
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace
from tracemill.synth.generation import Allowance, Meter, SpentError

_MOST_FAILURES: Final = 3
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


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


class _Place(NamedTuple):
    trajectory: str
    step: int
    turn: Turn
    ruled: tuple[Heard, ...]


class _Hearing(Listener):
    """Keeps each turn with what went on before it."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[tuple[int, Turn]] = []

    @override
    def person(self, step: Step) -> None:
        if self.has_acted:
            self.turns.append((step.index, Turn(step.text, self.before)))
        super().person(step)


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
    name = f"{config.backend}:{Path(config.model).name}"
    places = list(_places(workspace, wanted.n))
    asked = [place for place in places if is_wanted(wanted.policy, place.ruled)]
    path = workspace.turn_labels / f"{_digest(name, config.endpoint or '')}.jsonl"
    known = {(each.trajectory_id, each.step, each.question): each for each in _read(path)}
    left = [place for place in asked if _key(place) not in known]
    desk = _Desk(name, wanted, clock, path)
    if left and not is_dry:
        with open_subject(config) as subject:
            known |= {_key_of(each): each for each in desk.work(subject, left)}
    answers = {place[:2]: known[_key(place)] for place in asked if _key(place) in known}
    report = TurnReport(
        subject=name,
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_turns=len(places),
        n_wanted=len(asked),
        n_characters=sum(len(each.content) for place in left for each in question(place.turn)),
        n_before=len(asked) - len(left),
        n_asked=desk.n_asked,
        faults=_faults(answers.values()),
        n_agreed=sum(_agrees(place, answers.get(place[:2])) for place in asked),
        n_prompt_tokens=desk.meter.n_prompt_tokens,
        n_answer_tokens=desk.meter.n_answer_tokens,
        cost_usd=desk.meter.cost_usd,
        stopped_by=desk.stopped_by,
    )
    standing = (
        label for place in places for label in _standing(place, answers.get(place[:2]), wanted)
    )
    return Labelled(report, list(standing))


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
        self.n_asked = 0
        self.stopped_by: str | None = None

    def work(self, subject: Subject, places: Sequence[_Place]) -> Iterator[TurnAnswer]:
        """Yield the answers, until a limit is reached or the model does not answer."""
        in_a_row = 0
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _mend(self._path)
        for place in places:
            try:
                yield self._ask(subject, place)
                in_a_row = 0
            except SpentError as error:
                self.stopped_by = str(error)
                return
            except SubjectError:
                in_a_row += 1
                if in_a_row >= _MOST_FAILURES:
                    self.stopped_by = "not_answering"
                    return

    def _ask(self, subject: Subject, place: _Place) -> TurnAnswer:
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
        with self._path.open("ab") as out:
            out.write(_encode(kept) + b"\n")
        self.n_asked += 1
        return kept

    def _kept(
        self, place: _Place, said: tuple[Heard, ...] | AnswerFault, answer: Answer
    ) -> TurnAnswer:
        stamp = Stamp(by=self._name, version=MODEL_LABELER_VERSION)
        found = said if isinstance(said, tuple) else ()
        return TurnAnswer(
            trajectory_id=place.trajectory,
            step=place.step,
            question=_key(place)[2],
            labels=tuple(_label(place, each, stamp) for each in found),
            fault=None if isinstance(said, tuple) else said,
            finish=answer.finish,
            n_prompt_tokens=answer.n_prompt_tokens,
            n_answer_tokens=answer.n_answer_tokens,
            seconds=answer.seconds,
            at=self._clock(),
        )


def _places(workspace: Workspace, most: int | None) -> Iterator[_Place]:
    """Yield turns of people, session by session, with what the rules hear in them."""
    lake, rules = Lake(workspace.lake), RuleLabeler()
    trajectories = Facts(lake).trajectories
    n_left = most
    for name in sorted(trajectories):
        if trajectories[name].is_subagent:
            continue
        for index, turn in _turns(lake, trajectories[name]):
            if n_left == 0:
                return
            n_left = None if n_left is None else n_left - 1
            yield _Place(name, index, turn, rules.label(turn))


def _turns(lake: Lake, trajectory: Trajectory) -> list[tuple[int, Turn]]:
    listener = _Hearing()
    observer = Observer(listener=listener)
    owners, where = {trajectory.origin.input_id}, equals("trajectory_id", trajectory.id)
    steps = lake.records(TABLES["steps"], owners=owners, where=where)
    for step in sorted(steps, key=lambda each: each.index):
        observer.step(step)
    return listener.turns


def _key(place: _Place) -> tuple[str, int, str]:
    asked = (each.content for each in question(place.turn))
    return place.trajectory, place.step, _digest(str(MODEL_LABELER_VERSION), *asked)


def _key_of(answer: TurnAnswer) -> tuple[str, int, str]:
    return answer.trajectory_id, answer.step, answer.question


def _digest(*texts: str) -> str:
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _label(place: _Place, heard: Heard, stamp: Stamp) -> TurnLabel:
    return TurnLabel(
        trajectory_id=place.trajectory,
        step=place.step,
        kind=heard.kind,
        confidence=heard.confidence,
        start=heard.start,
        end=heard.end,
        method="rules" if stamp.by == RuleLabeler.name else "model",
        stamp=stamp,
    )


def _standing(place: _Place, answer: TurnAnswer | None, wanted: Wanted) -> Iterator[TurnLabel]:
    """Yield what stands of a turn."""
    ruled = Stamp(by=RuleLabeler.name, version=OBSERVE_VERSION)
    said = None if answer is None else answer.fault or tuple(map(_heard, answer.labels))
    for heard in combined(wanted.policy, place.ruled, said):
        own = None if answer is None else _same(answer.labels, heard)
        yield _label(place, heard, ruled) if own is None else own


def _same(labels: Iterable[TurnLabel], heard: Heard) -> TurnLabel | None:
    return next((each for each in labels if _heard(each) == heard), None)


def _heard(label: TurnLabel) -> Heard:
    return Heard(label.kind, label.confidence, label.method, label.start, label.end)


def _agrees(place: _Place, answer: TurnAnswer | None) -> bool:
    said = set() if answer is None else {each.kind for each in answer.labels}
    return bool(said & {each.kind for each in place.ruled})


def _faults(answers: Iterable[TurnAnswer]) -> dict[str, int]:
    return dict(sorted(Counter(each.fault for each in answers if each.fault).items()))


def _mend(path: Path) -> None:
    """Cut off a last line that was not written to its end."""
    if path.exists() and not (data := path.read_bytes()).endswith(b"\n"):
        path.write_bytes(data[: data.rfind(b"\n") + 1])


def _read(path: Path) -> Iterator[TurnAnswer]:
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(TurnAnswer)
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError as error:
            raise StoreError(
                f"{str(path)!r} line {number}: expected what a model said of a turn: {error}; "
                "delete the file and run again: it is asked anew"
            ) from error
