"""A model says what became of work where the rules know nothing: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model. What is kept
is where a label points to and what the question cost, never what was said: text stays in the lake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.deriving.heard_turns import model_name
from tracemill.flows.deriving.judged_outcomes import (
    JudgedWork,
    judged,
    label_of,
    outcome_answers_file,
    read_outcome_answers,
    works,
)
from tracemill.flows.reviews.asking_desk import Desk, Limits
from tracemill.label.outcomes.asking import OUTCOME_LABELER_VERSION, Said, question
from tracemill.label.outcomes.outcome_labelers import ModelOutcomeLabeler, is_wanted
from tracemill.label.reactions.labelers import Ask
from tracemill.llm import Answer, SubjectConfig, open_subject
from tracemill.records.refs import Stamp
from tracemill.records.work.outcome_labels import (
    OutcomeAnswer,
    OutcomeFault,
    OutcomeLabel,
    OutcomePolicy,
    OutcomeReport,
)
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


class WantedOutcomes(NamedTuple):
    """What a model is asked for."""

    policy: OutcomePolicy
    n: int | None
    """Most pieces of work that are looked at; None for all."""
    limits: Limits


class LabelledOutcomes(NamedTuple):
    """What became of work, by whom, after the policy."""

    report: OutcomeReport
    labels: list[OutcomeLabel]


def label_outcomes(
    workspace: Workspace,
    config: SubjectConfig,
    wanted: WantedOutcomes,
    *,
    clock: Callable[[], datetime],
    is_dry: bool,
) -> LabelledOutcomes:
    """Ask a model about work, and return what stands after the policy.

    Raises:
        SubjectError: the model cannot be opened.
    """
    name = model_name(f"{config.backend}:{config.model}")
    lake = Lake(workspace.lake)
    known_works = list(works(lake, recorded_facts(lake), wanted.n))
    asked = [work for work in known_works if is_wanted(wanted.policy, work.episode.outcome)]
    path = outcome_answers_file(workspace, name, config.endpoint)
    known = {each.key: each for each in read_outcome_answers(path)}
    left = [work for work in asked if work.key not in known]
    judge = _Judge(name, clock)
    desk = Desk(wanted.limits, path, judge.judge, judge.keep)
    if left and not is_dry:
        with open_subject(config) as subject:
            known |= {each.key: each for each in desk.work(subject, left)}
    answers = {work.episode.id: known[work.key] for work in asked if work.key in known}
    stand = [judged(work, answers.get(work.episode.id), wanted.policy) for work in known_works]
    report = OutcomeReport(
        subject=name,
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_episodes=len(known_works),
        n_wanted=len(asked),
        n_characters=sum(len(each.content) for work in left for each in question(work.shown)),
        n_before=len(asked) - len(left),
        n_asked=desk.n_asked,
        n_failed=desk.n_failed,
        faults=_counted(each.fault for each in answers.values() if each.fault),
        outcomes=_counted(each.outcome for each in stand),
        n_agreed=sum(_agrees(work, answers.get(work.episode.id)) for work in asked),
        n_prompt_tokens=desk.meter.n_prompt_tokens,
        n_answer_tokens=desk.meter.n_answer_tokens,
        cost_usd=desk.meter.cost_usd,
        stopped_by=desk.stopped_by,
    )
    pairs = zip(known_works, stand, strict=True)
    return LabelledOutcomes(report, [label_of(work, episode) for work, episode in pairs])


class _Judge:
    """Asks a model about a piece of work, and makes a record of what it said."""

    def __init__(self, name: str, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._clock = clock

    def judge(self, work: JudgedWork, ask: Ask) -> Said | OutcomeFault:
        """Return what the model says became of the work."""
        return ModelOutcomeLabeler(self._name, ask).label(work.shown)

    def keep(self, work: JudgedWork, said: Said | OutcomeFault, answer: Answer) -> OutcomeAnswer:
        """Return what is kept of it."""
        return OutcomeAnswer(
            episode_id=work.episode.id,
            trajectory_id=work.trajectory_id,
            question=work.key[1],
            label=self._label(work, said) if isinstance(said, Said) else None,
            fault=None if isinstance(said, Said) else said,
            finish=answer.finish,
            n_prompt_tokens=answer.n_prompt_tokens,
            n_answer_tokens=answer.n_answer_tokens,
            seconds=answer.seconds,
            at=self._clock(),
        )

    def _label(self, work: JudgedWork, said: Said) -> OutcomeLabel:
        return OutcomeLabel(
            episode_id=work.episode.id,
            outcome=said.outcome,
            confidence=said.confidence,
            trajectory_id=work.trajectory_id,
            step=said.step,
            method="model",
            stamp=Stamp(by=self._name, version=OUTCOME_LABELER_VERSION),
        )


def _agrees(work: JudgedWork, answer: OutcomeAnswer | None) -> bool:
    label = None if answer is None else answer.label
    return label is not None and label.outcome == work.episode.outcome


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
