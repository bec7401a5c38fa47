"""Files of any kind as pieces that redaction can look at, each with its place in the file.

Told by content: Parquet and SQLite by their first bytes, JSON and lines of it by what parses, all
else as text. A piece is a line, a row, or a whole file; the words for its place hold nothing of it.
"""

from __future__ import annotations

import sqlite3
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from tracemill.base.errors import DataError
from tracemill.flows.privacy.documents import Document, Part, decoded, parsed, parts

_PARQUET: Final = b"PAR1"
_SQLITE: Final = b"SQLite format 3\0"
_PACKED: Final = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\xfd7zXZ")
_HEAD_BYTES: Final = 16
_ROWS: Final = 256


class Piece(NamedTuple):
    """Something of a file that is looked at by itself."""

    place: str
    """Where in the file it is, as `line 3`; empty where it is the whole file."""
    document: Document
    """What it holds."""


def pieces(path: Path) -> Iterator[Piece]:
    """Yield the pieces of a file.

    Raises:
        DataError: it is packed, damaged, or no text in UTF-8.
    """
    with path.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if head.startswith(_PARQUET):
        return _rows_of_parquet(path)
    if head.startswith(_SQLITE):
        return _rows_of_sqlite(path)
    if head.startswith(_PACKED):
        raise DataError("packed: expected a file as it is; unpack it first")
    return _pieces_of_lines(path) if _is_lines(path) else pieces_of_text(decoded(path.read_bytes()))


def _is_lines(path: Path) -> bool:
    """Tell whether the first line of several is JSON: then no other is needed to tell the form."""
    with path.open("rb") as opened:
        first, second = opened.readline(), opened.readline()
    return (
        second != b"" and parsed(first.removeprefix(BOM_UTF8).decode(errors="replace")) is not None
    )


def _pieces_of_lines(path: Path) -> Iterator[Piece]:
    """Yield the pieces of JSON Lines, of which there may be more than fit into memory."""
    with path.open("rb") as opened:
        lines = (_line(number, data) for number, data in enumerate(opened, 1))
        yield from _pieces_of(parts(lines))


def _line(number: int, data: bytes) -> str:
    try:
        return decoded(data.removesuffix(b"\n"))
    except DataError as error:
        raise DataError(f"{error} of line {number}") from None


def pieces_of_text(text: str) -> Iterator[Piece]:
    """Yield a JSON document, the lines of JSON Lines, or all of a text."""
    if (whole := parsed(text)) is not None:
        yield Piece("", whole)
        return
    found = parts(text.split("\n"))
    begun = list(islice(found, 2))
    if not any(part.is_json for part in begun):  # lines that are no JSON are one part
        yield Piece("", Document(value=text))
        return
    yield from _pieces_of(chain(begun, found))


def _pieces_of(found: Iterable[Part]) -> Iterator[Piece]:
    for part in found:
        if part.text.strip():
            yield Piece(f"line {part.line}", part.document)


def _rows_of_parquet(path: Path) -> Iterator[Piece]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with path.open("rb") as opened:  # Arrow takes no path whose name is no UTF-8
            for batch in pq.ParquetFile(opened).iter_batches(_ROWS, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield Piece(f"row {number}", _row(row))
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"damaged: Parquet that cannot be read: {type(error).__name__}") from None


def _rows_of_sqlite(path: Path) -> Iterator[Piece]:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            for (table,) in database.execute(query).fetchall():
                quoted = table.replace('"', '""')
                for number, row in enumerate(database.execute(f'SELECT * FROM "{quoted}"'), 1):  # noqa: S608 - quoted
                    yield Piece(f"{table}, row {number}", _row(dict(row)))
    except sqlite3.DatabaseError as error:
        raise DataError(f"damaged: a database that cannot be read: {error}") from None


def _row(row: dict[str, Any]) -> Document:
    """Return a row with what is JSON in it as what that says."""
    return Document(value={name: _cell(value) for name, value in row.items()})


def _cell(value: Any) -> Any:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str) and (document := parsed(value)) is not None:
        return document.value
    return value
