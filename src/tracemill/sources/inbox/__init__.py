"""Captured events, as `tracemill.capture` lets them wait: one JSON object on a line each.

A line is an event of format 1: its kind, a moment with its offset to UTC, and an object of
what is known, of which `fields` says what the fields of each kind must be. A line that
says otherwise, or was torn when a disk was full, is quarantined with the field that is wrong;
a kind that nobody has taught us is counted as skipped, and stays in the archive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Inbox(FileSource):
    """Reads the events that a team's own programs and hooks told."""

    name: ClassVar[str] = "inbox"
    version: ClassVar[int] = 5
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether these are captured events, by the mark that each carries."""
        return any("tracemill" in found and "kind" in found for found in head.objects)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each line, and the tally."""
        from tracemill.sources.inbox.reader import InboxReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, InboxReader(origin))


__all__ = ["Inbox"]
