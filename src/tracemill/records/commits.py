"""What a repository's history says: one event for each commit."""

from __future__ import annotations

from datetime import datetime

from tracemill.records.event_base import EventBase
from tracemill.records.refs import Count, Record


class FileChange(Record, frozen=True, kw_only=True):
    """What a commit did to one file."""

    path: str
    """Path within the repository."""
    status: str
    """Git's letter: A added, M modified, D deleted, R renamed, C copied, T type changed."""
    added: Count | None = None
    """Lines added; None for binary files and where git could not read the contents."""
    deleted: Count | None = None
    """Lines deleted; None as for `added`."""
    old_path: str | None = None
    """Path before a rename or copy."""


class Commit(EventBase, frozen=True, kw_only=True, tag="commit"):
    """One git commit. `at` is its commit time."""

    sha: str
    """The full hash."""
    parents: tuple[str, ...] = ()
    """Hashes of its parents; two or more make it a merge."""
    author: str = ""
    """Pseudonym of its author."""
    authored: datetime | None = None
    """When it was written, aware UTC."""
    subject: str = ""
    """First line of its message."""
    body: str = ""
    """The rest of its message, trailers included."""
    trailers: tuple[tuple[str, str], ...] = ()
    """Key and value of each trailer, in order."""
    reverts: tuple[str, ...] = ()
    """Hashes of the commits that it says it reverts, as written: whole or abbreviated."""
    files: tuple[FileChange, ...] | None = None
    """What it changed against its first parent; None where git could not tell."""
    refs: tuple[str, ...] = ()
    """Branches and tags that point at it."""
