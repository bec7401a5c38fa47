"""`tracemill decision`: what a team decided and why, where a tool keeps it."""

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.lists import Shape, show_list
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, when, write
from tracemill.flows.held.rows import DecisionRow


def _cells(row: DecisionRow) -> tuple[str, ...]:
    return row.id, when(row.at), row.tracker, row.status or "", one_line(row.statement or "", 90)


_SHAPE = Shape(
    "decisions",
    ("ID", "LAST", "TRACKER", "STATUS", "DECISION"),
    _cells,
    "tracemill decision show ID",
    ("TRACKER", "LAST"),
    "no decisions are held as data; those in prose: tracemill document list --kind decision",
)


def list_decision(
    *,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List decisions, the last changed first."""
    return show_list("decision", DecisionRow, _SHAPE, listing, common)


def show_decision(name: str, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show a decision: why it was made, and what follows from it.

    Parameters
    ----------
    name
        Its id, or how it begins, or the tool's own id of it.
    """
    from tracemill.flows.held.shown import show_decision as look

    shown = look(common.open(), name)
    if answer("decision", shown, common, next_steps=["tracemill decision list"]):
        return EXIT_DONE
    row, decision = shown.row, shown.decision
    write(f"{row.id}  {row.tracker}  {row.name}  {row.status or ''}".rstrip())
    write(row.uri)
    if row.supersedes:
        write(f"Instead of   {row.supersedes}")
    for related in row.related:
        write(f"Came from    {related}")
    write(f"\n{decision.statement or 'unknown'}")
    if decision.reasoning:
        write(f"\nBecause {decision.reasoning}")
    for consequence in decision.consequences:
        write(f"- {consequence}")
    return EXIT_DONE
