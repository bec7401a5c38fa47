"""Claude Code sessions: one JSON Lines file, written block by block while the agent works.

The model of this source:

- A message stands on several lines that share `message.id` and `requestId`; they become one
  step. Its token counts are repeated and grow on them: the largest ones count, and they
  count once in an input. A line that names neither is a message of its own.
- A tool result joins the step that made the call. Tools that run beside the model are answered in
  its own message.
- Lines with `isSidechain` are a subagent's. They never stand among the steps of the main
  trajectory, but make trajectories of their own: one for each `agentId`, and where old
  versions give none, one for each root of the `parentUuid` chain. What a subagent is told
  was not typed by a person.
- A file is one main trajectory, even where its lines carry several session ids, as they do
  after a resume. Its session is the one that the file is named after, or else its first.
- The log is a tree. Where a person went back is told as a rewind, and what was left stays among the
  steps, for it was said and done; see `branches`.
- A message is known again by its `uuid` and what it says: copies are dropped, while two
  messages that only share a `uuid` are both kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_ENVELOPED: Final = frozenset({"user", "assistant", "system", "progress", "attachment"})
_ENVELOPE: Final = frozenset({"sessionId", "message", "attachment"})
_WHOLE_ENVELOPE: Final = frozenset({"parentUuid", "isSidechain", "sessionId", "uuid"})
"""What only this agent writes together, also on lines of types that are not known yet."""
_BARE_KEYS: Final = {
    "ai-title": "aiTitle",
    "custom-title": "customTitle",
    "file-history-snapshot": "snapshot",
    "last-prompt": "lastPrompt",
    "mode": "mode",
    "permission-mode": "permissionMode",
    "pr-link": "prNumber",
    "queue-operation": "operation",
    "summary": "leafUuid",
}
_CUT_OFF: Final = re.compile(
    rb"""\s*\{"(?:parentUuid"|isSidechain"|sessionId"|type":"(?:file-history-snapshot|summary)")"""
)
"""How a first line begins that is longer than the bytes at hand."""


class ClaudeCode(FileSource):
    """Reads the session files of Claude Code, those of its subagents among them."""

    name: ClassVar[str] = "claude-code"
    version: ClassVar[int] = 9
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a session file, by its first lines."""
        if not head.objects:
            return _CUT_OFF.match(head.plain) is not None
        return any(map(_is_ours, head.objects)) and not any(map(_is_of_stream, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each trajectory, its header, and the tally."""
        from tracemill.sources.claude_code.lines import LINES
        from tracemill.sources.claude_code.reader import ClaudeReader
        from tracemill.sources.reading.json_lines import read_shaped_lines

        reader = ClaudeReader(self.name, origin)
        return read_shaped_lines(LINES, content.lines(), origin, reader)


def _is_ours(record: Mapping[str, Any]) -> bool:
    kind = record.get("type")
    if record.keys() >= _WHOLE_ENVELOPE:
        return True
    if kind is None:
        return "sessionId" in record and isinstance(record.get("message"), dict)
    if not isinstance(kind, str):
        return False
    if kind in _BARE_KEYS:
        return _BARE_KEYS[kind] in record
    return kind in _ENVELOPED and not record.keys().isdisjoint(_ENVELOPE)


def _is_of_stream(record: Mapping[str, Any]) -> bool:
    """Tell the headless output stream, which has the same types, by its name for a session."""
    return "session_id" in record and "sessionId" not in record


__all__ = ["ClaudeCode"]
