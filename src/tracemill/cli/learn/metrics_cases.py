"""`tracemill metrics cases`: what a metric counts, one by one."""

from datetime import datetime

from tracemill.base.text import counted, measured, one_line
from tracemill.cli.learn.metrics import Slices, question_of
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.analysis.counted_cases import read_cases

_WIDTH = 60


def cases_metrics(
    *,
    metric: str,
    slices: Slices = Slices(),  # noqa: B008 - frozen
    since: datetime | None = None,
    until: datetime | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what a metric counts, one by one, with the record that shows each.

    Their mean is the metric. `--by` names facts to show of each.

    Parameters
    ----------
    metric
        Its name, for example `gate_failure_rate --only gate=tests`.
    since
        Only what happened from this moment on.
    until
        Only what happened before this moment.
    """
    found = read_cases(common.open(), question_of(metric, slices, since, until))
    if listing.jsonl:
        write_lines(found.cases)
    elif not answer("metric-cases", found, common, next_steps=["tracemill explain ID"]):
        shown = found.cases[: listing.limit or None]
        columns = ("ID", "AT", "VALUE", *(name.upper() for name in slices.by), "REASON")
        rows = [
            (
                each.record.name, when(each.at), f"{each.value:,.6g}",
                *(one_line(each.facts.get(name, ""), _WIDTH) for name in slices.by),
                one_line(each.reason or "", _WIDTH),
            )
            for each in shown
        ]  # fmt: skip
        print_table(columns, rows, ("REASON",))
        value = measured(found.unit, found.value)
        hint(f"{len(shown):,} of {counted(len(found.cases), 'case')}; together {value}", common)
    return EXIT_DONE
