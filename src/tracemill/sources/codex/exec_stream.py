"""What `codex exec --json` prints: the items of a run as they begin, change and end.

The model of this source:

- A reply of the model is one step, up to the first result of a call; the stream does not tell
  one reply from the next. What was asked was given on the command line and is not in it.
- An item says what kind of tool ran, and not its name: a command is called `shell`.
- A call failed where its item says so, or where its command's exit code is not 0.
- The usage at the end of a turn is that of the whole thread up to then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class CodexExec(FileSource):
    """Reads the headless output of Codex, and of programs built on its SDK."""

    name: ClassVar[str] = "codex-exec"
    version: ClassVar[int] = 1
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is such a stream, by its first lines."""
        return any(map(_is_ours, head.objects))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the run, its header, and the tally."""
        from tracemill.sources.codex.exec_reader import CodexExecReader
        from tracemill.sources.reading.json_lines import read_json_lines

        return read_json_lines(content.lines(), origin, CodexExecReader(origin))


def _is_ours(record: Mapping[str, Any]) -> bool:
    kind, item = record.get("type"), record.get("item")
    if kind == "thread.started":
        return "thread_id" in record
    is_item = kind in ("item.started", "item.updated", "item.completed")
    return is_item and isinstance(item, dict) and "type" in item
