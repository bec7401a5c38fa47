"""Cursor's databases: the store of one session, and those rows of the editor's own that tell some.

A store is addressed by content: `meta` names the root, whose fields of 32 bytes are the ids of
the messages in their order. The editor keeps one row for each session, which lists its
messages, and one row for each message.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tracemill.base import sqlite
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.cursor.content import message_of_bubble
from tracemill.sources.cursor.reader import CursorReader
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.databases import object_of, read_database, text_of
from tracemill.sources.reading.documents import Item, object_at
from tracemill.sources.reading.json_fields import text

_KEYED: Final = frozenset({"key", "value"})
_STORE: Final = {"meta": _KEYED, "blobs": frozenset({"id", "data"})}
_SESSIONS: Final = (
    "SELECT key, value FROM cursorDiskKV WHERE key GLOB 'composerData:*' ORDER BY key"
)
_BUBBLE: Final = "SELECT value FROM cursorDiskKV WHERE key = ?"
_SESSION_FIELDS: Final = {"name": "name", "createdAt": "createdAt", "branch": "createdOnBranch"}
_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){2,10000000}")
_ID_BYTES: Final = 32
_MESSAGE_FIELD: Final = 1
_FOLDER_FIELD: Final = 9
_WIRE_VARINT: Final = 0
_WIRE_BYTES: Final = 2
_VARINT_BITS: Final = 63


def read_store(content: Content, origin: Origin) -> Iterator[SourceRecord]:
    """Yield what a database of Cursor holds, and the tally."""
    reader = CursorReader(origin)
    return read_database(content, origin, reader, {}, partial(_messages, reader))


def _messages(
    reader: CursorReader, database: sqlite3.Connection, whole: Span
) -> Iterator[Item[Span]]:
    if sqlite.columns_of(database, "cursorDiskKV").keys() >= _KEYED:
        yield from _of_editor(reader, database, whole)
    elif all(sqlite.columns_of(database, table).keys() >= names for table, names in _STORE.items()):
        yield from _of_store(reader, database, whole)
    else:
        yield Item.unread(whole, "damaged", "expected the tables of Cursor, found others")


def _of_editor(
    reader: CursorReader, database: sqlite3.Connection, whole: Span
) -> Iterator[Item[Span]]:
    for key, value in database.execute(_SESSIONS):
        own_id = (text_of(key) or "").partition(":")[2]
        session = object_of(whole, value)
        if session.problem:
            yield session
            continue
        reader.begin_session(_session(own_id, session.fields))
        for bubble in _bubbles(own_id, session, database):
            fields = message_of_bubble(bubble.fields)
            yield bubble if bubble.problem else bubble.saying(fields)


def _session(own_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    config = fields.get("modelConfig")
    told = {name: fields.get(native) for name, native in _SESSION_FIELDS.items()}
    model = text(config.get("modelName")) if isinstance(config, dict) else None
    return {"id": own_id, "model": model if model != "default" else None, **told}


def _bubbles(
    own_id: str, session: Item[Span], database: sqlite3.Connection
) -> Iterator[Item[Span]]:
    """Yield the messages of a session: those that it lists, or in older versions holds."""
    listed = session.fields.get("fullConversationHeadersOnly")
    held = session.fields.get("conversation")
    for header in listed if isinstance(listed, list) else ():
        bubble_id = text(header.get("bubbleId")) if isinstance(header, dict) else None
        row = database.execute(_BUBBLE, (f"bubbleId:{own_id}:{bubble_id}",)).fetchone()
        if row is None:
            yield Item.unread(session.place, "bad_shape", "expected a listed message, found none")
        elif row[0] not in (None, b"null"):
            yield object_of(session.place, row[0])
    for bubble in held if isinstance(held, list) and not listed else ():
        if isinstance(bubble, dict):
            yield Item(session.place, bubble)


def _of_store(
    reader: CursorReader, database: sqlite3.Connection, whole: Span
) -> Iterator[Item[Span]]:
    row = database.execute("SELECT value FROM meta WHERE key = '0'").fetchone()
    told = text_of(row[0]) if row else None
    if told is None or not _HEX.fullmatch(told):
        yield Item.unread(whole, "bad_shape", "expected a session as hexadecimal, found none")
        return
    session = object_at(whole, bytes.fromhex(told))
    if session.problem:
        yield session
        return
    root = _blob(database, text(session.fields.get("latestRootBlobId")))
    listed = list(_wire_fields(root or b""))
    folders = (data for field, data in listed if field == _FOLDER_FIELD)
    reader.begin_session(
        {
            "id": session.fields.get("agentId"),
            "name": session.fields.get("name"),
            "createdAt": session.fields.get("createdAt"),
            "model": session.fields.get("lastUsedModel"),
            "cwd": _folder(next(folders, b"")),
        }
    )
    for field, data in listed:
        if field == _MESSAGE_FIELD and len(data) == _ID_BYTES:
            message = _blob(database, data.hex())
            if message is not None and message.lstrip().startswith(b"{"):
                yield object_at(whole, message)


def _blob(database: sqlite3.Connection, own_id: str | None) -> bytes | None:
    row = database.execute("SELECT data FROM blobs WHERE id = ?", (own_id,)).fetchone()
    return row[0] if row and isinstance(row[0], bytes) else None


def _folder(address: bytes) -> str | None:
    said = address.decode("utf-8", "replace")
    if not said.startswith("file:"):
        return said or None
    try:
        return unquote(urlsplit(said).path) or None
    except ValueError:
        return None


def _wire_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the fields of bytes in a Protocol Buffers message, up to the first that is none."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == _WIRE_VARINT:
            _, at = _varint(data, at)
        elif tag & 7 == _WIRE_BYTES:
            length, at = _varint(data, at)
            yield tag >> 3, data[at : at + length]
            at += length
        else:
            return


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift <= _VARINT_BITS:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follows
            break
    return value, at
