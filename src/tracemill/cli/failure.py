"""`tracemill failure`: what failed, and what made it work at last."""

from typing import Annotated

from cyclopts import Parameter

from tracemill.base.text import one_line
from tracemill.cli.output import Common, Limit, Shape, show_list
from tracemill.flows.lookup import list_rows
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
    limit: Limit = 50,
    jsonl: Annotated[bool, Parameter(negative="")] = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List what failed, newest first: how often, what was wrong, and what made it work.

    Parameters
    ----------
    limit
        How many to show; 0 for all. With --jsonl all are printed.
    jsonl
        Print each failure as one line of JSON.
    """
    rows = list_rows(common.open(), "failure", FailureRow, limit=0 if jsonl else limit)
    return show_list(rows, _SHAPE, common, jsonl=jsonl)
