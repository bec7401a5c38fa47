"""What became of work, by the rules and by a model that was asked before.

A model is shown an excerpt of the last session that a person began. What a person judged in a
review stands above both, and no model is asked about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Final

from msgspec import structs

from tracemill.flows.deriving.facts import Facts, recorded_facts
from tracemill.flows.deriving.judged.answers import answers_of
from tracemill.flows.deriving.judged.kinds import Exchange, Kind, digest_of_question
from tracemill.label.outcomes.asking import (
    OUTCOME_LABELER_VERSION,
    SCHEMA,
    Said,
    question,
    read_answer,
)
from tracemill.label.outcomes.excerpts import Excerpt, excerpt
from tracemill.label.outcomes.outcome_rules import RULES_NAME, UNKNOWN
from tracemill.records.datasets.examples import Message
from tracemill.records.datasets.recipes import OutcomeJudge
from tracemill.records.refs import Ref, Stamp
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.outcome_labels import OutcomeAnswer, OutcomeLabel, OutcomeReport
from tracemill.store.lake import Lake, equals
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace

_REASON: Final = "a model judged what the log shows"


@dataclass(frozen=True)
class OutcomeQuestion:
    """A piece of work that the rules judged, and what a model is shown of it."""

    episode: Episode
    trajectory_id: str
    """The last session of it that a person began."""
    shown: Excerpt

    @cached_property
    def digest(self) -> str:
        """By what the question is known."""
        return digest_of_question(OUTCOME_LABELER_VERSION, self.messages)

    @property
    def key(self) -> tuple[str, str]:
        """The work and the question."""
        return self.episode.id, self.digest

    @property
    def messages(self) -> tuple[Message, ...]:
        """What a model is asked."""
        return question(self.shown)

    @property
    def is_doubtful(self) -> bool:
        """Whether the rules know nothing."""
        return self.episode.outcome == "unknown"

    @property
    def ruled(self) -> tuple[OutcomeLabel, ...]:
        """What the rules say."""
        return (
            OutcomeLabel(
                episode_id=self.episode.id,
                outcome=self.episode.outcome,
                confidence=self.episode.confidence,
                trajectory_id=self.trajectory_id,
                method="rules",
                stamp=self.episode.stamp,
            ),
        )

    def agreed(self, said: tuple[OutcomeLabel, ...]) -> tuple[OutcomeLabel, ...]:
        """Return the rules' word where a model says the same; else nothing is known."""
        if any(each.outcome == self.episode.outcome for each in said):
            return self.ruled
        return tuple(structs.replace(e, outcome="unknown", confidence=0.0) for e in self.ruled)

    def answer(self, text: str, by: str, exchange: Exchange) -> OutcomeAnswer:
        """Return what is kept of a model's answer."""
        said = read_answer(text, self.shown)
        return OutcomeAnswer(
            episode_id=self.episode.id,
            trajectory_id=self.trajectory_id,
            question=self.digest,
            label=self._label(said, by) if isinstance(said, Said) else None,
            fault=None if isinstance(said, Said) else said,
            **exchange._asdict(),
        )

    def _label(self, said: Said, by: str) -> OutcomeLabel:
        return OutcomeLabel(
            episode_id=self.episode.id,
            outcome=said.outcome,
            confidence=said.confidence,
            trajectory_id=self.trajectory_id,
            step=said.step,
            method="model",
            stamp=Stamp(by=by, version=OUTCOME_LABELER_VERSION),
        )

    def episode_by(self, label: OutcomeLabel) -> Episode:
        """Return the episode as it is where this label stands."""
        if label.method == "model":
            steps = () if label.step is None else (label.step,)
            return structs.replace(
                self.episode,
                outcome=label.outcome,
                confidence=label.confidence,
                reason=_REASON,
                evidence=tuple(
                    Ref(kind="trajectory", id=label.trajectory_id, step=step) for step in steps
                ),
                stamp=label.stamp,
            )
        if label.outcome == self.episode.outcome:
            return self.episode
        return structs.replace(
            self.episode, outcome="unknown", confidence=0.0, reason=UNKNOWN.reason, evidence=()
        )


def judged_episodes(workspace: Workspace, facts: Facts, judge: OutcomeJudge) -> list[Episode]:
    """Return all episodes, with a model's word for the rules' as a policy says.

    Raises:
        NotFoundError: the model was never asked.
    """
    known = answers_of(workspace, OUTCOMES, judge.model)
    episodes = {each.id: each for each in facts.episodes}
    for asked in outcome_questions(Lake(workspace.lake), facts):
        for label in OUTCOMES.standing(asked, known, judge.policy):
            episodes[asked.episode.id] = asked.episode_by(label)
    return list(episodes.values())


def outcome_questions(
    lake: Lake, facts: Facts, most: int | None = None
) -> Iterator[OutcomeQuestion]:
    """Yield the work that the rules judged and for which a person asked, by its id."""
    n_left = most
    for episode in sorted(facts.episodes, key=attrgetter("id")):
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
        in_order = sorted(steps, key=attrgetter("index"))
        yield OutcomeQuestion(episode, trajectory.id, excerpt(in_order, activity))


def _last(episode: Episode, trajectories: Mapping[str, Trajectory]) -> Trajectory | None:
    """Return the last trajectory that a person began, as the rules take it, or None."""
    known = [trajectories[name] for name in episode.trajectory_ids if name in trajectories]
    return next((each for each in reversed(known) if not each.is_subagent), None)


def _questions(lake: Lake, most: int | None) -> Iterator[OutcomeQuestion]:
    return outcome_questions(lake, recorded_facts(lake), most)


OUTCOMES: Final = Kind(
    name="outcome",
    noun="episode",
    about="work",
    label="Outcomes",
    listed_by="episode list",
    schema=SCHEMA,
    questions=_questions,
    form=OutcomeAnswer,
    key=attrgetter("key"),
    labels=attrgetter("labels"),
    report=OutcomeReport,
)
"""What became of work."""
