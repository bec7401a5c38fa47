"""Cline tasks, and those of its descendants Roo Code and Kilo Code: a folder for each task.

The model of this source:

- `api_conversation_history.json` is what the model was sent and what it replied: the steps.
  `ui_messages.json` is what the person was shown: where the former is there too, it only
  tells when each reply came, from which model, and what it cost.
- A reply is one step; its calls stand in it as blocks, or in older versions as tags in its
  text, and the next message holds their results.
- A person typed what stands in the tags for that; the rest of a message was put in.
- A call failed where its result says so in the program's own words, or names an exit code
  other than 0; the shell's output alone does not tell.
- Either file is read by itself too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

from tracemill.base.streams import folder_stream
from tracemill.records.refs import Origin
from tracemill.sources.cline.files import API, HISTORY, UI
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import HEAD_BYTES, Head
from tracemill.sources.protocol import InputKind, SourceRecord

_KINDS: Final = frozenset({"say", "ask"})
_MARKS: Final = ("<task>", "<user_message>", "<environment_details>", "[TASK RESUMPTION]")


class ClineTask:
    """Reads the folder of one task as a whole."""

    name: ClassVar[str] = "cline-task"
    version: ClassVar[int] = 3
    reads: ClassVar[InputKind] = "folder"
    marks: ClassVar[frozenset[str]] = frozenset({UI})

    def recognises(self, head: Head) -> bool:
        """Tell whether the messages that were shown are of the shape that they have here."""
        try:
            with (head.path / UI).open("rb") as opened:
                return _is_shown(Head(head.path / UI, opened.read(HEAD_BYTES)))
        except OSError:
            return False

    def open(self, path: Path) -> BinaryIO:
        """Return the files of the task as one stream."""
        files = (path / name for name in (API, HISTORY, UI))
        return folder_stream(path, [file for file in files if file.is_file()])

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the task, its header, and the tally."""
        from tracemill.sources.cline.reader import read_task

        return read_task(content, origin)


class Cline(FileSource):
    """Reads a file of a task that lies outside its folder."""

    name: ClassVar[str] = "cline"
    version: ClassVar[int] = 3
    marks: ClassVar[frozenset[str]] = frozenset(
        {"ui_messages.json", "api_conversation_history.json"}
    )

    def recognises(self, head: Head) -> bool:
        """Tell whether this is what the model was sent, or what the person was shown."""
        return _is_shown(head) or _is_sent(head.first_item)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of the task, its header, and the tally."""
        from tracemill.sources.cline.reader import read_file

        return read_file(content, origin)


def _is_shown(head: Head) -> bool:
    first = head.first_item
    kind = first.get("type")
    return (
        isinstance(kind, str) and kind in _KINDS and "ts" in first and not _KINDS.isdisjoint(first)
    )


def _is_sent(message: Mapping[str, Any]) -> bool:
    """Tell a first message from those of other programs by the tags that stand in it."""
    content = message.get("content")
    blocks = content if isinstance(content, list) else [{"text": content}]
    texts = (str(block.get("text")) for block in blocks if isinstance(block, dict))
    return message.get("role") == "user" and any(said.lstrip().startswith(_MARKS) for said in texts)


__all__ = ["Cline", "ClineTask"]
