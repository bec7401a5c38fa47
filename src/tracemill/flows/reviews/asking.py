"""A model is asked to judge where the rules are not sure, and its answers are kept.

Only redacted text of the lake is asked about, and only when a person names the model. It is asked
here and now, or by file: the questions are written through the gate, and its answers taken from
another file later. What is kept is where a label points to and what the question cost, never what
was said: text stays in the lake. What can be asked is a `Kind`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple

from msgspec.structs import replace

from tracemill.base.clock import now
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.text import counted
from tracemill.flows.deriving.judged.answers import answers_file, model_name, read_answers
from tracemill.flows.deriving.judged.kinds import A, Key, Kind, L, Question
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.flows.ingest.redactors import own_redactor
from tracemill.flows.privacy.gate import Gate
from tracemill.flows.reviews.interview import Interview, Limits, questions_file
from tracemill.label.model_judge import is_asked
from tracemill.llm import SubjectConfig, open_subject
from tracemill.llm.batches import read_answers as read_given
from tracemill.records.asking import AskingReport, Policy
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


class Wanted(NamedTuple):
    """What a model is asked for."""

    policy: Policy
    n: int | None
    """Most things that are looked at; None for all."""
    limits: Limits


class Labelled(NamedTuple, Generic[L]):
    """What stands after the policy, by whom, and how it came."""

    report: AskingReport
    labels: list[L]


def ask(
    workspace: Workspace,
    kind: Kind[A, L],
    config: SubjectConfig,
    wanted: Wanted,
    *,
    clock: Callable[[], datetime],
    is_dry: bool,
) -> Labelled[L]:
    """Ask a model, and return what stands after the policy.

    Raises:
        UsageError: something is left to ask, and nothing says where.
        SubjectError: the model cannot be opened.
    """
    asking = _asking(workspace, kind, config, wanted)
    interview = asking.interview(clock)
    if asking.left and not is_dry:
        _require_endpoint(config, counted(len(asking.left), kind.noun))
        with open_subject(config) as subject:
            return asking.labelled(interview, interview.work(subject, asking.left))
    return asking.labelled(interview)


def take(
    workspace: Workspace,
    kind: Kind[A, L],
    config: SubjectConfig,
    wanted: Wanted,
    *,
    file: Path,
    clock: Callable[[], datetime],
) -> Labelled[L]:
    """Take what a model said from a file, and return what stands after the policy.

    Raises:
        NotFoundError: there is no such file.
        DataError: it holds something else.
    """
    asking = _asking(workspace, kind, config, wanted, is_by_file=True)
    interview = asking.interview(clock)
    return asking.labelled(interview, interview.take(read_given(file), asking.left, asking.asked))


def write(
    workspace: Workspace, kind: Kind[A, L], config: SubjectConfig, wanted: Wanted, *, folder: Path
) -> Labelled[L]:
    """Write what a model would be asked into a folder, each question once, and ask nothing.

    Raises:
        NotFoundError: nothing is left to ask.
        UsageError: the folder holds something.
        PolicyError: the folder is in the workspace, or the gate refuses what is to be written.
    """
    require_elsewhere(workspace, folder)
    folder = new_folder(folder)
    asking = _asking(workspace, kind, config, wanted, is_by_file=True)
    if not asking.left:
        raise NotFoundError(
            f"no question about {kind.about} is open; see: tracemill {kind.listed_by}"
        )
    once = list({question.digest: question for question in asking.left}.values())
    redacted = own_redactor(workspace).redactor.text
    file = questions_file(config, wanted.limits, kind, once, redacted)
    Gate(workspace).write_out("reviews", f"{kind.name}s", folder, file)
    found = asking.labelled(asking.interview(now))
    report = replace(found.report, n_written=len(once), n_characters=_characters(once))
    return found._replace(report=report)


@dataclass(frozen=True)
class _Asking(Generic[A, L]):
    """Questions of a kind to one model, and what it answered before."""

    kind: Kind[A, L]
    config: SubjectConfig
    wanted: Wanted
    all: Sequence[Question[A, L]]
    asked: Sequence[Question[A, L]]
    """Those that the policy asks."""
    left: Sequence[Question[A, L]]
    """Those that it has not answered."""
    known: Mapping[Key, A]
    path: Path
    """Where its answers are kept."""

    @property
    def name(self) -> str:
        """The model, as its labels name it."""
        return _name(self.config)

    def interview(self, clock: Callable[[], datetime]) -> Interview[A, L]:
        """Return where it is asked."""
        return Interview(self.kind, self.name, self.path, self.wanted.limits, clock)

    def labelled(self, interview: Interview[A, L], said: Iterable[A] = ()) -> Labelled[L]:
        """Return what stands with what it says now."""
        known = {**self.known, **{self.kind.key(each): each for each in said}}
        answered = [(each, known[each.key]) for each in self.asked if each.key in known]
        labels = [
            label
            for each in self.all
            for label in self.kind.standing(each, known, self.wanted.policy)
        ]
        report = self.kind.report(
            subject=self.name,
            endpoint=self.config.endpoint,
            policy=self.wanted.policy,
            n_all=len(self.all),
            n_wanted=len(self.asked),
            n_characters=_characters(self.left),
            n_before=len(self.asked) - len(self.left),
            n_asked=interview.n_asked,
            n_failed=interview.n_failed,
            n_unmatched=interview.n_unmatched,
            faults=_counted(answer.fault for _, answer in answered if answer.fault),
            stands=_counted(label.says for label in labels),
            n_agreed=sum(self._agrees(*each) for each in answered),
            n_prompt_tokens=interview.meter.n_prompt_tokens,
            n_answer_tokens=interview.meter.n_answer_tokens,
            cost_usd=interview.meter.cost_usd,
            stopped_by=interview.stopped_by,
        )
        return Labelled(report, labels)

    def _agrees(self, question: Question[A, L], answer: A) -> bool:
        ruled = {label.says for label in question.ruled}
        return any(label.says in ruled for label in self.kind.labels(answer))


def _asking(
    workspace: Workspace,
    kind: Kind[A, L],
    config: SubjectConfig,
    wanted: Wanted,
    *,
    is_by_file: bool = False,
) -> _Asking[A, L]:
    """Return what is asked; by file, an answer that says nothing may be given again, told right."""
    found = list(kind.questions(Lake(workspace.lake), wanted.n))
    asked = [each for each in found if is_asked(wanted.policy, is_doubtful=each.is_doubtful)]
    path = answers_file(workspace, kind, _name(config), config.endpoint)
    known = read_answers(path, kind)
    done = {key for key, answer in known.items() if not (is_by_file and answer.fault)}
    left = [each for each in asked if each.key not in done]
    return _Asking(kind, config, wanted, found, asked, left, known, path)


def _require_endpoint(config: SubjectConfig, left: str) -> None:
    if config.backend == "openai" and config.endpoint is None:
        raise UsageError(
            f"{left} without an answer, and no endpoint to ask {_name(config)!r} at; name one with "
            "--endpoint, take answers with --answers FILE, or see with --dry-run what stands"
        )


def _name(config: SubjectConfig) -> str:
    return model_name(f"{config.backend}:{config.model}")


def _characters(asked: Iterable[Question[A, L]]) -> int:
    return sum(len(message.content) for each in asked for message in each.messages)


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
