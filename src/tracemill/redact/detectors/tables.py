"""Columns of secrets and of people's numbers: below a head that says `password` or `phone`.

CSV, tabs, Markdown, and the tables that database shells and PowerShell draw.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import count, pairwise
from typing import Final, NamedTuple

from tracemill.redact.line_rules.columns import is_personal_column, rule_of
from tracemill.redact.protocol import FAR, Match, Probe, Rule
from tracemill.redact.pseudonyms import Pseudonyms, holds_stand_in
from tracemill.redact.scanning.calls import line_end
from tracemill.redact.wording import values

_NAMES: Final = (
    *("password", "passwd", "passphrase", "pwd", "secret", "token", "tokens", "passwords"),
    *("api_key", "api-key", "api key", "apikey", "access_key", "access key", "private_key"),
)
_LONG_NAMES: Final = (
    *("api_token", "access_token", "auth_token", "refresh_token", "client_secret", "secret_key"),
    *("api_secret", "user_password", "db_password"),
)
_PERSONAL: Final = (
    *("phone", "telephone", "telefon", "telefono", "tel", "mobile", "mobil", "mob"),
    *("handy", "cell", "fax", "whatsapp", "msisdn", "celular", "caller"),
    *("emergencycontact", "emergency_contact", "card", "karte", "carte", "tarjeta", "cc"),
    *("pan", "iban", "account", "konto", "ssn", "social security", "passport", "reisepass"),
    *("cpf", "dni", "nie", "nif", "nir", "insee", "nino", "num_secu", "sociale"),
    *("steuer_id", "idnr", "steuer-id", "tax_id", "tax_code", "codice_fiscale"),
    *("codicefiscale", "codice fiscale", "aadhaar", "curp", "bsn", "pesel", "pnr", "fnr"),
    *("dselsnr", "cpr", "hetu", "tunnus", "ahv", "avs", "rrn", "tfn", "sin"),
    *("nationalinsurance", "nric", "rut", "cuit", "tckn", "kimlik", "cnp", "contribuinte"),
    *("ppsn", "hkid", "national_id", "id_card", "cislo"),
)
"""How columns of people's numbers are mostly called; `columns` tells which are any."""
_LAST: Final = (
    *("nummer", "_number", "enumber", "dnumber", "tnumber", "ynumber"),
    *("phone number", "card number", "_no", " no", "_nr", " nr", "-nr", "no.", "nr."),
)
"""How names end in which something else stands before the number."""
_FOREIGN: Final = (
    "teléfono",
    "téléphone",
    "číslo",
    "电话",
    "手机",
    "身份证",
    "주민",
    "マイナンバー",
)
"""The same in letters that are rare enough to be looked for without what stands beside them."""
_BEHIND: Final = (",", " |", "|", "\t", " │", "  ", ";", '",')
_KEYWORDS: Final = (
    *(name + mark for name in (*_NAMES, *_PERSONAL, *_LAST) for mark in _BEHIND),
    *(mark + name for name in (*_NAMES, *_LONG_NAMES) for mark in (",", "  ", "\t", "| ", ";")),
    *_FOREIGN,
    *(mark + name for name in _PERSONAL for mark in (",", "\t", ',"', ";")),
)
_PROBE: Final = Probe(
    "(?i)(?:" + "|".join(map(re.escape, _KEYWORDS)) + ")", _KEYWORDS, is_once_a_line=True
)
_HEAD: Final = re.compile(
    rb"(?i)(?:[a-z0-9.-]+(?:[_ ][a-z0-9.-]+)*[_ -])?(?:" + "|".join(_NAMES).encode() + rb")\Z"
)
_ENDINGS: Final = tuple(name.encode() for name in _NAMES)
_LONGEST_ENDING: Final = max(map(len, _ENDINGS))
_MARKS: Final = (b"|", "│".encode(), b"\t", b";", b",")
_RULER: Final = re.compile(rb"(?:[-=+|: \t]|\xe2[\x80-\xbf]{2})+\Z")
_APART: Final = re.compile(rb"\S+(?: \S+)*")
_AROUND: Final = b" \t\r\"'`*"
_CELL: Final = re.compile(rb"[^\s<>{}()\x00]{6,400}\Z")
_LEAST_COLUMNS: Final = 2
_MOST_ROWS: Final = 200
_MOST_HEADS: Final = 8
"""A head looks past fewer others, so that tables of nothing but heads take linear time."""
_LONGEST_LINE: Final = 4_096


class _Cell(NamedTuple):
    start: int
    text: bytes


class CellRules:
    """Says what is to be put in place of cells, by what their columns are called."""

    def __init__(self, rule_id: str, pseudonyms: Pseudonyms, ranks: tuple[int, int]) -> None:
        """Prepare.

        Args:
            rule_id: The rule of secrets.
            pseudonyms: What makes stand-ins.
            ranks: That of secrets, and that of people's numbers.
        """
        secret, self._personal_rank = ranks
        self._secret = Rule(rule_id, "secret", secret)
        self._pseudonyms = pseudonyms

    def match(self, name: bytes, text: bytes, start: int) -> Match | None:
        """Return what is found in a cell, which begins at `start`, of a column of that name."""
        end = start + len(text)
        if is_secret_column(name) and is_secret_cell(name, text):
            return Match(start, end, self._secret, self._pseudonyms.token(self._secret.id, text))
        if rule := rule_of(name, text):
            number = self._pseudonyms.number(rule, text)
            return Match(start, end, Rule(rule, "pii", self._personal_rank), number)
        return None


