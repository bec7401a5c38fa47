"""`tracemill failure`: what failed, what made it work at last, and what fails most."""

from collections.abc import Iterator, Sequence
from typing import Literal

from tracemill.base.text import one_line
from tracemill.cli.shared.days import day_of
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.results import FailureRow
from tracemill.records.process.failures import FailureGroup, FailureStats, Spread
from tracemill.records.sessions.recoveries import FailureKind

_COLUMNS = ("WHAT", "FAILURES", "OVERCOME", "RETRIES", "AT MOST", "MINUTES", "LONGEST", "EXAMPLE")
_SPARE = ("LONGEST", "AT MOST", "EXAMPLE", "MINUTES")


def _cells(row: FailureRow) -> tuple[str, ...]:
    ended = f"step {row.resolved_step}" if row.resolved_step is not None else "never"
    return (
        row.session, row.kind, one_line(row.action, 30), str(len(row.attempts)), ended,
        (row.change or "").replace("_", " "), one_line(row.symptom, 70),
    )  # fmt: skip


_SHAPE = Shape(
    "failures",
    ("SESSION", "KIND", "ACTION", "TRIES", "WORKED", "AFTER", "SYMPTOM"),
    _cells,
    "tracemill session show SESSION",
    ("KIND", "TRIES", "ACTION"),
    "no failures are known: no session holds a call that failed",
)


def list_failure(
    *,
    kind: FailureKind | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what failed, newest first: how often, what was wrong, and what made it work.

    Parameters
    ----------
    kind
        Only what failed as one kind of thing.
    """
    return show_list("failure", FailureRow, _SHAPE, listing, common, kind=kind)


def stats_failure(
    *,
    range: Literal["week", "month", "all"] = "all",  # noqa: A002 - the option's name
    date: str | None = None,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what fails most, by type, category, severity and pattern, and where the time goes.

    Failures of sessions and of a team's own reports count together. A retry is a try after the
    first; minutes are those until it was put right.

    Parameters
    ----------
    range
        The week (from Monday on) or month of a day, or all that is held.
    date
        That day, as YYYY-MM-DD; today without it.
    """
    from tracemill.flows.analysis.failures import read_failure_stats

    found = read_failure_stats(common.open(), range, day_of(date))
    if answer("failure-stats", found, common, next_steps=["tracemill failure list"]):
        return EXIT_DONE
    write(f"Failures     {found.n:,}")
    left_out: set[str] = set()
    for title, groups in _tables(found):
        if groups:
            write()
            write(title)
            left_out.update(print_table(_COLUMNS, map(_group_cells, groups), _SPARE))
    if found.ignored:
        write()
        counts("Not counted", found.ignored)
    hint(f"next: tracemill failure list{no_room(sorted(left_out))}", common)
    return EXIT_DONE


def _tables(found: FailureStats) -> Iterator[tuple[str, Sequence[FailureGroup]]]:
    yield "By type", found.types
    yield "By category", found.categories
    if any(group.name != "unknown" for group in found.severities):
        yield "By severity", found.severities
    yield "What recurs most", found.patterns
    yield "Where most minutes go", found.friction


def _group_cells(group: FailureGroup) -> tuple[str, ...]:
    return (
        one_line(group.name, 40),
        f"{group.n:,}",
        f"{group.n_overcome:,}",
        *_spread_cells(group.retries, "d"),
        *_spread_cells(group.minutes, ".1f"),
        group.examples[0].name if group.examples else "",
    )


def _spread_cells(spread: Spread | None, form: str) -> tuple[str, str]:
    if spread is None:
        return "unknown", "unknown"
    highest = int(spread.highest) if form == "d" else spread.highest
    return f"{spread.mean:.1f}", f"{highest:,{form}}"
