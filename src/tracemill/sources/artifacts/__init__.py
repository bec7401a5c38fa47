"""Artifacts: lines on which a program keeps what its model wrote, and what its rules said of it.

The model of this source:

- A line is one attempt. Lines that follow one another and ask for the same are attempts at one
  artifact, as long as none was let through and the count of retries rises: one trajectory.
- What was asked for is a step, and each attempt is one behind it: a call `generate_artifact` with
  the code, and what rules and type checker said as its result. An attempt that was not let through
  failed.
- The messages before the request are replayed steps: they were said in another session.
- Whether the last attempt was let through is a stated fact.
- Each line is a report of the team's process too, with all that it says, so that it can be counted
  and written again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Artifacts(FileSource):
    """Reads what a program's model wrote, attempt by attempt."""

    name: ClassVar[str] = "artifacts"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether these are attempts, by the names of the first one's fields."""
        from tracemill.records.events.team_artifacts import ArtifactReport
        from tracemill.render.team_lines import report_kind

        first = head.objects[0] if head.objects else head.fields
        return bool(first) and report_kind(first) is ArtifactReport

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each artifact, its header, a report of each attempt, and the tally."""
        from tracemill.sources.artifacts.reader import ArtifactsReader
        from tracemill.sources.reading.json_lines import read_json_lines
        from tracemill.sources.reading.whole_documents import whole_documents

        return read_json_lines(whole_documents(content.lines()), origin, ArtifactsReader(origin))


__all__ = ["Artifacts"]
