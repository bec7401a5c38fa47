"""`tracemill failure`: what failed, and what made it work at last."""

from tracemill.base.text import one_line
from tracemill.cli.shared.output import Common, Listing, Shape, show_list
from tracemill.flows.results import FailureRow


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
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what failed, newest first: how often, what was wrong, and what made it work."""
    return show_list("failure", FailureRow, _SHAPE, listing, common)
