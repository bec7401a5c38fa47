"""OpenCode sessions: its database, or one session as the program exports it.

The model of this source:

- A session is one trajectory, and its id comes from the session's own id, so that a session
  is the same one in a database, in an export and in the older tree of files.
- A message is a step for each call of the model in it; its parts are what was said, thought
  and called, and a finished call holds its own result.
- A call failed where its state says so, where its command's exit code is not 0, or where the
  model called a tool that does not exist. The texts of a refused or stopped call are exact.
- What the program put into a message is marked as such, and makes a step of the system; so
  does the summary that a compaction leaves, which is replayed.
- A person may take the session back to a message: it and all behind it stay among the steps, and a
  rewind at the end says which ones they are.
- A session with a parent was spawned by it, and nobody typed its messages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from tracemill.base import sqlite
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord

_TABLES: Final = frozenset({"session", "message", "part"})
_SESSION_FIELDS: Final = frozenset({"projectID", "directory", "slug"})


class OpenCode:
    """Reads the databases of OpenCode, and the sessions that it exports."""

    name: ClassVar[str] = "opencode"
    version: ClassVar[int] = 4
    reads: ClassVar[InputKind] = "file"
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a database with its tables, or an export of one session."""
        if head.tables:
            return head.tables >= _TABLES
        info = head.fields.get("info")
        return isinstance(info, dict) and "id" in info and not _SESSION_FIELDS.isdisjoint(info)

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of the file; of a database in use those of a snapshot."""
        return sqlite.open_stream(path)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each session, its header, and the tally."""
        from tracemill.sources.opencode.database import read_file

        return read_file(content, origin)


__all__ = ["OpenCode"]
