"""What `claude -p --output-format stream-json` prints: the messages of a session as they come.

The model of this source:

- The stream says what Claude Code's session file says, in other words: each line is put into
  those words and read like a line of that file. Only the prompt is missing, which was given on
  the command line.
- What the messages tell of tokens is what was known when they began; the result at the end
  tells what the run cost, subagents included.
- Which calls were denied at the end was decided by rules, since nobody is there to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_RESULT: Final = frozenset({"num_turns", "total_cost_usd", "modelUsage", "duration_api_ms"})
"""Fields of the line at the end, of which every release of the program writes one."""


class ClaudeStream(FileSource):
    """Reads the headless output of Claude Code, and of programs built on its agent SDK."""

    name: ClassVar[str] = "claude-stream"
    version: ClassVar[int] = 3
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is such a stream, by its first lines."""
        return any(map(_is_ours, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each trajectory, its header, and the tally."""
        from tracemill.sources.claude_code.stream_reader import ClaudeStreamReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, ClaudeStreamReader(origin))


def _is_ours(record: Mapping[str, Any]) -> bool:
    if "sessionId" in record:
        return False
    kind = record.get("type")
    if kind == "system":
        return record.get("subtype") == "init" and "session_id" in record
    if kind == "result":
        return not _RESULT.isdisjoint(record)
    return kind in ("assistant", "user") and {"session_id", "parent_tool_use_id"} <= record.keys()
