"""Exports of Langfuse: traces with their observations, or observations as rows of their own.

The API gives a trace with all that was observed in it; its newer version, and exports to files,
give flat rows that name their trace. A generation is a model call, and agents and tools are
what they are called; other observations (spans, events, retrievals) are counted as skipped.
Usage is given by kinds that add up, so the input of a generation is without the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.langfuse.rows import is_observation, is_trace
from tracemill.sources.protocol import SourceRecord


class Langfuse(FileSource):
    """Reads what Langfuse exports, whole or row by row."""

    name: ClassVar[str] = "langfuse"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this is an export, by its first trace or observation."""
        page = head.fields.get("data")
        first = page[0] if isinstance(page, list) and page else None
        seen = [*head.objects[:4], head.fields, head.first_item]
        seen += [first] if isinstance(first, dict) else []
        return any(is_trace(found) or is_observation(found) for found in seen)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and the header of each trajectory, and the tally of observations."""
        from tracemill.sources.langfuse.reader import read_export

        return read_export(content, origin, self.name)


__all__ = ["Langfuse"]
