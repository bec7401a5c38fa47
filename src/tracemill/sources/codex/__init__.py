"""Codex rollouts: one JSON Lines file a session, cold ones compressed with Zstandard.

The model of this source:

- What the model saw and said are items; events say much of it again, for the person who
  watches. A message is told once. Which user items a person typed is told by the events
  alone; in a file without such events, by how the harness begins its own texts.
- The system prompt stands in the header of the session, not among the items. It begins the first
  step, where that is what the harness says, and is one of its own otherwise, also where it turns
  out that a person typed what looked like the harness.
- A reply of the model becomes one step, its results join it, and the change of the running
  token total counts for it, or the record that newer versions write of each. The total of the
  trajectory is the last total, which a compaction or a fork may let differ from the sum of its
  steps.
- What a schedule puts in is no prompt of a person, and items that are noted as said again are
  replayed ones.
- A session that was forked begins with its parent's history; those steps are replayed ones.
- The history that a compaction repeats is not read again.
- Turns that were rolled back stay among the steps, and the event says which ones they are.
- A subagent's session is the one of the agent that spawned it.
- The oldest files hold bare messages, calls and results; a result there answers the oldest open
  call of its tool.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

import zstandard

from tracemill.base.errors import SourceError
from tracemill.base.lines import split_lines
from tracemill.base.streams import Blocks
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import InputKind, SourceRecord

_BLOCK_BYTES: Final = 2**20
_ENVELOPES: Final = frozenset(
    {"session_meta", "response_item", "event_msg", "turn_context", "compacted", "world_state"}
)
_BARE_ITEMS: Final = frozenset({"function_call", "function_call_output", "reasoning"})
_BARE_KEYS: Final = frozenset(
    {"timestamp", "created_at", "role", "content", "message", "model"}
    | {"type", "function", "arguments", "name", "result", "text"}
)
"""All that lines of the oldest files hold."""
_CUT_OFF: Final = re.compile(
    rb'\s*\{.{0,200}?"type"\s*:\s*"(?:session_meta|response_item|event_msg|turn_context)"',
    re.DOTALL,
)
"""How a first line begins that is longer than the bytes at hand."""


class Codex:
    """Reads the rollouts of the Codex command line, its editor extension and its desktop app."""

    name: ClassVar[str] = "codex"
    version: ClassVar[int] = 10
    reads: ClassVar[InputKind] = "file"
    marks: ClassVar[frozenset[str]] = frozenset({".jsonl", ".jsonl.zst"})

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a rollout, by its first lines.

        The bytes at hand of a compressed file may hold nothing whole, and a bare message may say
        nothing of who wrote it: such a file must be named as a rollout.
        """
        is_named = head.path.name.startswith("rollout-")
        if head.data.startswith(zstandard.FRAME_HEADER):
            head = Head(head.path, _unpacked_head(head.data))
            if not head.data:
                return is_named
        if not head.objects:
            return _CUT_OFF.match(head.plain) is not None
        if any(_is_ours(found) or (is_named and "role" in found) for found in head.objects):
            return True
        return "model" in head.objects[0] and all(map(_is_bare, head.objects))

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of the file, compressed where it is."""
        return path.open("rb", buffering=0)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the session, its header, and the tally."""
        from tracemill.sources.codex.lines import LINES
        from tracemill.sources.codex.reader import CodexReader
        from tracemill.sources.reading.json_lines import read_shaped_lines

        lines = split_lines(_unpacked(content.blocks()), content.max_bytes)
        return read_shaped_lines(LINES, lines, origin, CodexReader(self.name, origin))


def _is_ours(record: Mapping[str, Any]) -> bool:
    kind = record.get("type")
    if kind is None:
        is_first = "id" in record and "timestamp" in record and "instructions" in record
        return is_first or record.get("record_type") == "state"
    if not isinstance(kind, str):
        return False
    if kind in _ENVELOPES:
        return isinstance(record.get("payload"), dict)
    return kind in _BARE_ITEMS and ("call_id" in record or "encrypted_content" in record)


def _is_bare(record: Mapping[str, Any]) -> bool:
    """Tell a line of the oldest files, which name no program."""
    is_dated = "timestamp" in record or "created_at" in record
    return is_dated and ("role" in record or "type" in record) and record.keys() <= _BARE_KEYS


def _unpacked_head(data: bytes) -> bytes:
    """Return the beginning of a compressed file, as far as the bytes at hand reach."""
    try:
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read(HEAD_BYTES)
    except zstandard.ZstdError:
        return b""


def _unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a rollout, decompressed where they are compressed.

    Raises:
        SourceError: the compressed stream is broken.
    """
    rest = iter(blocks)
    first = next(rest, b"")
    if not first.startswith(zstandard.FRAME_HEADER):
        yield first
        yield from rest
        return
    stream = zstandard.ZstdDecompressor().stream_reader(
        io.BufferedReader(Blocks(chain([first], rest))), read_across_frames=True
    )
    try:
        while block := stream.read(_BLOCK_BYTES):
            yield block
    except zstandard.ZstdError as error:
        raise SourceError(f"expected a Zstandard stream, found a broken one: {error}") from None


__all__ = ["Codex"]
