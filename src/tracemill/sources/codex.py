"""Codex rollouts: one JSON Lines file a session, cold ones compressed with Zstandard.

The model of this source:

- What the model saw and said are items; events say much of it again, for the person who
  watches. A message is told once. Which user items a person typed is told by the events
  alone; in a file without such events, by how the harness begins its own texts.
- A reply of the model becomes one step, its results join it, and the change of the running
  token total counts for it. The total of the trajectory is the last total, which a
  compaction or a fork may let differ from the sum of its steps.
- A session that was forked begins with its parent's history; those steps are replayed ones.
- The history that a compaction repeats is not read again.
- A subagent's session is the one of the agent that spawned it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final, Self, cast

import zstandard

from tracemill.base.errors import SourceError
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.refs import Origin
from tracemill.sources.codex_reader import CodexReader
from tracemill.sources.json_lines import head_objects, read_json_lines
from tracemill.sources.protocol import SourceRecord

_ZST: Final = ".jsonl.zst"
_MAX_HEAD_BYTES: Final = 2**16
_ENVELOPES: Final = frozenset(
    {"session_meta", "response_item", "event_msg", "turn_context", "compacted", "world_state"}
)
_BARE_ITEMS: Final = frozenset({"function_call", "function_call_output", "reasoning"})
_CUT_OFF: Final = re.compile(
    rb'\s*\{.{0,200}?"type"\s*:\s*"(?:session_meta|response_item|event_msg|turn_context)"',
    re.DOTALL,
)
"""How a first line begins that is longer than the bytes at hand."""


class Codex:
    """Reads the rollouts of the Codex command line, its editor extension and its desktop app."""

    name: ClassVar[str] = "codex"
    version: ClassVar[int] = 1

    def recognises(self, path: Path, head: bytes) -> bool:
        """Tell whether `path` is a rollout, by its first lines.

        A bare chat message says nothing of who wrote it, and the bytes at hand of a compressed
        file may hold nothing whole: such a file must be named as a rollout.
        """
        is_named = path.name.startswith("rollout-")
        if path.name.endswith(_ZST):
            is_packed, head = head.startswith(zstandard.FRAME_HEADER), _decompressed(head)
            if is_packed and is_named and not head:
                return True
        elif path.suffix != ".jsonl":
            return False
        found = head_objects(head)
        if not found:
            return _CUT_OFF.match(head) is not None
        return any(_is_ours(record) or (is_named and "role" in record) for record in found)

    def open(self, path: Path) -> BinaryIO:
        """Return the bytes of the rollout, decompressed."""
        file = path.open("rb", buffering=0)
        return cast("BinaryIO", _Decompressing(file)) if path.name.endswith(_ZST) else file

    def read(self, lines: Iterable[Line | OversizeLine], origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the session, its header, and the tally."""
        return read_json_lines(lines, origin, CodexReader(self.name, origin))


def _is_ours(record: dict[str, Any]) -> bool:
    kind = record.get("type")
    if kind is None:
        is_first = "id" in record and "timestamp" in record and "instructions" in record
        return is_first or record.get("record_type") == "state"
    if not isinstance(kind, str):
        return False
    if kind in _ENVELOPES:
        return isinstance(record.get("payload"), dict)
    return kind in _BARE_ITEMS and ("call_id" in record or "encrypted_content" in record)


def _decompressed(head: bytes) -> bytes:
    """Return the beginning of what a compressed file holds, as far as its first bytes reach."""
    stream = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(head))
    try:
        return stream.read(_MAX_HEAD_BYTES)
    except zstandard.ZstdError:
        return b""


class _Decompressing:
    """A compressed file as the bytes that it holds; that it is broken is found on reading."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes; none at the end of the file, or where it was cut off."""
        try:
            return self._stream.read(size)
        except zstandard.ZstdError as error:
            raise SourceError(f"expected a Zstandard stream, found a broken one: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()
