"""`tracemill metrics`: numbers of the work as a whole, and of any slice of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cyclopts import Parameter

from tracemill.base.errors import UsageError
from tracemill.base.text import counted, measured, one_line
from tracemill.cli.shared.days import aware
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, when, write, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.habit_cases import read_habit_cases
from tracemill.flows.analysis.habits import MetricRow, read_metrics
from tracemill.flows.analysis.patterns import ListedMetric, Question, measure_metric
from tracemill.flows.analysis.patterns import list_metrics as read_list
from tracemill.flows.analysis.period import Period
from tracemill.flows.analysis.targets import list_targets
from tracemill.records.process.patterns import FEW, Measure
from tracemill.records.process.targets import MeasuredTarget
from tracemill.report.targets import hoped, of_model

_NAMES = {
    "commits.message_quality": "Messages that keep the context, 0 to 1",
    "commits.documented": "Changes of code that are documented",
    "issues.headers_resolved": "Issues of file headers that were resolved",
    "issues.headers_kept_up": "Changes that kept the file's header up",
    "issues.headers_explained": "Those resolved whose commit says the cause",
    "documents.whole": "Plans with problem, phases and results",
    "issues.resolved": "Issues that were resolved",
    "sessions.episodes": "Pieces of work for each session",
    "work.written_down": "Share of issue, document, commit, todo there is",
    "sessions.edits_checked": "Edits that were checked before the next",
    "sessions.todos_done": "Todos that were done",
    "sessions.todos_batched": "... of which three or more at once",
    "sessions.todos_each": "Todos of each session that lists any",
    "sessions.todo_minutes": "Minutes that a todo was in progress",
}
_WIDTH = 48
_ID = 20
_LISTED = ("METRIC", "VALUE", "CASES", "COUNTS", "BY")
_MOST_SHOWN = 40
"""Slices; with --json all are printed."""


@Parameter(name="*")
@dataclass(frozen=True)
class Slices:
    """Which slices of the work are asked about."""

    by: tuple[str, ...] = ()
    """Facts that make the slices, for example `--by role`."""
    only: tuple[str, ...] = ()
    """Facts that the work must have, for example `--only project=shop`."""


def question_of(
    metric: str, slices: Slices, since: datetime | None, until: datetime | None
) -> Question:
    """Return what is asked."""
    period = Period(aware(since), aware(until))
    return Question(metric, slices.by, dict(map(_fact, slices.only)), period)


def list_metrics(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List every metric, and how much there is to count.

    Parameters
    ----------
    jsonl
        Print each metric as one line of JSON.
    """
    found = read_list(common.open())
    if jsonl:
        write_lines(found.metrics)
        return EXIT_DONE
    if answer("metric-list", found, common, next_steps=["tracemill metrics show --metric NAME"]):
        return EXIT_DONE
    held_first = sorted(found.metrics, key=lambda metric: not metric.n)
    left_out = print_table(_LISTED, map(_listed_cells, held_first), ("BY",))
    following = "next: tracemill metrics show --metric NAME --by FACT"
    n_held = sum(1 for metric in found.metrics if metric.n)
    said = f"{counted(len(held_first), 'metric')}, of {n_held:,} of which there are cases"
    hint(f"{said}{no_room(left_out)}; {following}", common)
    return EXIT_DONE


def _listed_cells(metric: ListedMetric) -> tuple[str, ...]:
    value = "" if metric.whole is None else measured(metric.unit, metric.whole.value)
    return metric.name, value, f"{metric.n:,}", metric.says, " ".join(metric.by)


