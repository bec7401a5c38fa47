"""Commands that ask a model to judge: as a dry run, at once, or by files."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded
from tracemill.base.text import counted
from tracemill.cli.shared.bounds import Bounds
from tracemill.cli.shared.door import Door
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING, EXIT_PARTLY
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write, write_lines
from tracemill.flows.deriving.judged.kinds import A, Kind, L
from tracemill.flows.reviews import asking as flow
from tracemill.flows.reviews.asking import Labelled, Wanted
from tracemill.flows.reviews.interview import QUESTIONS, Limits
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.asking import AskingReport, Policy
from tracemill.store.workspace import Workspace

_BOTH: Final = 2


@Parameter(name="*")
@dataclass(frozen=True)
class Asking:
    """How a model is asked, and what is printed of it."""

    dry_run: bool = False
    """Say what would be asked, and ask nothing."""
    jsonl: bool = False
    """Print each label as one line of JSON."""
    to: Path | None = None
    """Folder to write the questions into, as a batch that other programs take; nothing is asked."""
    answers: Path | None = None
    """File of the answers to such questions, to take instead of asking."""
    policy: Policy = "all"
    """Whose word stands."""
    n: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """How many things to look at, at most."""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself."""
        given = [
            name
            for name, is_given in (
                ("--dry-run", self.dry_run),
                ("--to", self.to is not None),
                ("--answers", self.answers is not None),
            )
            if is_given
        ]
        if len(given) > 1:
            *first, last = given
            found = "both" if len(given) == _BOTH else "all of them"
            raise UsageError(f"expected {', '.join(first)} or {last}, found {found}")


@dataclass(frozen=True)
class AskedModel:
    """The model that a person named, and what it may cost."""

    subject: str
    door: Door
    bounds: Bounds


def review(kind: Kind[A, L], asked: AskedModel, asking: Asking, common: Common) -> int:
    """Let a model judge what a kind of question is about, and show what stands; return the exit."""
    workspace = common.open()
    limits = Limits(AskSettings(max_tokens=asked.door.max_tokens), asked.bounds.spending())
    wanted = Wanted(asking.policy, asking.n, limits)
    config = asked.door.to(asked.subject, None)
    if asking.dry_run:
        found = flow.ask(workspace, kind, config, wanted, clock=now, is_dry=True)
    else:
        with workspace.writing():
            found = _label(workspace, kind, config, wanted, asking)
    following = f"tracemill {kind.listed_by}"
    if asking.to is not None:
        following = _answering(kind, asked, asking)
    if asking.jsonl:
        write_lines(found.labels)
    elif not answer(f"{kind.name}-labels", found.report, common, next_steps=[following]):
        _show(kind, found.report, asking)
        if asking.to is not None:
            hint(f"next, when they are answered: {following}", common)
    if not found.report.n_all:
        return EXIT_NOTHING
    is_partial = found.report.stopped_by is not None or found.report.n_failed > 0
    return EXIT_PARTLY if is_partial else EXIT_DONE


def _label(
    workspace: Workspace,
    kind: Kind[A, L],
    config: SubjectConfig,
    wanted: Wanted,
    asking: Asking,
) -> Labelled[L]:
    """Write the questions, take their answers, or ask, as the options say."""
    if asking.to is not None:
        return flow.write(workspace, kind, config, wanted, folder=asking.to)
    if asking.answers is not None:
        file = expanded(asking.answers)
        return flow.take(workspace, kind, config, wanted, file=file, clock=now)
    return flow.ask(workspace, kind, config, wanted, clock=now, is_dry=False)


def _answering(kind: Kind[A, L], asked: AskedModel, asking: Asking) -> str:
    """Return the command that takes the answers: to the same questions, kept in the same place."""
    words = ["tracemill", *kind.command.split(), asked.subject, "--policy", asking.policy]
    words += [] if asking.n is None else ["--n", str(asking.n)]
    words += [] if asked.door.endpoint is None else ["--endpoint", asked.door.endpoint]
    return f"{shlex.join(words)} --answers FILE"


def _show(kind: Kind[A, L], report: AskingReport, asking: Asking) -> None:
    at = f" at {report.endpoint}" if report.endpoint else ""
    to_ask = f"{report.n_wanted:,} to ask {report.subject} about{at}"
    write(f"{f'{kind.noun}s'.capitalize():<12} {report.n_all:,}, {to_ask}")
    left = report.n_wanted - report.n_before - report.n_asked - report.n_failed
    characters = f"{report.n_characters:,} characters in all"
    if asking.to is not None:
        about = f", for {counted(left, kind.noun)}" if report.n_written != left else ""
        to = f"to {str(asking.to / QUESTIONS)!r}"
        write(f"Written      {counted(report.n_written, 'question')}{about}, {characters}, {to}")
    elif asking.dry_run:
        write(f"Would ask    {counted(left, 'question')}, {characters}")
    else:
        _show_answers(kind, report, left)


def _show_answers(kind: Kind[A, L], report: AskingReport, left: int) -> None:
    write(f"Answered     {report.n_asked:,} now, {report.n_before:,} before")
    n_answers = report.n_asked + report.n_before
    write(f"Agreed       {report.n_agreed:,} of {counted(n_answers, 'answer')} with the rules")
    counts(kind.label, report.stands)
    counts("Said nothing", report.faults)
    if report.n_failed:
        write(f"No answer    {report.n_failed:,}")
    if report.n_unmatched:
        write(f"Unmatched    {counted(report.n_unmatched, 'answer')} to no question that is asked")
    if left:
        write(f"Not asked    {left:,}")
    if report.stopped_by:
        write(f"Stopped by   {report.stopped_by}")
