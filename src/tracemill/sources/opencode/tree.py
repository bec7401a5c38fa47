"""The tree of files in which older versions of OpenCode kept their sessions.

`session/<project>/<session>.json` are the sessions, `message/<session>/<message>.json` their
messages, `part/<message>/<part>.json` the parts of those; the oldest versions put parts into
no folder of their own. Names are the order in which things were made. See `opencode` for what
a session means.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from tracemill.base.streams import folder_stream
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord

_KINDS: Final = ("message", "part", "session")


class OpenCodeTree:
    """Reads the storage folder of OpenCode as one input."""

    name: ClassVar[str] = "opencode-tree"
    version: ClassVar[int] = 4
    reads: ClassVar[InputKind] = "folder"
    marks: ClassVar[frozenset[str]] = frozenset(_KINDS)

    def recognises(self, head: Head) -> bool:
        """Tell whether sessions lie where such a tree has them."""
        return next(head.path.glob("session/*/*.json"), None) is not None

    def open(self, path: Path) -> BinaryIO:
        """Return the files of the sessions as one stream."""
        found = (file for kind in _KINDS for file in (path / kind).rglob("*.json"))
        return folder_stream(path, [file for file in found if file.is_file()], _beside_its_message)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield the steps and events of each session, its header, and the tally."""
        from tracemill.sources.opencode.files import read_tree

        return read_tree(content, origin)


def _beside_its_message(file: Path) -> tuple[str, str]:
    """Return a key that puts a message right before its parts, and the sessions first."""
    match file.parts[-3:]:
        case (_, message_id, _) if message_id.startswith("msg_"):
            return message_id, file.as_posix()
        case (_, _, name) if name.startswith("msg_"):
            return file.stem, file.as_posix()
    return "", file.as_posix()
