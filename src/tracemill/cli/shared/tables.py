"""Tables that can be read and copied from, however narrow the terminal is.

A cell is never cut, but for the text in the last column. Where a terminal is too narrow, ids are
written as they begin, which every command takes, then columns are left out and named. Where those
that cannot be missed still do not fit beside one another, they stand below one another, row by
row. What goes to a file or another program is neither cut nor shortened.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Final, NamedTuple

from tracemill.base.text import printable

_GAP: Final = 2
_LEAST_TEXT: Final = 24
"""What the last column should have room for, so that its text says something."""
_LEAST_READABLE: Final = 12
"""What it must have room for; with less, cells stand below one another."""
_ID: Final = re.compile(r"((?:[a-z]+_)?[0-9a-f]{8})[0-9a-f]{12,}")


class Fitted(NamedTuple):
    """A table as it fits."""

    columns: list[str]
    """Heads of the columns that stay."""
    rows: list[list[str]]
    """Their cells."""
    left_out: list[str]
    """Heads of the columns for which there is no room."""
    is_stacked: bool = False
    """Whether its columns do not fit beside one another."""


def fit(
    columns: Sequence[str], rows: Iterable[Sequence[str]], spare: Sequence[str], width: int
) -> Fitted:
    """Make a table narrower, until its last column has room to say something.

    Args:
        columns: The heads.
        rows: The cells.
        spare: Heads of the columns that can be missed, the most dispensable first.
        width: What there is room for.
    """
    found = Fitted(list(columns), [list(row) for row in rows], [])
    if _is_narrow(found, width):
        found = found._replace(rows=[[_short(cell) for cell in row] for row in found.rows])
    for column in spare:
        if not _is_narrow(found, width):
            break
        found = _without(found, column)
    return found._replace(is_stacked=_least_width(found, _LEAST_READABLE) > width)


def no_room(left_out: Sequence[str]) -> str:
    """Return what a hint says of columns that were left out; nothing where all are shown."""
    return f"; no room for {', '.join(left_out)}" if left_out else ""


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], spare: Sequence[str] = ()
) -> list[str]:
    """Print a table; return the heads of columns for which the terminal has no room."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    cells = [[printable(cell) for cell in row] for row in rows]
    console = Console(file=sys.stdout, highlight=False)
    if sys.stdout.isatty():
        fitted = fit(columns, cells, spare, console.width)
    else:
        fitted = Fitted(list(columns), cells, [])
        console.width = _least_width(fitted, _widths(fitted)[-1])
    if fitted.is_stacked:
        sys.stdout.write("\n".join(map(_block, fitted.rows, repeat(fitted.columns))))
        return fitted.left_out
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    *widths, last = _widths(fitted)
    room = max(1, console.width - _least_width(fitted, 0))
    for column, width in zip(fitted.columns, [*widths, min(last, room)], strict=True):
        table.add_column(column, overflow="ellipsis", no_wrap=True, width=width)
    for row in fitted.rows:
        table.add_row(*map(Text, row))
    with console.capture() as printed:  # rich itself ends the program where a reader has gone
        console.print(table)
    sys.stdout.write(printed.get())
    return fitted.left_out


def _block(row: Sequence[str], columns: Sequence[str]) -> str:
    """Return a row, each of its cells on a line behind the head of its column."""
    width = max(map(len, columns)) + _GAP
    return "".join(
        f"{column:{width}}{cell}\n" for column, cell in zip(columns, row, strict=True) if cell
    )


def _short(cell: str) -> str:
    found = _ID.fullmatch(cell)
    return found[1] if found else cell


def _widths(table: Fitted) -> list[int]:
    from rich.cells import cell_len

    lines = [table.columns, *table.rows]
    return [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]


def _least_width(table: Fitted, most_text: int) -> int:
    """Return how wide the table is where its last column is at most `most_text` wide."""
    *whole, last = _widths(table)
    return sum(whole) + _GAP * len(whole) + min(last, most_text)


def _is_narrow(table: Fitted, width: int) -> bool:
    return _least_width(table, _LEAST_TEXT) > width


def _without(table: Fitted, column: str) -> Fitted:
    at = table.columns.index(column)
    kept = [[*cells[:at], *cells[at + 1 :]] for cells in (table.columns, *table.rows)]
    return Fitted(kept[0], kept[1:], [*table.left_out, column])
