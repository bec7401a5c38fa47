"""ADP, the Agent Data Protocol: data sets of trajectories in one shape, whatever agent made them.

The model of this source:

- An action is a step of the agent: its description is the text, the tool or the code its call.
  Code goes to a tool called after its language. `finish` is no call but the agent's last word.
- What the environment shows behind an action answers it; what a user says is a step of a person.
- Of a web page, its accessibility tree is the text, or else its markup.
- The format has no word for failure, for the agent, or for time. How code ended is known where the
  environment says its exit code on the last line of what it shows.
- What `details` states of the outcome (`feedback`, `resolved` …) is kept as stated outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Adp(FileSource):
    """Reads the standardized files of data sets in the Agent Data Protocol."""

    name: ClassVar[str] = "adp"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are trajectories, by the class of their first item."""
        return any(map(_is_trajectory, (head.fields, head.first_item, *head.objects[:1])))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each trajectory, its header, and the tally."""
        from tracemill.sources.adp.reader import AdpReader
        from tracemill.sources.reading.rows import read_rows

        return read_rows(content, origin, AdpReader(self.name, origin).open_row)


def _is_trajectory(fields: Mapping[str, Any]) -> bool:
    items = fields.get("content")
    first = items[0] if isinstance(items, list) and items else None
    return isinstance(first, dict) and "class_" in first


__all__ = ["Adp"]
