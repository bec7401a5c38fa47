"""A model says what became of work where the rules know nothing: within limits, and once each.

Only redacted text of the lake is asked about, and only when a person names the model, here and now
or by file. What is kept is where a label points to and what the question cost, never what was said:
text stays in the lake.
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
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.reviews.asking_desk import Asked, Desk, Limits, questions_file
from tracemill.label.outcomes.asking import OUTCOME_LABELER_VERSION, SCHEMA, Said, question
from tracemill.label.outcomes.outcome_labelers import ModelOutcomeLabeler, is_wanted
from tracemill.label.reactions.labelers import Ask
from tracemill.llm import Answer, SubjectConfig, open_subject
from tracemill.llm.batches import read_answers
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


class _Works(NamedTuple):
    """Pieces of work, and what a model was asked about them."""

    name: str
    """The model."""
    all: list[JudgedWork]
    asked: list[JudgedWork]
    """Those that it is asked about."""
    left: list[JudgedWork]
    """Those that it has not answered."""
    known: dict[tuple[str, str], OutcomeAnswer]
    path: Path
    """Where its answers are kept."""


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
    found = _works(workspace, config, wanted)
    desk = _desk(found, wanted, clock)
    if found.left and not is_dry:
        with open_subject(config) as subject:
            return _labelled(config, wanted, found, desk, desk.work(subject, found.left))
    return _labelled(config, wanted, found, desk)


def take_outcome_answers(
    workspace: Workspace,
    config: SubjectConfig,
    wanted: WantedOutcomes,
    file: Path,
    *,
    clock: Callable[[], datetime],
) -> LabelledOutcomes:
    """Take what a model said of work from a file, and return what stands after the policy.

    Raises:
        NotFoundError: there is no such file.
        DataError: it holds something else.
    """
    found = _works(workspace, config, wanted, is_by_file=True)
    desk = _desk(found, wanted, clock)
    given = desk.take(read_answers(file), found.left, found.asked)
    return _labelled(config, wanted, found, desk, given)


def write_outcome_questions(
    workspace: Workspace, config: SubjectConfig, wanted: WantedOutcomes, folder: Path
) -> LabelledOutcomes:
    """Write what a model would be asked into a folder, each question once, and ask nothing.

    Raises:
        NotFoundError: nothing is left to ask.
        UsageError: the folder holds something.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    require_elsewhere(workspace, folder)
    folder = new_folder(folder)
    found = _works(workspace, config, wanted, is_by_file=True)
    if not found.left:
        raise NotFoundError("no question about work is open; see: tracemill episode list")
    once = list({_name(work): work for work in found.left}.values())
    asked = (Asked(_name(work), question(work.shown), SCHEMA) for work in once)
    file = questions_file(config, wanted.limits, asked)
    Gate(workspace).write_out("reviews", "outcomes", folder, file)
    labelled = _labelled(config, wanted, found, _desk(found, wanted, now))
    report = replace(labelled.report, n_written=len(once), n_characters=_characters(once))
    return labelled._replace(report=report)


def _works(
    workspace: Workspace, config: SubjectConfig, wanted: WantedOutcomes, *, is_by_file: bool = False
) -> _Works:
    """Return work; by file, an answer that says nothing may be given again, and told right."""
    name = model_name(f"{config.backend}:{config.model}")
    lake = Lake(workspace.lake)
    found = list(works(lake, recorded_facts(lake), wanted.n))
    asked = [work for work in found if is_wanted(wanted.policy, work.episode.outcome)]
    path = outcome_answers_file(workspace, name, config.endpoint)
    known = {each.key: each for each in read_outcome_answers(path)}
    done = {key for key, answer in known.items() if not (is_by_file and answer.fault)}
    left = [work for work in asked if work.key not in done]
    return _Works(name, found, asked, left, known, path)


def _desk(
    found: _Works, wanted: WantedOutcomes, clock: Callable[[], datetime]
) -> Desk[JudgedWork, Said | OutcomeFault, OutcomeAnswer]:
    judge = _Judge(found.name, clock)
    return Desk(wanted.limits, found.path, judge.judge, judge.keep, _name)


def _name(work: JudgedWork) -> str:
    return work.key[1]


def _labelled(
    config: SubjectConfig,
    wanted: WantedOutcomes,
    found: _Works,
    desk: Desk[JudgedWork, Said | OutcomeFault, OutcomeAnswer],
    said: Iterable[OutcomeAnswer] = (),
) -> LabelledOutcomes:
    known = found.known | {each.key: each for each in said}
    answers = {work.episode.id: known[work.key] for work in found.asked if work.key in known}
    stand = [judged(work, answers.get(work.episode.id), wanted.policy) for work in found.all]
    report = OutcomeReport(
        subject=found.name,
        endpoint=config.endpoint,
        policy=wanted.policy,
        n_episodes=len(found.all),
        n_wanted=len(found.asked),
        n_characters=_characters(found.left),
        n_before=len(found.asked) - len(found.left),
        n_asked=desk.n_asked,
        n_failed=desk.n_failed,
        n_unmatched=desk.n_unmatched,
        faults=_counted(each.fault for each in answers.values() if each.fault),
        outcomes=_counted(each.outcome for each in stand),
        n_agreed=sum(_agrees(work, answers.get(work.episode.id)) for work in found.asked),
        n_prompt_tokens=desk.meter.n_prompt_tokens,
        n_answer_tokens=desk.meter.n_answer_tokens,
        cost_usd=desk.meter.cost_usd,
        stopped_by=desk.stopped_by,
    )
    pairs = zip(found.all, stand, strict=True)
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


def _characters(asked: Iterable[JudgedWork]) -> int:
    return sum(len(message.content) for work in asked for message in question(work.shown))


def _agrees(work: JudgedWork, answer: OutcomeAnswer | None) -> bool:
    label = None if answer is None else answer.label
    return label is not None and label.outcome == work.episode.outcome


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
