r"""Git history: each commit one event, with its files and line counts against its first parent.

The input is the stream that `base.git.log` defines. A commit is a record of it, over as many
lines as its message has. What a merge changed is what it brought to its first parent, so the
sums over a history count a merged branch twice: leave merges out where that matters.

What cannot be known stays None: the counts of binary files, those of contents that git could
not read, and the files of a commit whose parents a shallow clone lacks. Each such commit is
counted among the skipped, beside being used, so that a person sees what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from tracemill.base.git.repositories import is_repository
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord


class GitHistory:
    """Reads the commits of a repository, whatever their branch."""

    name: ClassVar[str] = "git"
    version: ClassVar[int] = 7
    reads: ClassVar[InputKind] = "repository"
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a work tree or bare repository."""
        return not head.data and is_repository(head.path)

    def open(self, path: Path) -> BinaryIO:
        """Return the history of the repository at `path` as one stream."""
        from tracemill.base.git.log import log_stream

        return log_stream(path)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield an event for each commit, children first, what follows from them, and a tally."""
        from tracemill.sources.git_history.reader import read_history

        return read_history(content.lines(), origin)


__all__ = ["GitHistory"]
