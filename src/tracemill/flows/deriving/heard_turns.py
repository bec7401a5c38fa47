"""What people's turns mean, by the rules and by a model that was asked before.

`review turns` asks a model and keeps its answers. Here they are put together with what the rules
hear, as a policy says, for whoever asks: the command itself, or a recipe that names the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import structs
from typing_extensions import override

from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.facts import Facts
from tracemill.label import OBSERVE_VERSION
from tracemill.label.activity.observe import Observer
from tracemill.label.reactions.asking import MODEL_LABELER_VERSION, Turn, question
from tracemill.label.reactions.labelers import Policy, RuleLabeler, combined, is_wanted
from tracemill.label.reactions.listening import Listener, OpenTurn
from tracemill.label.reactions.replies import Reply
from tracemill.label.reactions.speech import Heard
from tracemill.records.datasets.recipes import TurnJudge
from tracemill.records.refs import Stamp
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.reactions import STRENGTHS, Reaction
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.sessions.turn_labels import TurnAnswer, TurnLabel
from tracemill.store.journal import read_journal
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_REMEDY: Final = "delete the file and run again: it is asked anew"
_LOG: Final = "log"
"""Rule of what a person did, which nobody has to judge."""


class Place(NamedTuple):
    """One turn of a person, and what the rules hear in it."""

    trajectory: str
    step: int
    turn: Turn
    ruled: tuple[Heard, ...]

    @property
    def key(self) -> tuple[str, int, str]:
        """The session, the step and the question that a model is asked about it."""
        asked = (each.content for each in question(self.turn))
        return self.trajectory, self.step, digest_of(str(MODEL_LABELER_VERSION), *asked)


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
    name = model_name(judge.model)
    known = {each.key: each for each in _answers(workspace, name)}
    if not known:
        raise NotFoundError(
            f"no answer of {name!r} about people's turns is kept; "
            f"run: tracemill review turns {judge.model}"
        )
    changed = {}
    held = places(Lake(workspace.lake), facts.trajectories)
    for trajectory, turns in groupby(held, key=attrgetter("trajectory")):
        activity = facts.activities.get(trajectory)
        said = {place.step: list(_judged(place, known, judge.policy)) for place in turns}
        if activity is not None:
            reactions = sorted(_reactions(activity.reactions, said), key=attrgetter("step"))
            changed[trajectory] = structs.replace(activity, reactions=tuple(reactions))
    return changed


def _judged(
    place: Place, known: Mapping[tuple[str, int, str], TurnAnswer], policy: Policy
) -> Iterator[TurnLabel]:
    answer = known.get(place.key) if is_wanted(policy, place.ruled) else None
    return standing(place, answer, policy)


def model_name(subject: str) -> str:
    """Return what a model, given as `door:model`, is called in the stamps of its labels."""
    backend, _, model = subject.partition(":")
    return f"{backend}:{Path(model).name}"


def answers_file(workspace: Workspace, name: str, endpoint: str | None) -> Path:
    """Return where the answers of a model are kept."""
    return workspace.turn_labels / f"{digest_of(name, endpoint or '')}.jsonl"


def read_answers(path: Path) -> Iterator[TurnAnswer]:
    """Yield the answers in a file; none where it is not there.

    Raises:
        StoreError: a line is none.
    """
    return read_journal(path, TurnAnswer, _REMEDY)


def digest_of(*texts: str) -> str:
    """Return by what texts are known that nobody shall read."""
    return blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _answers(workspace: Workspace, name: str) -> Iterator[TurnAnswer]:
    for path in sorted(workspace.turn_labels.glob("*.jsonl")):
        for answer in read_answers(path):
            if any(each.stamp.by == name for each in answer.labels):
                yield answer


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


def places(
    lake: Lake, trajectories: Mapping[str, Trajectory], most: int | None = None
) -> Iterator[Place]:
    """Yield turns of people, session by session, with what the rules hear in them."""
    rules, n_left = RuleLabeler(), most
    for name in sorted(trajectories):
        if trajectories[name].is_subagent:
            continue
        for index, turn in _turns(lake, trajectories[name]):
            if n_left == 0:
                return
            n_left = None if n_left is None else n_left - 1
            yield Place(name, index, turn, rules.label(turn))


def _turns(lake: Lake, trajectory: Trajectory) -> list[tuple[int, Turn]]:
    listener = _Hearing()
    observer = Observer(listener=listener)
    owners, where = {trajectory.origin.input_id}, equals("trajectory_id", trajectory.id)
    steps = lake.records(TABLES["steps"], owners=owners, where=where)
    for step in sorted(steps, key=lambda each: each.index):
        observer.step(step)
    listener.finish()
    return listener.turns


def label_of(place: Place, heard: Heard, stamp: Stamp) -> TurnLabel:
    """Return what is heard in a turn as a label."""
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


def standing(place: Place, answer: TurnAnswer | None, policy: Policy) -> Iterator[TurnLabel]:
    """Yield what stands of a turn."""
    ruled = Stamp(by=RuleLabeler.name, version=OBSERVE_VERSION)
    said = None if answer is None else answer.fault or tuple(map(_heard, answer.labels))
    for heard in combined(policy, place.ruled, said):
        own = None if answer is None else _same(answer.labels, heard)
        yield label_of(place, heard, ruled) if own is None else own


def _same(labels: Iterable[TurnLabel], heard: Heard) -> TurnLabel | None:
    return next((each for each in labels if _heard(each) == heard), None)


def _heard(label: TurnLabel) -> Heard:
    return Heard(label.kind, label.confidence, label.method, label.start, label.end)
