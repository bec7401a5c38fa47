"""`tracemill metrics`: numbers of the work as a whole."""

from datetime import datetime

from tracemill.cli.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.output import Common, answer, write
from tracemill.flows.metric_rows import MetricRow
from tracemill.flows.metrics import Period, read_metrics

_NAMES = {
    "commits.message_quality": "Messages that keep the context, 0 to 1",
    "commits.documented": "Changes of code that are documented",
    "issues.headers_resolved": "Issues of file headers that were resolved",
    "issues.headers_kept_up": "Changes that kept the file's header up",
    "documents.whole": "Plans with problem, phases and results",
    "issues.resolved": "Issues that were resolved",
    "sessions.episodes": "Pieces of work for each session",
    "sessions.edits_checked": "Edits that were checked before the next",
    "sessions.todos_done": "Todos that were done",
    "sessions.todos_batched": "... of which three or more at once",
}
_WIDTH = 44


def show_metrics(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show numbers of repositories and sessions; what cannot be counted is unknown.

    Parameters
    ----------
    since
        Only what happened from this moment on.
    until
        Only what happened before this moment.
    """
    result = read_metrics(common.open(), Period(_aware(since), _aware(until)))
    if answer("metrics", result, common, next_steps=["tracemill episode list"]):
        return EXIT_DONE
    last = ""
    for row in result.rows:
        place = row.repository or "All sessions and issues"
        if place != last:
            write(f"{place}" if not last else f"\n{place}")
            last = place
        write(f"  {_NAMES[row.name]:<{_WIDTH}} {_said(row)}")
    return EXIT_DONE if result.rows else EXIT_NOTHING


def _aware(moment: datetime | None) -> datetime | None:
    return moment.astimezone() if moment is not None and moment.tzinfo is None else moment


def _said(row: MetricRow) -> str:
    if row.value is None:
        return "unknown"
    if row.part is None or row.name == "sessions.episodes":
        return f"{row.value:.2f}  ({row.whole:,})"
    return f"{row.value:.0%}  ({row.part:,} of {row.whole:,})"
