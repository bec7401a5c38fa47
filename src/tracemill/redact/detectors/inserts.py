"""Columns of secrets in SQL: `INSERT INTO users (name, password) VALUES ('ada', '…'), …`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tracemill.redact.detectors.tables import is_secret_cell, is_secret_column
from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms

_RULE_ID: Final = "secret-in-insert"
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
_AROUND: Final = b" \t\r\n\"'`[]"
_MOST_ROWS: Final = 200
_MOST_CELLS: Final = 100


class InsertDetector(ByPlace):
    """Finds what is put into columns of secrets."""

    probes: Final = (_PROBE,)

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule(_RULE_ID, "secret", rank)
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the rows of the statement whose first words end at `at`."""
        head = _COLUMNS.match(data, at)
        if head is None:
            return at
        names = [name.strip(_AROUND) for name in head[1].split(b",")]
        if not any(map(is_secret_column, names)):
            return head.end()
        end = head.end()
        for _ in range(_MOST_ROWS):
            if (row := _NEXT_ROW.match(data, end)) is None:
                break
            end = row.end()
            for name, cell in zip(names, _cells(data, end), strict=False):
                end = cell.end()
                if is_secret_column(name) and cell[1] and is_secret_cell(name, cell[1]):
                    stand_in = self._token(_RULE_ID, cell[1])
                    found.append(Match(*cell.span(1), self._rule, stand_in))
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
