"""`tracemill report`: what a week, a month or all of the work has to teach."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted
from tracemill.cli.shared.days import day_of
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write
from tracemill.flows.analysis.aggregates import write_aggregates
from tracemill.flows.reports.maturity import write_maturity
from tracemill.flows.reports.practices import write_best_practices
from tracemill.flows.reports.reporting import read_due, write_missed, write_report
from tracemill.records.process.reports import LearningReport, ReportKind
from tracemill.report.best_practices import summary as practices_summary
from tracemill.report.learning import summary, title
from tracemill.report.maturity import summary as maturity_summary
from tracemill.report.went_wrong import said_of

_MARK = re.compile(r"\\(.)")
"""A mark of Markdown that is meant as itself."""


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """Options of every report."""

    date: str | None = None
    """A day of the stretch, or the last one of all, as YYYY-MM-DD; today without it."""
    to: Path | None = None
    """A folder outside of the workspace; the report then passes the gate of exports."""


def weekly_report(
    *,
    missed: bool = False,
    asked: Asked = Asked(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the report of a week, beside the week before it.

    Parameters
    ----------
    missed
        Write those of all whole weeks since the last one that was written, twelve at most.
    """
    if not missed:
        return _report("weekly", asked, common)
    found = write_missed(common.open(), day_of(asked.date), asked.to)
    if not answer("missed-reports", found, common, next_steps=["tracemill pattern list"]):
        for written in found.written:
            for path in written.files:
                write(path)
        if found.n_left:
            hint(f"{counted(found.n_left, 'older week')} left out", common)
        if not found.written:
            hint("every whole week has its report", common)
    return EXIT_DONE


def monthly_report(
    *,
    asked: Asked = Asked(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the report of a month, beside the month before it."""
    return _report("monthly", asked, common)


def learning_report(
    *,
    asked: Asked = Asked(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write what all that is held has to teach, up to a day."""
    return _report("learning", asked, common)


def maturity_report(
    *,
    asked: Asked = Asked(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write how far the team's loop of learning has come, level by level, with the evidence."""
    written = write_maturity(common.open(), day_of(asked.date), asked.to)
    if answer("maturity", written, common, next_steps=["tracemill metrics targets"]):
        return EXIT_DONE
    for sentence in maturity_summary(written.report):
        write(f"- {_plain(sentence)}")
    for path in written.files:
        write(path)
    return EXIT_DONE


def practices_report(
    *,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write what all that is held says of how to work: what helps, what overcame failures, lessons.

    It is written anew each time, so it grows with what is held; each line names what shows it.

    Parameters
    ----------
    to
        A folder outside of the workspace, which then passes the gate of exports.
    """
    written = write_best_practices(common.open(), to)
    if answer("best-practices", written, common, next_steps=["tracemill pattern practices"]):
        return EXIT_DONE
    for sentence in practices_summary(written.report):
        write(f"- {_plain(sentence)}")
    for path in written.files:
        write(path)
    return EXIT_DONE


def aggregated_report(
    *,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write every metric by role, version of prompt and recipe, and month, as JSON.

    Parameters
    ----------
    to
        A folder outside of the workspace, which then passes the gate of exports.
    """
    written = write_aggregates(common.open(), to)
    if not answer("aggregates", written, common, next_steps=["tracemill metrics list"]):
        for path in written.files:
            write(path)
    return EXIT_DONE


def train(
    *,
    from_last_projects: Annotated[
        int, Parameter(alias="--from-last-N-projects", validator=Number(gte=1))
    ],
    due: bool = False,
    asked: Asked = Asked(),
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Learn from the last projects: patterns, proposals for prompts, and a report of both.

    It trains no model; `model train` does.

    Parameters
    ----------
    from_last_projects
        How many projects, those that were worked on last.
    due
        Only where as many were worked on since the last such report, or a month is over.
    """
    if due:
        found = read_due(common.open(), day_of(asked.date), from_last_projects, asked.to)
        if not found.is_due:
            if not answer("report-due", found, common, next_steps=["tracemill report weekly"]):
                since = f" since {found.last}" if found.last else ""
                hint(
                    f"nothing to write yet: {found.n_projects:,} of {from_last_projects:,} "
                    f"projects worked on{since}, and no month is over",
                    common,
                )
            return EXIT_DONE
    return _report("learning", asked, common, from_last_projects)


def _report(kind: ReportKind, asked: Asked, common: Common, n_projects: int | None = None) -> int:
    written = write_report(common.open(), kind, day_of(asked.date), asked.to, n_projects)
    following = _following(kind, written.report)
    if answer("report", written, common, next_steps=[following]):
        return EXIT_DONE
    write(title(written.report))
    if written.report.wrong is not None:
        write(f"- What went wrong: {said_of(written.report.wrong)}")
    for sentence in summary(written.report):
        write(f"- {_plain(sentence)}")
    for path in written.files:
        write(path)
    hint(f"next: {following}", common)
    return EXIT_DONE


def _following(kind: ReportKind, report: LearningReport) -> str:
    """Return what may be wanted next: where nothing is of this time, the last time that has any."""
    if kind != "learning" and not report.compared and report.last_day is not None:
        return f"tracemill report {kind} --date {report.last_day}"
    return "tracemill pattern list"


def _plain(sentence: str) -> str:
    """Return a sentence without the marks of Markdown."""
    return _MARK.sub(r"\1", sentence.replace("**", ""))
