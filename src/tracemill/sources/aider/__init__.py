"""Aider's chat history: one Markdown file that grows with every chat in a repository.

The model of this source:

- Each chat is a trajectory, also one whose beginning was cut off. Its time is told without a
  zone, so no moment is known.
- Lines marked with four hashes were typed, unless the program sent them by itself; quoted lines
  are its output; the rest is the model's. A command to the program and what that prints is no
  step, unless the model was asked because of it, which it was where it cost tokens.
- What the model thought stands in its reply, in a tag of the program's own; a block in it is no
  edit.
- An edit is a call, and what the program says of its file is the result, with what linters say
  of it where a person sent that to the model. A commit that follows names itself in the result of
  the edit that it holds. Commits of what lay around before an edit, or that a person asked for, are
  nobody's call.
- A person stopped the agent where a reply broke off, and refused an edit by taking its commit
  back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord

_HEADER: Final = re.compile(
    rb"^# aider chat started at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[ \t]*\r?$", re.MULTILINE
)
_TYPED: Final = re.compile(rb"^####[^\r\n]{0,500} {2}\r?$", re.MULTILINE)
_TOLD: Final = re.compile(
    rb"^> (?:Tokens: [\d.,]{1,12}[kM]? sent|Applied edit to |Aider v\d|Commit [0-9a-f]{7} )"
    rb"[^\r\n]{0,500} {2}\r?$",
    re.MULTILINE,
)
"""What a history has whose beginning was cut off: Aider ends its own lines with two spaces."""


class Aider(FileSource):
    """Reads the chat history that Aider writes beside the code."""

    name: ClassVar[str] = "aider"
    version: ClassVar[int] = 16
    marks: ClassVar[frozenset[str]] = frozenset({".aider.chat.history.md"})

    def recognises(self, head: Head) -> bool:
        """Tell whether a chat begins in the first bytes, or goes on there."""
        data = head.plain
        if _HEADER.search(data) is not None:
            return True
        return b"#### " in data and bool(_TYPED.search(data)) and bool(_TOLD.search(data))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each chat, its header, and the tally."""
        from tracemill.sources.aider.reader import AiderReader
        from tracemill.sources.reading.text_lines import read_text_lines

        return read_text_lines(content.lines(), origin, AiderReader(origin))


__all__ = ["Aider"]
