"""`tracemill link`: which records belong together, and how that is known."""

from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.flows.results import LinkRow


def _cells(row: LinkRow) -> tuple[str, ...]:
    return row.source, row.target, row.method, f"{row.confidence:.2f}"


_SHAPE = Shape(
    "links",
    ("FROM", "TO", "METHOD", "SURE"),
    _cells,
    "tracemill explain FROM",
    (),
    "no links are known: no two records say that they belong together",
)


def list_link(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List links, the surest first."""
    return show_list("link", LinkRow, _SHAPE, listing, common)
