"""`tracemill review turns`: a model says what people's turns mean where the rules are not sure."""

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
from tracemill.flows.reviews.turn_labels import (
    Labelled,
    Wanted,
    label_turns,
    take_answers,
    write_questions,
)
from tracemill.label.reactions.labelers import Policy
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.sessions.turn_labels import TurnReport
from tracemill.store.workspace import Workspace


@Parameter(name="*")
@dataclass(frozen=True)
class Turns(Asking):
    """Which turns a model is asked about."""

    policy: Policy = "unsure"
    """Whose word stands: the model's where the rules are not sure, the model's for all, or what
    both say."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many turns to look at, at most."""


@Parameter(name="*")
@dataclass(frozen=True)
class QuestionDoor(Door):
    """How a model is reached that is asked about turns."""

    context: Annotated[int, Parameter(validator=Number(gt=0))] = 4096
    """Longest question and answer together, in tokens."""


def turns_review(
    subject: str,
    /,
    *,
    turns: Turns = Turns(),
    door: QuestionDoor = QuestionDoor(),
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Let a model say what people's turns mean where the rules are not sure.

    It is asked about redacted text, within the limits, and about each turn once. What it says has
    to point at words of the turn. Exits with 4 where it ended early or had no answer.

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
    wanted = Wanted(turns.policy, turns.n, limits)
    config = door.to(subject, None)
    if turns.dry_run:
        found = label_turns(workspace, config, wanted, clock=now, is_dry=True)
    else:
        with workspace.writing():
            found = _label(workspace, config, wanted, turns)
    following = ["tracemill session list"]
    if turns.to is not None:
        following = [answering("turns", subject, turns.policy, n=turns.n, endpoint=door.endpoint)]
    if turns.jsonl:
        write_lines(found.labels)
    elif not answer("turn-labels", found.report, common, next_steps=following):
        _show(found.report, turns)
        if turns.to is not None:
            hint(f"next, when they are answered: {following[0]}", common)
    if not found.report.n_turns:
        return EXIT_NOTHING
    is_partial = found.report.stopped_by is not None or found.report.n_failed > 0
    return EXIT_PARTLY if is_partial else EXIT_DONE


def _label(workspace: Workspace, config: SubjectConfig, wanted: Wanted, turns: Turns) -> Labelled:
    """Write the questions, take their answers, or ask, as the options say."""
    if turns.to is not None:
        return write_questions(workspace, config, wanted, turns.to)
    if turns.answers is not None:
        return take_answers(workspace, config, wanted, expanded(turns.answers), clock=now)
    return label_turns(workspace, config, wanted, clock=now, is_dry=False)


def _show(report: TurnReport, turns: Turns) -> None:
    at = f" at {report.endpoint}" if report.endpoint else ""
    write(f"Turns        {report.n_turns:,}, {report.n_wanted:,} to ask {report.subject} about{at}")
    left = report.n_wanted - report.n_before - report.n_asked - report.n_failed
    characters = f"{report.n_characters:,} characters in all"
    if turns.to is not None:
        about = f", for {counted(left, 'turn')}" if report.n_written != left else ""
        to = f"to {str(turns.to / QUESTIONS)!r}"
        write(f"Written      {counted(report.n_written, 'question')}{about}, {characters}, {to}")
        return
    if turns.dry_run:
        write(f"Would ask    {counted(left, 'question')}, {characters}")
        return
    write(f"Answered     {report.n_asked:,} now, {report.n_before:,} before")
    n_answers = report.n_asked + report.n_before
    write(f"Agreed       {report.n_agreed:,} of {counted(n_answers, 'answer')} with the rules")
    counts("Said nothing", report.faults)
    if report.n_failed:
        write(f"No answer    {report.n_failed:,}")
    if report.n_unmatched:
        write(f"Unmatched    {counted(report.n_unmatched, 'answer')} to no question that is asked")
    if left:
        write(f"Not asked    {left:,}")
    if report.stopped_by:
        write(f"Stopped by   {report.stopped_by}")
