"""What people's turns mean, by the rules and by a model that was asked before.

A model is shown a turn with what went on before and after it. What people did stays as the log has
it: no model is asked about deeds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Final

from msgspec import structs
from typing_extensions import override

from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.judged.answers import answers_of
from tracemill.flows.deriving.judged.kinds import Exchange, Kind, digest_of_question
from tracemill.label import OBSERVE_VERSION
from tracemill.label.activity.observe import Observer
from tracemill.label.reactions.asking import (
    MODEL_LABELER_VERSION,
    SCHEMA,
    Turn,
    question,
    read_answer,
)
from tracemill.label.reactions.listening import Listener, OpenTurn
from tracemill.label.reactions.replies import Reply
from tracemill.label.reactions.speech import Heard, hear, is_doubtful
from tracemill.records.asking import Method
from tracemill.records.datasets.examples import Message
from tracemill.records.datasets.recipes import TurnJudge
from tracemill.records.refs import Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.reactions import STRENGTHS, Reaction
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.sessions.turn_labels import TurnAnswer, TurnLabel, TurnReport
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_RULES: Final = Stamp(by="rules", version=OBSERVE_VERSION)
_LOG: Final = "log"
"""Rule of what a person did, which nobody has to judge."""


@dataclass(frozen=True)
class TurnQuestion:
    """One turn of a person, and what the rules hear in it."""

    trajectory: str
    step: int
    turn: Turn
    heard: tuple[Heard, ...]

    @cached_property
    def digest(self) -> str:
        """By what the question is known."""
        return digest_of_question(MODEL_LABELER_VERSION, self.messages)

    @property
    def key(self) -> tuple[str, int, str]:
        """The session, the step and the question."""
        return self.trajectory, self.step, self.digest

    @property
    def messages(self) -> tuple[Message, ...]:
        """What a model is asked."""
        return question(self.turn)

    @property
    def is_doubtful(self) -> bool:
        """Whether the rules hear nothing, or something of which they are not sure."""
        return is_doubtful(self.heard)

    @property
    def ruled(self) -> tuple[TurnLabel, ...]:
        """What the rules hear."""
        return tuple(self._label(each, "rules", _RULES) for each in self.heard)

    def agreed(self, said: tuple[TurnLabel, ...]) -> tuple[TurnLabel, ...]:
        """Return what a model hears that the rules hear too."""
        kinds = {each.kind for each in self.heard}
        return tuple(each for each in said if each.kind in kinds)

    def answer(self, text: str, by: str, exchange: Exchange) -> TurnAnswer:
        """Return what is kept of a model's answer."""
        said, stamp = read_answer(text, self.turn.text), Stamp(by=by, version=MODEL_LABELER_VERSION)
        heard, fault = (said, None) if isinstance(said, tuple) else ((), said)
        return TurnAnswer(
            trajectory_id=self.trajectory,
            step=self.step,
            question=self.digest,
            labels=tuple(self._label(each, "model", stamp) for each in heard),
            fault=fault,
            **exchange._asdict(),
        )

    def _label(self, heard: Heard, method: Method, stamp: Stamp) -> TurnLabel:
        return TurnLabel(
            trajectory_id=self.trajectory,
            step=self.step,
            kind=heard.kind,
            confidence=heard.confidence,
            start=heard.start,
            end=heard.end,
            method=method,
            stamp=stamp,
        )


class _Hearing(Listener):
    """Keeps each turn with what went on before and after it."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[tuple[int, Turn]] = []

    @override
    def replied(self, turn: OpenTurn, reply: Reply) -> None:
        self.turns.append((turn.step.index, Turn(turn.step.text, turn.before, reply)))


def judged_activities(workspace: Workspace, facts: Facts, judge: TurnJudge) -> dict[str, Activity]:
    """Return the activities of sessions whose turns a model judged, with its word for the rules'.

    What people did stays as the log has it.

    Raises:
        NotFoundError: the model was never asked.
    """
    known = answers_of(workspace, TURNS, judge.model)
    changed = {}
    asked = turn_questions(Lake(workspace.lake), facts.trajectories)
    for trajectory, turns in groupby(asked, key=attrgetter("trajectory")):
        activity = facts.activities.get(trajectory)
        said = {each.step: TURNS.standing(each, known, judge.policy) for each in turns}
        if activity is not None:
            reactions = sorted(_reactions(activity.reactions, said), key=attrgetter("step"))
            changed[trajectory] = structs.replace(activity, reactions=tuple(reactions))
    return changed


def _reactions(
    reactions: Iterable[Reaction], said: Mapping[int, Iterable[TurnLabel]]
) -> Iterator[Reaction]:
    """Yield what stands: deeds, words of turns that nobody judged, and what was said of others."""
    words: defaultdict[int, list[Reaction]] = defaultdict(list)
    for each in reactions:
        if each.rule == _LOG or each.step not in said:
            yield each
        else:
            words[each.step].append(each)
    for step, labels in said.items():
        for label in labels:
            if label.method == "model":
                yield _reaction(label, words[step])
            else:
                yield from (each for each in words[step] if each.kind == label.kind)


def _reaction(label: TurnLabel, ruled: Iterable[Reaction]) -> Reaction:
    """Return a model's label as a reaction, which waited as long as what the rules hear there."""
    return Reaction(
        step=label.step,
        kind=label.kind,
        strength=STRENGTHS[label.kind],
        confidence=label.confidence,
        rule=label.stamp.by,
        start=label.start,
        end=label.end,
        waited_s=next((each.waited_s for each in ruled), None),
    )


def turn_questions(
    lake: Lake, trajectories: Mapping[str, Trajectory], most: int | None = None
) -> Iterator[TurnQuestion]:
    """Yield turns of people, session by session, with what the rules hear in them."""
    n_left = most
    for name in sorted(trajectories):
        if trajectories[name].is_subagent:
            continue
        for index, turn in _turns(lake, trajectories[name]):
            if n_left == 0:
                return
            n_left = None if n_left is None else n_left - 1
            yield TurnQuestion(name, index, turn, hear(turn.text, turn.before, turn.reply))


def _turns(lake: Lake, trajectory: Trajectory) -> list[tuple[int, Turn]]:
    listener = _Hearing()
    observer = Observer(listener=listener)
    owners, where = {trajectory.origin.input_id}, equals("trajectory_id", trajectory.id)
    steps = lake.records(TABLES["steps"], owners=owners, where=where)
    for step in sorted(steps, key=attrgetter("index")):
        observer.step(step)
    listener.finish()
    return listener.turns


def _questions(lake: Lake, most: int | None) -> Iterator[TurnQuestion]:
    return turn_questions(lake, Facts(lake).trajectories, most)


TURNS: Final = Kind(
    name="turn",
    noun="turn",
    about="a turn",
    label="Reactions",
    listed_by="session list",
    schema=SCHEMA,
    questions=_questions,
    form=TurnAnswer,
    key=attrgetter("key"),
    labels=attrgetter("labels"),
    report=TurnReport,
)
"""What people's turns mean."""
