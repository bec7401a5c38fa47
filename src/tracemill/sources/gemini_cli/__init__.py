"""Gemini CLI sessions: one JSON document (up to 0.39), or one JSON Lines file (from 0.40 on).

The model of this source:

- A message of the model is one step with its thoughts, its calls and what they returned. The
  log says of each call how it ended; a command's exit code stands in the last lines of its
  output.
- In the file of lines a message is written again whenever it has grown: the last word counts,
  at the place of the first.
- A person may take the session back to a message: it and all behind it stay among the steps, and
  the rewind says which ones they are.
- When the program writes its history anew it has summarised it: messages that were not there
  before are replayed ones, and none that was there is forgotten.
- Notices to the person are no part of the session, but for errors that stand where the model
  would speak, and for the one that says that a request was cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

import orjson

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import text

_TYPES: Final = ("user", "gemini", "model", "info", "error", "warning")
_ROLES: Final = ("user", "gemini")
_LISTS: Final = frozenset({"messages", "history"})


class GeminiCli(FileSource):
    """Reads the session files of Gemini CLI, of either kind."""

    name: ClassVar[str] = "gemini-cli"
    version: ClassVar[int] = 4
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a session file, by its first fields or lines."""
        first = head.objects[0] if head.objects else {}
        return _is_meta(first) or _is_meta(head.fields) or _is_session(head.fields)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the session, its header, and the tally."""
        from tracemill.sources.gemini_cli.reader import GeminiReader
        from tracemill.sources.reading.documents import first_line, read_document
        from tracemill.sources.reading.json_lines import read_json_lines

        first, same = first_line(content)
        reader = GeminiReader(self.name, origin)
        if _holds_a_line(first):
            return read_json_lines(same.lines(), origin, reader)
        return read_document(same, origin, reader, ("messages",))


def _is_meta(fields: Mapping[str, Any]) -> bool:
    return "sessionId" in fields and "projectHash" in fields


def _is_session(fields: Mapping[str, Any]) -> bool:
    """Tell a document by its messages, for one whose other fields stand behind them."""
    message, turn = _first(fields.get("messages")), _first(fields.get("history"))
    return (
        text(message.get("type")) in _TYPES and {"id", "timestamp", "content"} <= message.keys()
    ) or (text(turn.get("role")) in _ROLES and "parts" in turn)


def _first(items: object) -> Mapping[str, Any]:
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, dict) else {}


def _holds_a_line(data: bytes) -> bool:
    """Tell a file of lines from a document: its first line is an object without the messages."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return not data.lstrip().startswith(b"{")
    return not isinstance(value, dict) or _LISTS.isdisjoint(value)


__all__ = ["GeminiCli"]
