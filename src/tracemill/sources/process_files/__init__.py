"""What a team writes down of its process: documents, and headers that list issues.

Of a repository every version of such a file is one event: the commit that made it, the hash of its
content, and what it says. `table` says which files these are; what a file that is no document by
its path says decides about it, as the file stands at the end of its history. A document that lies
in no repository is one event, as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from tracemill.base.git.repositories import is_repository
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.file_source import FileSource
from tracemill.sources.head import Head
from tracemill.sources.protocol import InputKind, SourceRecord

_ENDINGS: Final = frozenset({
    ".md", ".mdx", ".mdc", ".markdown", ".rst", ".adoc", ".txt", ".yaml", ".yml", ".toml", ".j2",
    ".jinja", ".jinja2", ".prompt",
})  # fmt: skip


class ProcessFiles:
    """Reads every version of the files in which a team writes down how it works."""

    name: ClassVar[str] = "process-files"
    version: ClassVar[int] = 4
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


class LoneDocument(FileSource):
    """Reads documents that lie in no repository: prose, and prompts and recipes as YAML or TOML."""

    name: ClassVar[str] = "document"
    version: ClassVar[int] = 2
    marks: ClassVar[frozenset[str]] = frozenset()

    def recognises(self, head: Head) -> bool:
        """Tell whether this is a document, by its last folders and its name, or its headings."""
        if b"\0" in head.data or head.path.suffix.lower() not in _ENDINGS:
            return False
        from tracemill.sources.process_files.lone import is_document

        return is_document(head.path.as_posix(), head.text)

    def read(self, content: Content, origin: Origin) -> Iterator[SourceRecord]:
        """Yield one event for the document, one for a header in it, and a tally."""
        from tracemill.sources.process_files.lone import read_document_file

        return read_document_file(content, origin)


__all__ = ["LoneDocument", "ProcessFiles"]
