"""OpenHands sessions: event lists of V0 and V1, and the conversation folders of V1.

The model of both sources:

- What the agent does is a call, and joins what it thought before; what came back joins it. `finish`
  is no call but the agent's last word.
- Commands failed by their exit code, where -1 means that one still runs; other tools by what their
  event says. A call that a person refused was rejected.
- Notes on the agent's state hold nothing to keep, but the last one of a V0 session, which says how
  it came out, is kept as a stated outcome, as is the person's `feedback` on it.
- A pause is a person's interruption; a condensation is a compaction.
- Moments have no zone, so they are unknown unless a person says which zone is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

from tracemill.base.streams import folder_stream
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord
from tracemill.sources.reading.json_fields import text

_LISTS: Final = ("trajectory", "history")
_KINDS: Final = frozenset({"SystemPromptEvent", "MessageEvent", "ActionEvent"})
"""Kinds of event with which a session of V1 begins."""
_SPEAKERS: Final = frozenset({"agent", "user", "environment"})


class OpenHands(FileSource):
    """Reads event lists, of V0 or V1: bare, or in rows of evaluations and shared sessions."""

    name: ClassVar[str] = "openhands"
    version: ClassVar[int] = 4
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are events, by the first of them."""
        return any(map(_holds_events, (head.fields, head.first_item, *head.objects[:1])))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each session, what happened in it, its header, and the tally."""
        from tracemill.sources.openhands.reader import OpenHandsReader
        from tracemill.sources.reading.rows import read_rows

        reader = OpenHandsReader(self.name, origin)
        reader.zone = content.zone
        return read_rows(content, origin, reader.open_row, _is_event)


class OpenHandsFolder:
    """Reads conversation folders of V1: `base_state.json`, and a file for each event."""

    name: ClassVar[str] = "openhands-folder"
    version: ClassVar[int] = 3
    reads: ClassVar[InputKind] = "folder"
    marks: ClassVar[frozenset[str]] = frozenset({"base_state.json", "events"})

    def recognises(self, head: Head) -> bool:
        """Tell whether a folder is a session, by what stands in it."""
        return self.marks <= head.names

    def open(self, path: Path) -> BinaryIO:
        """Return the state and the events, one behind the other."""
        events = (path / "events").glob("event-*.json")
        return folder_stream(path, [path / "base_state.json", *events])

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of the session, what happened in it, its header, and the tally."""
        from tracemill.sources.openhands.folder import read_folder

        return read_folder(content, origin, "openhands")


def _holds_events(fields: Mapping[str, Any]) -> bool:
    if _is_event(fields):
        return True
    lists = (fields[name] for name in _LISTS if isinstance(fields.get(name), list))
    firsts = (found[0] for found in lists if found)
    return any(isinstance(first, dict) and _is_event(first) for first in firsts)


def _is_event(fields: Mapping[str, Any]) -> bool:
    if text(fields.get("kind")) in _KINDS:
        return text(fields.get("source")) in _SPEAKERS
    is_told = {"source", "message"} <= fields.keys() or {"source", "args"} <= fields.keys()
    return (
        is_told
        and text(fields["source"]) in _SPEAKERS
        and ("action" in fields or "observation" in fields)
    )


__all__ = ["OpenHands", "OpenHandsFolder"]
