"""ATIF, the Agent Trajectory Interchange Format, v1.0 to v1.8: one JSON document a trajectory.

The model of this source:

- An item of `steps` is one step. What it says beyond our fields (token ids, log probabilities,
  cost, `extra`, parts of a message) is kept as the step's remainder, in the format's own words, so
  that the document can be written again just as it was.
- `is_copied_context` marks a replayed step.
- The format has no word for failure: how a call ended is unknown, unless the file came from us.
- Tokens of the trajectory are those of its steps; the stated total counts earlier parts of a
  continued session again, and is used only where no step tells any.
- Embedded subagent trajectories become trajectories of their own, of the one that holds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Atif(FileSource):
    """Reads trajectories that Harbor and other agents write for each other."""

    name: ClassVar[str] = "atif"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({"trajectory.json", ".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a trajectory, by the version that each of them states."""
        return any(map(_states_version, (head.fields, head.first_item, *head.objects[:1])))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each trajectory, its header, and the tally."""
        from tracemill.sources.atif.reader import AtifReader
        from tracemill.sources.reading.rows import read_rows

        return read_rows(content, origin, AtifReader(self.name, origin).open_row)


def _states_version(fields: Mapping[str, Any]) -> bool:
    version = fields.get("schema_version")
    return isinstance(version, str) and version.startswith("ATIF-v")


__all__ = ["Atif"]
