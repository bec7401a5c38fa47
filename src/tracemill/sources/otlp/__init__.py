"""Traces and logs of OpenTelemetry, as far as they tell of agents and models.

The model of this source: see `traced` for how spans become a session, `conventions` for
the names that are known, `requests` for the ways in which they are written down. Whatever
else is traced (web requests, databases, metrics) is counted as skipped, by the first word of
its name. Logs that Claude Code and Codex send of their own sessions are skipped too: their
session files say the same, and more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_MARKS: Final = frozenset({"resourceSpans", "resourceLogs", "resourceMetrics", "otlp_received"})


class Otlp(FileSource):
    """Reads what exporters of OpenTelemetry send, in JSON and in protobuf."""

    name: ClassVar[str] = "otlp"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this holds requests of OpenTelemetry."""
        from tracemill.sources.otlp.requests import wire_of

        if any(not _MARKS.isdisjoint(found) for found in head.objects):
            return True
        return not _MARKS.isdisjoint(head.fields) or wire_of(head.data) is not None

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and the header of each trajectory, and the tally of spans and logs."""
        from tracemill.sources.otlp.reader import read_told
        from tracemill.sources.otlp.requests import read_requests

        return read_told(read_requests(content), origin, self.name)


__all__ = ["Otlp"]
