"""The layout of turns: a session on a line, as requests and what came of them.

The model of this source:

- What a person asks is a step, and what the agent did is one behind it: its thoughts, calls and
  what they returned. Where there were calls, what it said is a step of its own behind them.
- A result that is text stands as that text, with how the call ended; any other is its JSON.
- The layout has no word for the agent, its model, tokens, and the moment of a step. A time without
  a zone is kept as it stands and is no moment.
- What it says beyond our fields (feedback, context, field access, counts) is kept as remainder, so
  that the line can be written again. The outcome and how content the person was are stated facts.
- A thumbs up or down is what the person did: an event at the last step of the turn. Other feedback
  of the layout is what a program made of their words, which are heard again here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import SourceRecord


class Turns(FileSource):
    """Reads sessions that somebody keeps turn by turn."""

    name: ClassVar[str] = "turns"
    version: ClassVar[int] = 6
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl"})

    def recognises(self, head: Head) -> bool:
        """Tell whether these are sessions of turns, by the first turn of the first one."""
        return any(map(_has_turns, (head.fields, head.first_item, *head.objects[:1])))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps of each session, its header, and the tally."""
        from tracemill.sources.reading.rows import read_rows
        from tracemill.sources.turns.reader import TurnsReader

        return read_rows(content, origin, TurnsReader(self.name, origin, content.zone).open_row)


def _has_turns(fields: Mapping[str, Any]) -> bool:
    turns = fields.get("turns")
    first = turns[0] if isinstance(turns, list) and turns else None
    return isinstance(first, dict) and "turn_number" in first and "session_id" in fields


__all__ = ["Turns"]
