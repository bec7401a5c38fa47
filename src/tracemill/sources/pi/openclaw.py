"""Sessions of OpenClaw, and what its telemetry plugin writes.

The model of this source:

- A session file has the shape of pi's, on which OpenClaw is built; what it writes of itself,
  or the folder that it lies in or works in, tells the two apart.
- Telemetry tells what happens in all sessions of a machine: one trajectory for each session
  key, and a direct chat is the agent's main session.
- Telemetry tells calls without what they returned. Where it later tells the messages of a
  session as the agent keeps them, these take the place of what was told while they came.
- A prompt was typed where a message came in with the same words; any other was put in, as is what
  wakes the agent now and then, which the messages of a session tell as if a person had said it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.pi.shape import is_session
from tracemill.sources.protocol import SourceRecord

_OWN: Final = "openclaw"
_FOLDER: Final = ".openclaw"
_TELEMETRY: Final = {
    "agent.start": "sessionKey",
    "agent.end": "sessionKey",
    "tool.start": "toolName",
    "tool.end": "toolName",
    "message.in": "channel",
    "message.out": "channel",
    "message.sending": "channel",
}
"""Types of telemetry, with a field that each has."""


class OpenClaw(FileSource):
    """Reads the session files of OpenClaw."""

    name: ClassVar[str] = "openclaw"
    version: ClassVar[int] = 6
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is such a file, by its place and its first lines."""
        if not is_session(head):
            return False
        return _FOLDER in head.path.parts or any(map(_is_own, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the session, its header, and the tally."""
        from tracemill.sources.pi.reader import PiReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, PiReader(self.name, origin))


class OpenClawTelemetry(FileSource):
    """Reads the lines that OpenClaw's telemetry plugin writes."""

    name: ClassVar[str] = "openclaw-telemetry"
    version: ClassVar[int] = 4
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is such a file, by its first lines."""
        return any(map(_is_telemetry, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each session, its header, and the tally."""
        from tracemill.sources.pi.telemetry_reader import TelemetryReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, TelemetryReader(OpenClaw.name, origin))


def _is_own(record: Mapping[str, Any]) -> bool:
    """Tell an entry that the program wrote about itself; what a message says does not count."""
    if record.get("type") == "message":
        return False
    told = [value for value in record.values() if isinstance(value, str)]
    return any(value.startswith(_OWN) or f"/{_FOLDER}" in value for value in told)


def _is_telemetry(record: Mapping[str, Any]) -> bool:
    kind = record.get("type")
    field = _TELEMETRY.get(kind) if isinstance(kind, str) else None
    return field is not None and field in record
