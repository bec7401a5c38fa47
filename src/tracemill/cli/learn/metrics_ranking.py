"""`tracemill metrics calibration|rank`: what comes true, and which slices are surely better."""

from collections.abc import Iterator
from datetime import datetime

from tracemill.base.text import counted, measured, one_line
from tracemill.cli.learn.metrics import Slices, question_of
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.rankings import rank_metric, read_calibrations
from tracemill.records.process.calibration import Calibration, Ranked

_BAR = 20


def calibration_metrics(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Compare how sure each role is with how often it is right."""
    found = read_calibrations(common.open())
    if listing.jsonl:
        write_lines(found.roles)
    elif not answer("calibration", found, common, next_steps=["tracemill prompt suggest"]):
        for role in found.roles:
            for line in _lines(role):
                write(line)
        for reason, n in found.left_aside.items():
            hint(f"left aside: {counted(n, 'piece')} of work {reason}", common)
        if not found.roles:
            hint("no stage says how sure its agent was; tell it as `confidence`", common)
    return EXIT_DONE if found.roles else EXIT_NOTHING


def _lines(role: Calibration) -> Iterator[str]:
    yield f"{role.role}: {role.lean.replace('_', ' ')} (q {role.q_value:.3g})"
    yield f"  {role.says} in {counted(role.n_projects, 'project')}"
    brier = f"{role.brier:.3f}"
    if role.brier_low is not None and role.brier_high is not None:
        brier += f" ({role.brier_low:.3f} to {role.brier_high:.3f})"
    ece = f"{role.ece:.3f} ({role.ece_low:.3f} to {role.ece_high:.3f})"
    yield f"  Brier {brier}; calibration error {ece}, {role.ece_by_chance:.3f} by chance alone"
    for bucket in role.buckets:
        place = f"{bucket.low:.0%} to {bucket.high:.0%}"
        bar = "█" * round(bucket.came_true * _BAR)
        between = f"{bucket.least:.0%} to {bucket.most:.0%}"
        yield (
            f"  {place:<12} {bar:<{_BAR}} {bucket.came_true:>4.0%} of {bucket.n:,} ({between}), "
            f"said {bucket.stated:.0%}"
        )
    if role.is_monotone is False:
        yield "  surer work does not come true more often"
    yield ""


def rank_metrics(
    *,
    metric: str,
    slices: Slices = Slices(),  # noqa: B008 - frozen
    since: datetime | None = None,
    until: datetime | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Rank the slices of a metric, with the ranks that chance leaves open.

    Parameters
    ----------
    metric
        Its name, for example `auto_fix_success_rate --by strategy`.
    since
        Only what happened from this moment on.
    until
        Only what happened before this moment.
    """
    found = rank_metric(common.open(), question_of(metric, slices, since, until))
    if listing.jsonl:
        write_lines(found.ranked)
    elif not answer("ranking", found, common, next_steps=["tracemill pattern list"]):
        write(f"{found.metric}: {found.says}")
        shown = found.ranked[: listing.limit or None]
        columns = (
            "PLACE",
            *(name.upper() for name in slices.by),
            "VALUE",
            "95 %",
            "CASES",
            "VERDICT",
        )
        print_table(columns, [_cells(each, slices.by) for each in shown], ())
        hint(f"{found.n_questions:,} pairs were compared, and corrected together", common)
    return EXIT_DONE


def _cells(each: Ranked, by: tuple[str, ...]) -> tuple[str, ...]:
    found = each.measure
    place = str(each.best) if each.best == each.worst else f"{each.best} to {each.worst}"
    between = "unknown"
    if found.low is not None and found.high is not None:
        between = f"{measured(found.unit, found.low)} to {measured(found.unit, found.high)}"
    return (
        place, *(one_line(found.slice.get(name, ""), 50) for name in by),
        measured(found.unit, found.value), between, f"{found.n:,}",
        each.verdict.replace("_", " "),
    )  # fmt: skip
