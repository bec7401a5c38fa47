"""`tracemill report`: what a week, a month or all of the work has to teach."""

from datetime import date
from pathlib import Path

from tracemill.base.clock import now
from tracemill.base.errors import UsageError
from tracemill.cli.exits import EXIT_DONE
from tracemill.cli.output import Common, answer, write
from tracemill.flows.reporting import write_report
from tracemill.records.reports import ReportKind
from tracemill.report.learning import summary, title


def weekly_report(
    *,
    date: str | None = None,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the report of a week, beside the week before it.

    Parameters
    ----------
    date
        A day of the week, as YYYY-MM-DD; today without it.
    to
        A folder outside of the workspace; the report then passes the gate of exports.
    """
    return _report("weekly", date, to, common)


def monthly_report(
    *,
    date: str | None = None,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write the report of a month, beside the month before it.

    Parameters
    ----------
    date
        A day of the month, as YYYY-MM-DD; today without it.
    to
        A folder outside of the workspace; the report then passes the gate of exports.
    """
    return _report("monthly", date, to, common)


def learning_report(
    *,
    date: str | None = None,
    to: Path | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write what all that is held has to teach, up to a day.

    Parameters
    ----------
    date
        The last day, as YYYY-MM-DD; today without it.
    to
        A folder outside of the workspace; the report then passes the gate of exports.
    """
    return _report("learning", date, to, common)


def _report(kind: ReportKind, day: str | None, to: Path | None, common: Common) -> int:
    written = write_report(common.open(), kind, _day(day), to)
    if answer("report", written, common, next_steps=["tracemill pattern list"]):
        return EXIT_DONE
    write(title(written.report))
    for sentence in summary(written.report):
        write(f"- {sentence.replace('**', '')}")
    for path in written.files:
        write(path)
    return EXIT_DONE


def _day(text: str | None) -> date:
    if text is None:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"expected a day as YYYY-MM-DD, found {text!r}") from error
