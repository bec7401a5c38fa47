"""GitHub Copilot CLI sessions: one JSON Lines file of events, each wrapped around its data.

The model of this source:

- A message of the model is one step, its tool requests are the step's calls, and a completed
  execution is the result. The start of an execution says again what was requested, and hooks
  say again what tools returned: both are passed over.
- A call failed where its execution says so, or where the shell's last line tells an exit code
  other than 0. A person refused it where the permission dialogue or the error's code says so.
- What a person typed is `content`; the form in which it was sent holds injected context.
- Each message tells the tokens that it wrote; what was read is told in total, at the end.
- A person may take the session back to an event: it and all behind it stay among the steps, as far
  as the log still holds them, and the rewind says which ones they are.
- Events of a subagent name the tool call, or the agent, that they belong to.
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

_TYPES: Final = re.compile(
    r"(?:session|system|user|assistant|tool|hook|permission|subagent)\.[a-z_.]+\Z"
)
_CUT_OFF: Final = re.compile(rb'\s*\{"type":"(?:session|system|user|assistant)\.[a-z_.]+","data":')
"""How a first line begins that is longer than the bytes at hand."""


class CopilotCli(FileSource):
    """Reads the event logs of GitHub Copilot CLI, and the stream that it prints when asked to."""

    name: ClassVar[str] = "copilot-cli"
    version: ClassVar[int] = 7
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is an event log, by its first lines."""
        if not head.objects:
            return _CUT_OFF.match(head.plain) is not None
        return any(map(_is_ours, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each trajectory, its header, and the tally."""
        from tracemill.sources.copilot_cli.reader import CopilotReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, CopilotReader(self.name, origin))


def _is_ours(record: Mapping[str, Any]) -> bool:
    kind = record.get("type")
    is_event = isinstance(kind, str) and _TYPES.match(kind) is not None
    return is_event and isinstance(record.get("data"), dict) and "id" in record


__all__ = ["CopilotCli"]
