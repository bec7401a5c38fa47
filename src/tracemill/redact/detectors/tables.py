"""Columns of secrets: below a head that says `password` or `api_key`, each row has one.

CSV, tabs, Markdown, and the tables that database shells and PowerShell draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tracemill.redact.protocol import ByPlace, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms, holds_stand_in
from tracemill.redact.wording import values

_RULE_ID: Final = "secret-in-column"
_NAMES: Final = (
    *("password", "passwd", "passphrase", "pwd", "secret", "token", "tokens", "passwords"),
    *("api_key", "api-key", "api key", "apikey", "access_key", "access key", "private_key"),
)
_LONG_NAMES: Final = (
    *("api_token", "access_token", "auth_token", "refresh_token", "client_secret", "secret_key"),
    *("api_secret", "user_password", "db_password"),
)
_KEYWORDS: Final = (
    *(name + mark for name in _NAMES for mark in (",", " |", "|", "\t", " │", "  ", ";")),
    *(mark + name for name in (*_NAMES, *_LONG_NAMES) for mark in (",", "  ", "\t", "| ", ";")),
)
_PROBE: Final = Probe(
    "(?i)(?:" + "|".join(map(re.escape, _KEYWORDS)) + ")", _KEYWORDS, is_once_a_line=True
)
_HEAD: Final = re.compile(
    rb"(?i)(?:[a-z0-9.-]+(?:[_ ][a-z0-9.-]+)*[_ -])?(?:" + "|".join(_NAMES).encode() + rb")\Z"
)
_ENDINGS: Final = tuple(name.encode() for name in _NAMES)
_MARKS: Final = (b"|", "│".encode(), b"\t", b";", b",")
_RULER: Final = re.compile(rb"(?:[-=+|: \t]|\xe2[\x80-\xbf]{2})+\Z")
_APART: Final = re.compile(rb"\S+(?: \S+)*")
_AROUND: Final = b" \t\r\"'`*"
_CELL: Final = re.compile(rb"[^\s<>{}()\x00]{6,400}\Z")
_LEAST_COLUMNS: Final = 2
_MOST_ROWS: Final = 200
_LONGEST_LINE: Final = 4_096


class _Cell(NamedTuple):
    start: int
    text: bytes


class TableDetector(ByPlace):
    """Finds what stands in columns of secrets."""

    probes: Final = (_PROBE,)

    def __init__(self, pseudonyms: Pseudonyms, rank: int) -> None:
        self._rule = Rule(_RULE_ID, "secret", rank)
        self._token = pseudonyms.token

    def find(self, data: bytes, at: int, found: list[Match]) -> int:
        """Look at the rows below the line in which `at` stands."""
        end = _line_end(data, at)
        start = data.rfind(b"\n", 0, at) + 1
        head = data[start : min(end, start + _LONGEST_LINE)]
        mark = next((each for each in _MARKS if each in head), b"")
        names = list(_cells(head, mark))
        columns = {i: name.text for i, name in enumerate(names) if is_secret_column(name.text)}
        if columns and len(names) >= _LEAST_COLUMNS:
            for row_start, row in _rows_below(data, end):
                end = row_start + len(row)
                if mark and row.count(mark) + 1 != len(names):
                    continue
                cells = list(_cells(row, mark))
                # a row that holds one may have had other cells before, and has been looked at
                if len(cells) == len(names) and not holds_stand_in(row):
                    self._add(columns, cells, row_start, found)
        return end

    def _add(
        self, columns: Mapping[int, bytes], cells: list[_Cell], start: int, found: list[Match]
    ) -> None:
        for i, name in columns.items():
            first, text = cells[i]
            if is_secret_cell(name, text):
                place = start + first
                stand_in = self._token(_RULE_ID, text)
                found.append(Match(place, place + len(text), self._rule, stand_in))


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    return end if end >= 0 else len(data)


def _rows_below(data: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a table below its head, which ends at `end`, without those drawn."""
    for _ in range(_MOST_ROWS):
        start, end = end + 1, _line_end(data, end + 1)
        row = data[start : min(end, start + _LONGEST_LINE)]
        if not row.strip() or b"\0" in row:
            return
        if not _RULER.match(row):
            yield start, row


def _cells(line: bytes, mark: bytes) -> Iterator[_Cell]:
    """Yield what stands between the marks, or between two spaces where there is no mark."""
    if not mark:
        yield from (_Cell(each.start(), each[0]) for each in _APART.finditer(line))
        return
    at = 0
    for part in line.split(mark):
        text = part.strip(_AROUND)
        yield _Cell(at + part.find(text), text)
        at += len(part) + len(mark)


def is_secret_column(name: bytes) -> bool:
    """Tell whether a column is called like what is secret."""
    return name.lower().endswith(_ENDINGS) and _HEAD.match(name) is not None


def is_secret_cell(name: bytes, text: bytes) -> bool:
    """Tell whether what stands in a column of that name is a secret."""
    if not _CELL.match(text) or values.is_placeholder(text) or values.is_password_code(text):
        return False
    is_password = values.is_password_name(name) and values.is_made_up(text)
    return is_password or values.is_key(text) or values.is_random(text)
