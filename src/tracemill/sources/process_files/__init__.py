"""What a repository's history holds of a team's process: documents, and headers that list issues.

Every version of such a file is one event: the commit that made it, the hash of its content, and
what it says. `table` says which files these are; what a file that is no document by its
path says decides about it, as the file stands at the end of its history.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from tracemill.base.git import is_repository
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord


class ProcessFiles:
    """Reads every version of the files in which a team writes down how it works."""

    name: ClassVar[str] = "process-files"
    version: ClassVar[int] = 2
    reads: ClassVar[InputKind] = "repository"
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a repository; whether it has such files shows in its history."""
        return not head.data and is_repository(head.path)

    def open(self, path: Path) -> BinaryIO:
        """Return the versions of the files as one stream: a list, then each content once."""
        from tracemill.sources.process_files.history import version_stream

        return version_stream(path)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for each version of a document or header, and a tally."""
        from tracemill.sources.process_files.reader import read_versions

        return read_versions(content.members(), origin)


__all__ = ["ProcessFiles"]
