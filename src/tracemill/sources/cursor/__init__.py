"""Cursor sessions: logs of its agent, the stores of its command line, the editor's own database.

The model of this source:

- A log in `agent-transcripts` is JSON Lines of messages, without ids, models or tokens, and with
  times only where newer versions put them into a prompt; a result that names no call of the log
  answers the oldest one that is open.
- A `store.db` holds one session: its root lists the messages in their order.
- The editor's `state.vscdb` holds all sessions of a person. Only their rows are taken of it:
  it also holds keys to the person's account, and those are nobody's business.
- A person typed what stands in the tags for that, or, where there are none, the whole text.
- A call failed where its record says so, or where its output names an exit code other than 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

from tracemill.base import sqlite
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord
from tracemill.sources.reading.json_fields import text

_STORE: Final = frozenset({"meta", "blobs"})
_EDITOR: Final = "cursorDiskKV"
_SESSION_ROWS: Final = "key GLOB 'composerData:*' OR key GLOB 'bubbleId:*'"
_ROLES: Final = frozenset({"user", "assistant"})


class Cursor:
    """Reads the sessions of the Cursor editor, its agent and its command line."""

    name: ClassVar[str] = "cursor"
    version: ClassVar[int] = 4
    reads: ClassVar[InputKind] = "file"
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a log by its lines, or a database by its tables."""
        if head.tables:
            return _EDITOR in head.tables or head.tables == _STORE
        return any(map(_is_message, head.objects))

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of the file; of a database those rows alone that tell sessions."""
        with path.open("rb") as opened:
            is_database = opened.read(len(sqlite.MAGIC)) == sqlite.MAGIC
        if not is_database:
            return path.open("rb", buffering=0)
        if _EDITOR in sqlite.tables_of(path):
            return sqlite.open_excerpt(path, _EDITOR, _SESSION_ROWS)
        return sqlite.open_stream(path)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each session, its header, and the tally."""
        from tracemill.sources.cursor.reader import CursorReader
        from tracemill.sources.reading.json_lines import read_json_lines

        if content.begins_with(sqlite.MAGIC):
            from tracemill.sources.cursor.database import read_store

            return read_store(content, origin)
        return read_json_lines(content.lines(), origin, CursorReader(origin))


def _is_message(record: Mapping[str, Any]) -> bool:
    message = record.get("message")
    is_bare = record.keys().isdisjoint({"type", "uuid", "sessionId", "timestamp"})
    if not is_bare or text(record.get("role")) not in _ROLES or not isinstance(message, dict):
        return False
    return isinstance(message.get("content"), list) and "role" not in message


__all__ = ["Cursor"]
