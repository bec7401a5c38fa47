"""What became of work, by the rules and by a model that was asked before.

`review outcomes` asks a model and keeps its answers. Here they are put together with what the rules
say, as a policy says, for whoever asks: the command itself, or a recipe that names the model. What
a person judged in a review stands above both, and no model is asked about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import structs

from tracemill.base.errors import NotFoundError
from tracemill.flows.deriving.facts import Facts
from tracemill.flows.deriving.heard_turns import digest_of, model_name
from tracemill.label.outcomes.asking import OUTCOME_LABELER_VERSION, question
from tracemill.label.outcomes.excerpts import Excerpt, excerpt
from tracemill.label.outcomes.outcome_labelers import is_wanted, whose_word
from tracemill.label.outcomes.outcome_rules import RULES_NAME, UNKNOWN
from tracemill.records.datasets.recipes import OutcomeJudge
from tracemill.records.refs import Ref
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.outcome_labels import OutcomeAnswer, OutcomeLabel, OutcomePolicy
from tracemill.store.journal import read_journal
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_REMEDY: Final = "delete the file and run again: it is asked anew"
_REASON: Final = "a model judged what the log shows"


class JudgedWork(NamedTuple):
    """A piece of work that the rules judged, and what a model is shown of it."""

    episode: Episode
    trajectory_id: str
    """The last session of it that a person began."""
    shown: Excerpt

    @property
    def key(self) -> tuple[str, str]:
        """The work and the question that a model is asked about it."""
        asked = (each.content for each in question(self.shown))
        return self.episode.id, digest_of(str(OUTCOME_LABELER_VERSION), *asked)


def judged_episodes(workspace: Workspace, facts: Facts, judge: OutcomeJudge) -> list[Episode]:
    """Return all episodes, with a model's word for the rules' as a policy says.

    Raises:
        NotFoundError: the model was never asked.
    """
    name = model_name(judge.model)
    known = {each.key: each for each in _answers(workspace, name)}
    if not known:
        raise NotFoundError(
            f"no answer of {name!r} about outcomes is kept; "
            f"run: tracemill review outcomes {judge.model}"
        )
    lake, episodes = Lake(workspace.lake), {each.id: each for each in facts.episodes}
    for work in works(lake, facts):
        if is_wanted(judge.policy, work.episode.outcome):
            stands = judged(work, known.get(work.key), judge.policy)
            episodes[stands.id] = stands
    return list(episodes.values())


def works(lake: Lake, facts: Facts, most: int | None = None) -> Iterator[JudgedWork]:
    """Yield the work that the rules judged and for which a person asked, by its id."""
    n_left = most
    for episode in sorted(facts.episodes, key=lambda each: each.id):
        trajectory = _last(episode, facts.trajectories)
        if trajectory is None or episode.stamp.by != RULES_NAME:
            continue
        activity = facts.activities.get(trajectory.id)
        if activity is None or activity.last_user_step is None:
            continue
        if n_left == 0:
            return
        n_left = None if n_left is None else n_left - 1
        owners, where = {trajectory.origin.input_id}, equals("trajectory_id", trajectory.id)
        steps = lake.records(TABLES["steps"], owners=owners, where=where)
        in_order = sorted(steps, key=lambda each: each.index)
        yield JudgedWork(episode, trajectory.id, excerpt(in_order, activity))


def _last(episode: Episode, trajectories: Mapping[str, Trajectory]) -> Trajectory | None:
    """Return the last trajectory that a person began, as the rules take it, or None."""
    known = [trajectories[name] for name in episode.trajectory_ids if name in trajectories]
    return next((each for each in reversed(known) if not each.is_subagent), None)


def outcome_answers_file(workspace: Workspace, name: str, endpoint: str | None) -> Path:
    """Return where the answers of a model are kept."""
    return workspace.outcome_labels / f"{digest_of(name, endpoint or '')}.jsonl"


def read_outcome_answers(path: Path) -> Iterator[OutcomeAnswer]:
    """Yield the answers in a file; none where it is not there.

    Raises:
        StoreError: a line is none.
    """
    return read_journal(path, OutcomeAnswer, _REMEDY)


def _answers(workspace: Workspace, name: str) -> Iterator[OutcomeAnswer]:
    for path in sorted(workspace.outcome_labels.glob("*.jsonl")):
        for answer in read_outcome_answers(path):
            if answer.label is not None and answer.label.stamp.by == name:
                yield answer


def judged(work: JudgedWork, answer: OutcomeAnswer | None, policy: OutcomePolicy) -> Episode:
    """Return the episode as it stands."""
    label = None if answer is None else answer.label
    match whose_word(policy, work.episode.outcome, None if label is None else label.outcome):
        case "model" if label is not None:
            return _by_model(work, label)
        case "nobody":
            return structs.replace(
                work.episode, outcome="unknown", confidence=0.0, reason=UNKNOWN.reason, evidence=()
            )
        case _:
            return work.episode


def _by_model(work: JudgedWork, label: OutcomeLabel) -> Episode:
    place = [] if label.step is None else [label.step]
    return structs.replace(
        work.episode,
        outcome=label.outcome,
        confidence=label.confidence,
        reason=_REASON,
        evidence=tuple(Ref(kind="trajectory", id=label.trajectory_id, step=at) for at in place),
        stamp=label.stamp,
    )


def label_of(work: JudgedWork, stands: Episode) -> OutcomeLabel:
    """Return an episode as it stands as a label."""
    is_models = stands.stamp.by != RULES_NAME
    steps: Iterable[int | None] = (each.step for each in stands.evidence) if is_models else ()
    return OutcomeLabel(
        episode_id=stands.id,
        outcome=stands.outcome,
        confidence=stands.confidence,
        trajectory_id=work.trajectory_id,
        step=next(iter(steps), None),
        method="model" if is_models else "rules",
        stamp=stands.stamp,
    )
