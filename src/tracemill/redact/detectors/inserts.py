"""Columns of secrets and of people's numbers in SQL, by the names that a statement gives them.

`INSERT INTO users (name, password) VALUES ('ada', '…'), …`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tracemill.redact.detectors.tables import CellRules, is_asked_for, rows_below
from tracemill.redact.protocol import ByPlace, Match, Probe

_KEYWORDS: Final = ("insert into ", "replace into ")
_PROBE: Final = Probe("(?i)(?:" + "|".join(_KEYWORDS) + ")", _KEYWORDS)
_COLUMNS: Final = re.compile(
    rb"(?i)[^\s(\x00]{1,120}\s{0,8}\(([^()\x00]{1,2000})\)\s{0,8}VALUES?\s{0,8}"
)
_CELL: Final = re.compile(
    rb"\s{0,8}(?:[NE]?'((?:[^'\\\x00]|''|\\.){0,400})'|[^,()'\x00]{0,200}(?:\([^()\x00]{0,200}\))?)"
    rb"\s{0,8}([,)])"
)
_NEXT_ROW: Final = re.compile(rb"\s{0,8},?\s{0,8}\(")
_COPIED: Final = re.compile(
    rb"(?i)\bCOPY\s[^\s(]{1,120}\s{0,8}\(([^()]{1,2000})\)\s{1,8}FROM STDIN\b"
)
"""How a dump of PostgreSQL begins a table, whose cells are set apart by tabs."""
_COPY_PROBE: Final = Probe("(?i) FROM STDIN", (" from stdin",), is_once_a_line=True)
_COPY_END: Final = b"\\."
_AROUND: Final = b" \t\r\n\"'`[]"
_MOST_ROWS: Final = 200
_MOST_CELLS: Final = 100


class InsertDetector(ByPlace):
    """Finds what is put into columns of secrets and of people's numbers."""

    probes: Final = (_PROBE,)

    def __init__(self, cells: CellRules) -> None:
        self._cells = cells

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the rows of the statement whose first words end at `at`."""
        head = _COLUMNS.match(data, at)
        if head is None:
            return at
        names = [name.strip(_AROUND) for name in head[1].split(b",")]
        if not any(map(is_asked_for, names)):
            return head.end()
        end = head.end()
        for _ in range(_MOST_ROWS):
            if (row := _NEXT_ROW.match(data, end)) is None:
                break
            end = row.end()
            for name, cell in zip(names, _cells(data, end), strict=False):
                end = cell.end()
                if cell[1] and is_asked_for(name):
                    found += filter(None, (self._cells.match(name, cell[1], cell.start(1)),))
        return end


def _cells(data: bytes, at: int) -> Iterator[re.Match[bytes]]:
    """Yield the values of the row that begins at `at`; of a text group 1 holds what it says."""
    for _ in range(_MOST_CELLS):
        cell = _CELL.match(data, at)
        if cell is None:
            return
        yield cell
        if cell[2] == b")":
            return
        at = cell.end()


class CopyDetector(ByPlace):
    """Finds what a dump holds in columns of secrets and of people's numbers."""

    probes: Final = (_COPY_PROBE,)

    def __init__(self, cells: CellRules) -> None:
        self._cells = cells

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the rows below the line in which `at` stands, to the end of what is copied."""
        start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
        if end < 0:
            return len(data)
        heads = _COPIED.findall(data, start, end)
        names = [name.strip(_AROUND) for name in heads[-1].split(b",")] if heads else []
        asked = [is_asked_for(name) for name in names]
        if not any(asked):
            return end
        for row_start, row in rows_below(data, end):
            if row.startswith(_COPY_END) or _COPIED.search(row):
                break
            self._add(zip(names, asked, row.split(b"\t"), strict=False), row_start, found)
            end = row_start + len(row)
        return end

    def _add(
        self, cells: Iterable[tuple[bytes, bool, bytes]], place: int, found: list[Match]
    ) -> None:
        for name, is_asked, cell in cells:
            if cell and is_asked:
                found += filter(None, (self._cells.match(name, cell, place),))
            place += len(cell) + 1
