"""Checkpoints of the Entire CLI: sessions that lie on a branch of their own, beside the work.

Branch `entire/checkpoints/v1` holds `<2>/<10 hex>/<n>/metadata.json` for each session that had
part in a commit, with the session's log as the agent wrote it in `full.jsonl` next to it. Newer
versions keep each checkpoint under a ref of its own, `refs/entire/checkpoints/<2>/<id>`, with
`<n>/metadata.json` and the log. The commit names the checkpoint in a trailer.

A repository's input is the metadata of all its checkpoints at the tips of these. Each
session's log is an input of its own, read by the source of whichever agent wrote it. A log
grows from checkpoint to checkpoint, so of those that begin alike the largest that the repository
holds is read: it contains the others. Metadata that lies about as files of its own is read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

from tracemill.base.git.repositories import is_repository
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import InnerInput, InputKind, SourceRecord

_MARKS: Final = frozenset({"strategy", "checkpoints_count", "files_touched"})


class Entire:
    """Reads what the checkpoints of a repository say of sessions, and where their logs are."""

    name: ClassVar[str] = "entire"
    version: ClassVar[int] = 4
    reads: ClassVar[InputKind] = "repository"
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a repository that has the branch, or such refs."""
        if head.data or not is_repository(head.path):
            return False
        from tracemill.sources.entire.branch import checkpoint_refs

        return bool(checkpoint_refs(head.path))

    def open(self, path: Path) -> BinaryIO:
        """Return the metadata of all checkpoints as one stream, a file each."""
        from tracemill.sources.entire.branch import metadata_stream

        return metadata_stream(path)

    def inner_inputs(self, path: Path) -> Iterator[InnerInput]:
        """Yield the log of each session."""
        from tracemill.sources.entire.branch import session_logs

        return session_logs(path)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each session of each checkpoint, and a tally."""
        from tracemill.sources.entire.reader import read_members

        return read_members(content.members(), origin)


class EntireMetadata(FileSource):
    """Reads metadata of checkpoints from files: one file each, or one line each."""

    name: ClassVar[str] = "entire-metadata"
    version: ClassVar[int] = 3
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether these are metadata of checkpoints, by the names of the first's fields."""
        return is_metadata(head.fields) or any(map(is_metadata, head.objects[:1]))

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each session of each checkpoint, and a tally."""
        from tracemill.sources.entire.reader import read_file

        return read_file(content, origin)


def is_metadata(fields: Mapping[str, Any]) -> bool:
    """Tell whether these are the fields of a checkpoint, or hold those of one as `metadata`."""
    inner = fields.get("metadata")
    own = inner if isinstance(inner, dict) else fields
    return "checkpoint_id" in own and not _MARKS.isdisjoint(own)


__all__ = ["Entire", "EntireMetadata", "is_metadata"]
