"""`tracemill link`: which records belong together, and how that is known."""

from typing import Annotated

from cyclopts import Parameter

from tracemill.cli.output import Common, Limit, Shape, show_list
from tracemill.flows.lookup import list_links
from tracemill.flows.results import LinkRow


def _cells(row: LinkRow) -> tuple[str, ...]:
    return row.source, row.target, row.method, f"{row.confidence:.2f}"


_SHAPE = Shape(
    "links",
    ("FROM", "TO", "METHOD", "SURE"),
    _cells,
    "tracemill explain ID",
    (),
    "no links are known: no two records say that they belong together",
)


def list_link(
    *,
    limit: Limit = 50,
    jsonl: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List links, the surest first.

    Parameters
    ----------
    limit
        How many to show; 0 for all. With --jsonl all are printed.
    jsonl
        Print each link as one line of JSON.
    """
    rows = list_links(common.open(), limit=0 if jsonl else limit)
    return show_list(rows, _SHAPE, common, jsonl=jsonl)
