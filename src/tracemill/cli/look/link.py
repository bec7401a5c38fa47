"""`tracemill link`: which records belong together, and how that is known."""

from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.flows.results import LinkRow
from tracemill.records.links import METHODS, LinkMethod


def _cells(row: LinkRow) -> tuple[str, ...]:
    return row.source, row.target, f"{row.confidence:.2f}", row.method, METHODS[row.method]


_SHAPE = Shape(
    "links",
    ("FROM", "TO", "SURE", "METHOD", "BECAUSE"),
    _cells,
    "tracemill explain FROM",
    (),
    "no links are known: no two records say that they belong together",
)


def list_link(
    *,
    method: LinkMethod | None = None,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List links, the surest first.

    Parameters
    ----------
    method
        Only those that are known in this way, as commit_output.
    """
    return show_list("link", LinkRow, _SHAPE, listing, common, method=method)
