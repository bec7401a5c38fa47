"""`tracemill review outcomes`: a model says what became of work where the rules know nothing."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.named_files import expanded
from tracemill.base.text import counted
from tracemill.cli.review.by_file import Asking, answering
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.flows.reviews.asking_desk import QUESTIONS, Limits
from tracemill.flows.reviews.outcome_labels import (
    LabelledOutcomes,
    WantedOutcomes,
    label_outcomes,
    take_outcome_answers,
    write_outcome_questions,
)
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.work.outcome_labels import OutcomePolicy, OutcomeReport
from tracemill.store.workspace import Workspace


@Parameter(name="*")
@dataclass(frozen=True)
class Outcomes(Asking):
    """Which work a model is asked about."""

    policy: OutcomePolicy = "unknown"
    """Whose word stands: the model's where the rules know nothing, the model's for all, or what
    both say."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many pieces of work to look at, at most."""


@Parameter(name="*")
@dataclass(frozen=True)
class ExcerptDoor(Door):
    """How a model is reached that is asked about outcomes."""

    context: Annotated[int, Parameter(validator=Number(gt=0))] = 8192
    """Longest question and answer together, in tokens."""


def outcomes_review(
    subject: str,
    /,
    *,
    outcomes: Outcomes = Outcomes(),
    door: ExcerptDoor = ExcerptDoor(),
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model say what became of work where the rules know nothing.

    It is shown an excerpt of redacted text, within the limits, once for each piece of work, and has
    to point at words of the log. Exits with 4 where it ended early or had no answer.

    With `--to` nothing is asked: the questions are written, once each, as a batch of OpenAI's
    interface, and `--answers` takes the answers to them, in that form or as `custom_id` and
    `answer`. The model is only a name then.

    Parameters
    ----------
    subject
        A door and a model, as `openai:NAME`, `llama-cpp:FILE.gguf` or `scripted:FILE`.
    """
    workspace = common.open()
    limits = Limits(AskSettings(max_tokens=door.max_tokens), bounds.allowance())
    wanted = WantedOutcomes(outcomes.policy, outcomes.n, limits)
    config = door.to(subject, None)
    if outcomes.dry_run:
        found = label_outcomes(workspace, config, wanted, clock=now, is_dry=True)
    else:
        with workspace.writing():
            found = _label(workspace, config, wanted, outcomes)
    following = ["tracemill episode list"]
    if outcomes.to is not None:
        following = [
            answering("outcomes", subject, outcomes.policy, n=outcomes.n, endpoint=door.endpoint)
        ]
    if outcomes.jsonl:
        write_lines(found.labels)
    elif not answer("outcome-labels", found.report, common, next_steps=following):
        _show(found.report, outcomes)
        if outcomes.to is not None:
            hint(f"next, when they are answered: {following[0]}", common)
    if not found.report.n_episodes:
        return EXIT_NOTHING
    is_partial = found.report.stopped_by is not None or found.report.n_failed > 0
    return EXIT_PARTLY if is_partial else EXIT_DONE


def _label(
    workspace: Workspace, config: SubjectConfig, wanted: WantedOutcomes, outcomes: Outcomes
) -> LabelledOutcomes:
    """Write the questions, take their answers, or ask, as the options say."""
    if outcomes.to is not None:
        return write_outcome_questions(workspace, config, wanted, outcomes.to)
    if outcomes.answers is not None:
        file = expanded(outcomes.answers)
        return take_outcome_answers(workspace, config, wanted, file, clock=now)
    return label_outcomes(workspace, config, wanted, clock=now, is_dry=False)


def _show(report: OutcomeReport, outcomes: Outcomes) -> None:
    at = f" at {report.endpoint}" if report.endpoint else ""
    write(
        f"Episodes     {report.n_episodes:,}, {report.n_wanted:,} to ask {report.subject} about{at}"
    )
    left = report.n_wanted - report.n_before - report.n_asked - report.n_failed
    characters = f"{report.n_characters:,} characters in all"
    if outcomes.to is not None:
        about = f", for {counted(left, 'episode')}" if report.n_written != left else ""
        to = f"to {str(outcomes.to / QUESTIONS)!r}"
        write(f"Written      {counted(report.n_written, 'question')}{about}, {characters}, {to}")
        return
    if outcomes.dry_run:
        write(f"Would ask    {counted(left, 'question')}, {characters}")
        return
    write(f"Answered     {report.n_asked:,} now, {report.n_before:,} before")
    n_answers = report.n_asked + report.n_before
    write(f"Agreed       {report.n_agreed:,} of {counted(n_answers, 'answer')} with the rules")
    counts("Outcomes", report.outcomes)
    counts("Said nothing", report.faults)
    if report.n_failed:
        write(f"No answer    {report.n_failed:,}")
    if report.n_unmatched:
        write(f"Unmatched    {counted(report.n_unmatched, 'answer')} to no question that is asked")
    if left:
        write(f"Not asked    {left:,}")
    if report.stopped_by:
        write(f"Stopped by   {report.stopped_by}")
