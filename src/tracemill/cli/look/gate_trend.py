"""`tracemill gate trend`: what gates counted from commit to commit, and where it got worse."""

from typing import Final

from tracemill.base.text import one_line
from tracemill.cli.shared.exits import EXIT_DONE, EXIT_NO, EXIT_NOTHING
from tracemill.cli.shared.options import Common, Listing
from tracemill.cli.shared.output import answer, hint, when, write_lines
from tracemill.cli.shared.tables import no_room, print_table
from tracemill.flows.analysis.gate_trend import gate_trends
from tracemill.records.process.gate_trend import TrendPoint

_COLUMNS: Final = (
    "RUN", "WHEN", "GATE", "TOOL", "COMMIT", "STATUS", "FAILING", "PASSING", "SKIPPED", "LINES",
    "WORSE",
)  # fmt: skip
_SPARE: Final = ("SKIPPED", "TOOL", "WHEN", "PASSING")
_NEXT: Final = "tracemill gate show RUN"


def trend_gate(
    *,
    worse: bool = False,
    strict: bool = False,
    listing: Listing = Listing(),  # noqa: B008 - frozen
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Show what gates counted commit by commit, and where it got worse.

    Each run is beside the one before it of the same gate, tool and place.

    Parameters
    ----------
    worse
        Only runs in which anything got worse.
    strict
        Exit with 1 where anything ever did.
    """
    found = gate_trends(common.open(), 0 if listing.jsonl else listing.limit, is_worse_only=worse)
    if listing.jsonl:
        write_lines(found.rows)
    elif not answer("gate-trend", found, common, next_steps=[_NEXT]):
        left_out = print_table(_COLUMNS, map(_cells, found.rows), _SPARE) if found.rows else []
        if not found.n_compared and not found.not_compared:
            hint("no run of a gate is held, so nothing can have got worse", common)
            return EXIT_NOTHING
        why = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in found.not_compared.items())
        hint(
            f"{len(found.rows):,} of {found.total:,}{no_room(left_out)}; {found.n_worse:,} of "
            f"{found.n_compared:,} that are compared got worse; not compared: {why or 'none'}; "
            f"next: {_NEXT}",
            common,
        )
    if strict and found.n_worse:
        return EXIT_NO
    return EXIT_DONE if found.rows else EXIT_NOTHING


def _cells(point: TrendPoint) -> tuple[str, ...]:
    counts = (point.failing, point.passing, point.skipped)  # all 0: a verdict, and no counts
    return (
        point.id, when(point.at), point.gate, one_line(point.tool or point.title or "", 24),
        (point.commit or "")[:12], point.status, *(str(n) if any(counts) else "" for n in counts),
        "" if point.line_rate is None else f"{point.line_rate:.1%}",
        _said(point),
    )  # fmt: skip


def _said(point: TrendPoint) -> str:
    """Say what got worse, with the first test that broke."""
    if point.not_compared is not None:
        return point.not_compared.replace("_", " ")
    first = f": {one_line(point.broken[0], 60)}" if point.broken else ""
    return ", ".join(point.worse) + first