def show_metrics(
    *,
    metric: str | None = None,
    habit: str | None = None,
    slices: Slices = Slices(),
    since: datetime | None = None,
    until: datetime | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show a metric of all work and of its slices, or how the team's habits are kept.

    Parameters
    ----------
    metric
        Its name; `metrics list` says which there are. Without it: how commits, documents, issues
        and sessions keep the team's habits; what cannot be counted is unknown.
    habit
        Show instead what stands behind one of these habits, each commit, document, file or todo
        with what it lacks, for example `commits.message_quality`.
    since
        Only what happened from this moment on.
    until
        Only what happened before this moment.
    """
    period = Period(aware(since), aware(until))
    if habit is not None:
        if metric is not None:
            raise UsageError("expected --metric or --habit, found both")
        return _show_cases(habit, period, common)
    if metric is None:
        return _show_habits(period, common)
    question, by = question_of(metric, slices, since, until), slices.by
    found = measure_metric(common.open(), question)
    if answer("metric", found, common, next_steps=["tracemill pattern list"]):
        return EXIT_DONE
    write(f"{found.metric}: {found.says}")
    rows = [_cells(each, by) for each in (found.whole, *found.slices[:_MOST_SHOWN])]
    print_table((*(name.upper() for name in by), "VALUE", "95 %", "CASES"), rows, ())
    if found.target is not None:
        write(f"Hoped for    {hoped(found.target)}")
    n_small = sum(each.n < FEW for each in found.slices)
    if n_small:
        small = f"{counted(n_small, 'slice')} of fewer than {FEW} cases"
        hint(f"{small}: what they say may be chance", common)
    if found.n_left_aside:
        hint(f"{found.n_left_aside:,} cases belong to no known slice", common)
    return EXIT_DONE


def targets_metrics(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List what was hoped for, beside what was measured. No hope is a result."""
    found = list_targets(common.open())
    if answer("targets", found, common, next_steps=["tracemill report maturity"]):
        return EXIT_DONE
    rows = [row for each in found.targets for row in _target_rows(each)]
    left_out = print_table(("MEASURED", "CASES", "HOPED FOR", "WHAT"), rows, ("HOPED FOR", "CASES"))
    own = "a copy of these, named targets.toml in the workspace, takes their place"
    hint(f"{own}{no_room(left_out)}", common)
    return EXIT_DONE


def _target_rows(each: MeasuredTarget) -> Iterator[tuple[str, ...]]:
    """Yield a target's row, and one for each model that was asked."""
    found = each.measured
    value = measured(found.unit, found.value) if found else "unknown"
    yield value, f"{found.n:,}" if found else "0", hoped(each.target), each.target.what
    for model in each.models:
        yield measured(model.unit, model.value), f"{model.n:,}", "", f"  {of_model(model)}"


def _show_habits(period: Period, common: Common) -> int:
    result = read_metrics(common.open(), period)
    if answer("metrics", result, common, next_steps=["tracemill metrics list"]):
        return EXIT_DONE
    last = ""
    for row in result.rows:
        place = row.repository or "All sessions and issues"
        if place != last:
            write(f"{place}" if not last else f"\n{place}")
            last = place
        write(f"  {_NAMES[row.name]:<{_WIDTH}} {_said(row)}")
    return EXIT_DONE if result.rows else EXIT_NOTHING


def _show_cases(habit: str, period: Period, common: Common) -> int:
    found = read_habit_cases(common.open(), habit, period)
    if answer("habit-cases", found, common, next_steps=["tracemill metrics show"]):
        return EXIT_DONE
    rows = [
        (f"{each.value:.2f}", " ".join(each.missing), each.id[:_ID], when(each.at), each.what)
        for each in found.rows[:_MOST_SHOWN]
    ]
    print_table(("VALUE", "MISSING", "OF", "AT", "WHAT"), rows, ("AT", "OF"))
    hint(f"{len(rows):,} of {len(found.rows):,}; --json prints all", common)
    return EXIT_DONE if rows else EXIT_NOTHING


def _said(row: MetricRow) -> str:
    if row.value is None:
        return "unknown"
    if row.part is None or row.name == "sessions.episodes":
        return f"{row.value:.2f}  ({row.whole:,})"
    return f"{row.value:.0%}  ({row.part:,} of {row.whole:,})"


def _cells(measure: Measure, by: tuple[str, ...]) -> tuple[str, ...]:
    facts = [one_line(measure.slice.get(name, "all"), 50) for name in by]
    between = "unknown"
    if measure.low is not None and measure.high is not None:
        between = f"{measured(measure.unit, measure.low)} to {measured(measure.unit, measure.high)}"
    few = ", few" if measure.n < FEW else ""
    return (*facts, measured(measure.unit, measure.value), between, f"{measure.n:,}{few}")


def _fact(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"expected FACT=VALUE, found {text!r}")
    return name, value
