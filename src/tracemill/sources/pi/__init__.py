"""Sessions of pi: one JSON Lines file, a line for each entry of a tree.

The model of this source:

- Entries name their parent, and the newest entry is where the session stands. An entry that
  says something and follows an earlier one leaves the entries between them behind: a rewind says
  which steps they are, and they stay. The first version of the format is a plain sequence.
- A file that was forked off another one begins with a copy of its history: entries that are
  older than the file itself are replayed ones.
- A summary, of what was compacted or of a branch that was left, is a replayed step.
- The log says of each call whether it failed; a command's exit code is the last line of its
  output.
- What a person ran in the shell beside the agent is told in the words that the model is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.pi.shape import is_session
from tracemill.sources.protocol import SourceRecord


class Pi(FileSource):
    """Reads the session files of the pi coding agent, of every version."""

    name: ClassVar[str] = "pi"
    version: ClassVar[int] = 5
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a session file, by its first lines."""
        return is_session(head)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the session, its header, and the tally."""
        from tracemill.sources.pi.reader import PiReader
        from tracemill.sources.reading.documents import first_line, read_document
        from tracemill.sources.reading.json_lines import read_json_lines

        first, same = first_line(content)
        reader = PiReader(self.name, origin)
        if first.strip() == b"{":
            return read_document(same, origin, reader, ("messages",))
        return read_json_lines(same.lines(), origin, reader)


__all__ = ["Pi"]
