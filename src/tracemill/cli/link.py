"""`tracemill link`: which records belong together, and how that is known."""

from typing import Annotated

from cyclopts import Parameter

from tracemill.cli.app import EXIT_DONE, EXIT_NOTHING
from tracemill.cli.output import Common, answer, hint, table, write_lines
from tracemill.flows.lookup import list_links


def list_link(
    *,
    limit: int = 50,
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
    if jsonl:
        write_lines(rows.rows)
    elif not answer("links", rows, common, next_steps=["tracemill explain ID"]):
        table(
            ("FROM", "TO", "METHOD", "SURE"),
            ((row.source, row.target, row.method, f"{row.confidence:.2f}") for row in rows.rows),
        )
        hint(f"{len(rows.rows)} of {rows.total}", common)
    return EXIT_DONE if rows.rows else EXIT_NOTHING
