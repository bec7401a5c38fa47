"""mini-SWE-agent trajectories: one JSON document a run, in three shapes.

The model of this source:

- The oldest runs are a bare list of messages; later ones hold it under `messages`, beside what the
  run says of itself; the newest keep in each message's `extra` what was run and how it ended.
- A command is a call of the shell. Where no `extra` names it, it is the one fenced block of the
  reply, as the agent itself reads it; a reply with none or several ran nothing.
- What comes back behind a reply joins it. It failed by its exit code.
- A person who refuses a command or interrupts the agent is heard as feedback.
- `exit_status` is kept as a stated outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_LAST_WORDS: Final = ("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT", "MINI_SWE_AGENT_FINAL_OUTPUT")
"""What the agent is told to print at the end, so that its prompts hold it."""


class MiniSweAgent(FileSource):
    """Reads runs of mini-SWE-agent."""

    name: ClassVar[str] = "mini-swe-agent"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset({".traj.json"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a run, by what it says of itself, or by its prompts."""
        if _is_run(head.fields):
            return True
        is_bare = {"role", "content"} <= head.first_item.keys()
        return is_bare and any(words in head.text for words in _LAST_WORDS)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of the run, how it came out, its header, and the tally."""
        from tracemill.sources.mini_swe_agent.reader import MiniSweAgentReader
        from tracemill.sources.reading.rows import read_rows

        return read_rows(content, origin, MiniSweAgentReader(self.name, origin).open_row, _is_bare)


def _is_run(fields: Mapping[str, Any]) -> bool:
    info, version = fields.get("info"), fields.get("trajectory_format")
    if isinstance(version, str) and version.startswith("mini-swe-agent"):
        return True
    return isinstance(info, dict) and "model_stats" in info and "messages" in fields


def _is_bare(item: Mapping[str, Any]) -> bool:
    """Tell a message from a run: a list of messages is one run."""
    return "role" in item or "output" in item


__all__ = ["MiniSweAgent"]
