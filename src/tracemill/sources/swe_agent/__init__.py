"""SWE-agent trajectories: one JSON document a run, called `.traj`.

The model of this source:

- `history` is what the model was told and said; `trajectory` is what was done, without the prompts.
  Steps are read from the history. Of the trajectory, only what the history lacks is added: how the
  last command ended, or all of it where there is no history. A reply that the history does not
  have in its midst was taken back, and is skipped.
- An `action` is a call: of the tool that it names, or else of the shell. The text is the thought.
- Demonstrations are put in by the harness.
- The format has no word for failure. What SWE-agent itself says when it refuses or stops a command
  is an error; of any other command it is unknown how it ended.
- `exit_status` is kept as a stated outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class SweAgent(FileSource):
    """Reads runs of SWE-agent, its demonstrations among them."""

    name: ClassVar[str] = "swe-agent"
    version: ClassVar[int] = 3
    marks: ClassVar[frozenset[str]] = frozenset({".traj"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a run, by its first item of what was done or said."""
        return _is_run(head.fields)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of the run, how it came out, its header, and the tally."""
        from tracemill.sources.reading.rows import read_rows
        from tracemill.sources.swe_agent.reader import SweAgentReader

        return read_rows(content, origin, SweAgentReader(self.name, origin).open_row)


def _is_run(fields: Mapping[str, Any]) -> bool:
    done, said = _first(fields.get("trajectory")), _first(fields.get("history"))
    is_done = {"action", "observation"} <= done.keys() and "source" not in done
    return is_done or {"role", "content", "agent"} <= said.keys()


def _first(items: object) -> Mapping[str, Any]:
    first = items[0] if isinstance(items, list) and items else None
    return first if isinstance(first, dict) else {}


__all__ = ["SweAgent"]
