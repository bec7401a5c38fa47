"""OpenCode's files: its database, read session by session, or the export of one session.

`session`, `message` and `part` are tables; the fields of a message or part stand in its
column `data` as JSON, but for the ids, which have columns of their own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Literal

from tracemill.base import sqlite
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.opencode.reader import OpenCodeReader, message_items
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.databases import object_of, read_database, text_of
from tracemill.sources.reading.documents import Item, read_document

_COLUMNS: Final = {
    "session": frozenset({"id", "parent_id", "directory", "title", "version"}),
    "message": frozenset({"id", "session_id", "time_created", "data"}),
    "part": frozenset({"id", "message_id", "data"}),
}
_ROWS: Final = """
    SELECT m.session_id, m.rowid, p.rowid
    FROM message AS m LEFT JOIN part AS p ON p.message_id = m.id
    ORDER BY m.session_id, m.time_created, m.id, p.id
"""
_READ: Final = {
    "message": "SELECT id, data FROM message WHERE rowid = ?",
    "part": "SELECT id, data FROM part WHERE rowid = ?",
}
_SESSION: Final = "SELECT parent_id, directory, title, version, {} FROM session WHERE id = ?"
_SESSION_FIELDS: Final = ("parentID", "directory", "title", "version", "revert")


def read_file(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what a database or an export of OpenCode holds, and the tally."""
    reader = OpenCodeReader(origin)
    if content.begins_with(sqlite.MAGIC):
        items = partial(_messages, reader)
        return read_database(content, origin, reader, _COLUMNS, items)
    return read_document(content, origin, reader, ("messages",))


def _messages(
    reader: OpenCodeReader, database: sqlite3.Connection, whole: Span
) -> Iterator[Item[Span]]:
    has_undone = "revert" in sqlite.columns_of(database, "session")
    query = _SESSION.format("revert" if has_undone else "NULL")
    for session_id, rows in groupby(database.execute(_ROWS), itemgetter(0)):
        reader.begin_session(_session(database, query, session_id, whole))
        for message_row, pairs in groupby(rows, itemgetter(1)):
            parts = [part_row for *_, part_row in pairs if part_row is not None]
            info = _read(database, whole, "message", message_row)
            yield from message_items(info, map(partial(_read, database, whole, "part"), parts))


def _session(
    database: sqlite3.Connection, query: str, session_id: object, whole: Span
) -> dict[str, Any]:
    row = database.execute(query, (_as_stored(session_id),)).fetchone()
    *told, undone = row or (None,) * len(_SESSION_FIELDS)
    fields = dict(zip(_SESSION_FIELDS, map(text_of, told), strict=False))
    return {"id": text_of(session_id), **fields, "revert": object_of(whole, undone).fields}


def _as_stored(value: object) -> object:
    """Return a text as a query takes it; only blobs are bytes there."""
    return text_of(value) if isinstance(value, bytes) else value


def _read(
    database: sqlite3.Connection, whole: Span, table: Literal["message", "part"], row: int
) -> Item[Span]:
    own_id, data = database.execute(_READ[table], (row,)).fetchone() or (None, None)
    found = object_of(whole, data)
    return found.saying({**found.fields, "id": text_of(own_id)})
