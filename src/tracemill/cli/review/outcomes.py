"""`tracemill review outcomes`: a model says what became of work where the rules know nothing."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.text import counted
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, write, write_lines
from tracemill.flows.reviews.asking_desk import Limits
from tracemill.flows.reviews.outcome_labels import WantedOutcomes, label_outcomes
from tracemill.llm import AskSettings
from tracemill.records.work.outcome_labels import OutcomePolicy, OutcomeReport


@Parameter(name="*")
@dataclass(frozen=True)
class Outcomes:
    """Which work a model is asked about."""

    policy: OutcomePolicy = "unknown"
    """Whose word stands: the model's where the rules know nothing, the model's for all, or what
    both say."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many pieces of work to look at, at most."""
    dry_run: bool = False
    """Say what would be asked, and ask nothing."""
    jsonl: bool = False
    """Print each label as one line of JSON."""


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
            found = label_outcomes(workspace, config, wanted, clock=now, is_dry=False)
    if outcomes.jsonl:
        write_lines(found.labels)
    elif not answer("outcome-labels", found.report, common, next_steps=["tracemill episode list"]):
        _show(found.report, is_dry=outcomes.dry_run)
    if not found.report.n_episodes:
        return EXIT_NOTHING
    is_partial = found.report.stopped_by is not None or found.report.n_failed > 0
    return EXIT_PARTLY if is_partial else EXIT_DONE


def _show(report: OutcomeReport, *, is_dry: bool) -> None:
    at = f" at {report.endpoint}" if report.endpoint else ""
    write(
        f"Episodes     {report.n_episodes:,}, {report.n_wanted:,} to ask {report.subject} about{at}"
    )
    left = report.n_wanted - report.n_before - report.n_asked - report.n_failed
    if is_dry:
        write(
            f"Would ask    {counted(left, 'question')}, {report.n_characters:,} characters in all"
        )
        return
    write(f"Answered     {report.n_asked:,} now, {report.n_before:,} before")
    n_answers = report.n_asked + report.n_before
    write(f"Agreed       {report.n_agreed:,} of {counted(n_answers, 'answer')} with the rules")
    counts("Outcomes", report.outcomes)
    counts("Said nothing", report.faults)
    if report.n_failed:
        write(f"No answer    {report.n_failed:,}")
    if left:
        write(f"Not asked    {left:,}")
    if report.stopped_by:
        write(f"Stopped by   {report.stopped_by}")