def is_asked_for(name: bytes) -> bool:
    """Tell whether what stands in a column of that name may be a secret or somebody's number."""
    return is_secret_column(name) or is_personal_column(name)


class _Head(NamedTuple):
    start: int
    end: int
    mark: bytes
    n_cells: int
    columns: Mapping[int, bytes]


class TableDetector:
    """Finds what stands in columns of secrets and of people's numbers."""

    probes: Final = (_PROBE,)

    def __init__(self, cells: CellRules) -> None:
        self._cells = cells

    def find_all(self, data: bytes, ends: Sequence[int], found: list[Match]) -> None:
        """Look at the rows below each line in which an end stands and that is a head.

        A table may stand right below another, and a line of words may read like a head, so a head
        hides none of those below it. What was found in a row says that the row is none, and so
        what is put in place of anything in one may change what is found below another.
        """
        heads = {head.start: head for head in _heads(data, ends)}
        found += (
            Match(head.start, head.start, FAR, None)
            for before, head in pairwise(heads.values())
            if data.find(b"\0", before.end, head.start) < 0
        )
        rows: set[int] = set()
        for start, head in heads.items():
            if start not in rows:
                self._look_below(head, data, heads.keys(), rows, found)

    def _look_below(
        self, head: _Head, data: bytes, heads: Container[int], rows: set[int], found: list[Match]
    ) -> None:
        """Look at the rows below a head, and add where those begin in which something is found."""
        n_heads = 0
        for start, row in rows_below(data, head.end, _MOST_ROWS):
            if self._is_of(head, row, start, found):
                rows.add(start)
            n_heads += start in heads and start not in rows
            if n_heads == _MOST_HEADS:
                return

    def _is_of(self, head: _Head, row: bytes, start: int, found: list[Match]) -> bool:
        """Add what is found in a row; tell whether there is something, or was before."""
        if head.mark and row.count(head.mark) + 1 != head.n_cells:
            return False
        cells = _cells(row, head)
        if cells is None:
            return False
        if holds_stand_in(row):  # it may have had other cells before, and has been looked at
            return any(holds_stand_in(cell.text) for cell in cells.values())
        matches = (
            self._cells.match(head.columns[i], cell.text, start + cell.start)
            for i, cell in cells.items()
        )
        before = len(found)
        found += filter(None, matches)
        return len(found) > before


def _heads(data: bytes, ends: Sequence[int]) -> Iterator[_Head]:
    """Yield the lines in which ends stand and that name a column that is asked for."""
    end = -1
    for at in ends:
        if at <= end:
            continue
        start, end = data.rfind(b"\n", 0, at) + 1, line_end(data, at)
        line = data[start : min(end, start + _LONGEST_LINE)]
        mark = next((each for each in _MARKS if each in line), b"")
        names = _texts(line, mark)
        columns = {i: name for i, name in enumerate(names) if is_asked_for(name)}
        if columns and len(names) >= _LEAST_COLUMNS:
            yield _Head(start, end, mark, len(names), columns)


def rows_below(data: bytes, end: int, most: int | None = None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a table below its head, which ends at `end`, without those drawn.

    Args:
        data: The bytes.
        end: Where the head ends.
        most: So many lines are looked at; None stands for all.
    """
    for _ in count() if most is None else range(most):
        start, end = end + 1, line_end(data, end + 1)
        row = data[start : min(end, start + _LONGEST_LINE)]
        if not row.strip() or b"\0" in row:
            return
        if not _RULER.match(row):
            yield start, row


def _texts(line: bytes, mark: bytes) -> list[bytes]:
    """Return what stands between the marks, or between two spaces where there is no mark."""
    if not mark:
        return _APART.findall(line)
    return [part.strip(_AROUND) for part in line.split(mark)]


def _cells(row: bytes, head: _Head) -> dict[int, _Cell] | None:
    """Return the cells of a row that are asked for; None where it has more or fewer than its head.

    A row with as many marks as the head has as many cells.
    """
    if not head.mark:
        apart = [_Cell(each.start(), each[0]) for each in _APART.finditer(row)]
        is_row = len(apart) == head.n_cells
        return {i: apart[i] for i in head.columns} if is_row else None
    cells: dict[int, _Cell] = {}
    at = 0
    for i, part in enumerate(row.split(head.mark)):
        if i in head.columns:
            text = part.strip(_AROUND)
            cells[i] = _Cell(at + part.find(text), text)
        at += len(part) + len(head.mark)
    return cells


def is_secret_column(name: bytes) -> bool:
    """Tell whether a column is called like what is secret."""
    return name[-_LONGEST_ENDING:].lower().endswith(_ENDINGS) and _HEAD.match(name) is not None


def is_secret_cell(name: bytes, text: bytes) -> bool:
    """Tell whether what stands in a column of that name is a secret."""
    if not _CELL.match(text) or values.is_placeholder(text) or values.is_password_code(text):
        return False
    is_password = values.is_password_name(name) and values.is_made_up(text)
    return is_password or values.is_key(text) or values.is_random(text)
