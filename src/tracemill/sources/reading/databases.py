"""SQLite databases of agents: each item of theirs handed to a reader, every one accounted for.

Rows have no place of their own in a file, so what is read from one spans the whole database.
A database that lacks what its format needs, or breaks off while it is read, is quarantined as
damaged; what was read before that stays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tracemill.base import sqlite
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import (
    Item,
    ItemReader,
    NotADocumentError,
    object_at,
    read_items,
)

Columns = Mapping[str, frozenset[str]]
"""The columns that a format needs, by table."""
Items = Callable[[sqlite3.Connection, Span], Iterator[Item[Span]]]
"""Yields the items of a database, which span all of it."""


def read_database(
    content: Content, origin: Origin, reader: ItemReader[Span], columns: Columns, items: Items
) -> Iterator[SourceRecord]:
    """Yield what `reader` makes of the items of a database, and the tally."""
    with content.file() as path:
        yield from read_items(_guarded(path, content.max_bytes, columns, items), origin, reader)


def _guarded(path: Path, max_bytes: int, columns: Columns, items: Items) -> Iterator[Item[Span]]:
    whole = Span(start=0, end=path.stat().st_size)
    try:
        with sqlite.reading(path, max_bytes) as database:
            for table, names in columns.items():
                _expect(table, names, sqlite.columns_of(database, table))
            yield from items(database, whole)
    except NotADocumentError as error:
        yield Item(whole, {}, error)
    except sqlite3.DataError:
        detail = f"expected values of at most {max_bytes} bytes, found more"
        yield Item.unread(whole, "oversize_document", detail)
    except sqlite.DAMAGE as error:
        detail = f"expected a sound database, found {_name(error)}"
        yield Item.unread(whole, "damaged", detail)


def _expect(table: str, names: frozenset[str], found: Mapping[str, bool]) -> None:
    if missing := sorted(names - found.keys()):
        detail = f"expected a table {table!r} with {missing[0]!r}, found none"
        raise NotADocumentError("damaged", detail)
    if "id" in names and not found["id"]:
        raise NotADocumentError("damaged", f"expected one id for each row of {table!r}, found none")


def _name(error: Exception) -> str:
    """Return what SQLite calls an error; its message may quote what the database holds."""
    name: object = getattr(error, "sqlite_errorname", None)
    return name if isinstance(name, str) else type(error).__name__


def object_of(place: Span, value: object) -> Item[Span]:
    """Return the object that a column holds as JSON, or why there is none."""
    if not isinstance(value, bytes):
        detail = f"expected JSON, found {type(value).__name__}"
        return Item.unread(place, "bad_shape", detail)
    return object_at(place, value)


def text_of(value: object) -> str | None:
    """Return the text in a column, or None where there is none."""
    return (str(value, "utf-8", "replace") or None) if isinstance(value, bytes) else None
