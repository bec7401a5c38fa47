"""What a repository's history says: one event for each commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from tracemill.records.events.base import EventBase
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
    object_id: str | None = None
    """Hash of its content, which equal contents share; None where it is gone. Git's own while it is
    read; what is kept is under the workspace's key, so that nobody can test a guess."""
    old_object_id: str | None = None
    """The same of its content before; None where there was none."""


def lines_in(files: Iterable[FileChange], side: Literal["added", "deleted"]) -> int | None:
    """Return how many lines were added or deleted in the files of which git counts them.

    None where there are files and git counts the lines of none.
    """
    held = list(files)
    counts = [n for n in (getattr(each, side) for each in held) if n is not None]
    return sum(counts) if counts or not held else None


def n_uncounted(files: Iterable[FileChange]) -> int:
    """Return how many changed files have lines that git does not count: binary, or not read."""
    return sum(each.added is None or each.deleted is None for each in files)


class CoAuthor(Record, frozen=True, kw_only=True):
    """Somebody who is named as an author beside the author."""

    name: str
    """Pseudonym."""
    agent: str | None = None
    """The agent program that it is, for example `claude`; None for a person, or one unknown."""


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
    cherry_picked: str | None = None
    """Hash of the commit that it says it was picked from."""
    squashed: tuple[str, ...] = ()
    """Subjects of the commits that its message says are squashed into it."""
    co_authors: tuple[CoAuthor, ...] = ()
    """Authors that its trailers name beside its author."""
    checkpoints: tuple[str, ...] = ()
    """Names of the checkpoints that its trailers name."""
    files: tuple[FileChange, ...] | None = None
    """What it changed against its first parent; None where git could not tell."""
    refs: tuple[str, ...] = ()
    """Branches that point at it."""
    tags: tuple[str, ...] = ()
    """Tags that point at it."""


class ChangeUndone(EventBase, frozen=True, kw_only=True, tag="change_undone"):
    """That a commit takes another back, told by its changes and not by its message.

    `at` is the time of the commit that takes the other back.
    """

    commit: str
    """Hash of the commit that takes the other back."""
    undone: str
    """Hash of the commit that is taken back."""
    is_exact: bool
    """Whether each file that the other changed has its former content again; otherwise the lines
    that it added are gone and those that it deleted are back, and other lines may differ."""


class BareLines(EventBase, frozen=True, kw_only=True, tag="bare_lines"):
    """Which lines a commit added, as bare hashes. `at` is the commit time.

    A guess at a line can be tested against them, so this is never kept: it comes in from a
    source, and what is kept is `LinesAdded`.
    """

    commit: str
    """Hash of the commit."""
    hashes: bytes
    """The hashes, packed: see `base.line_sketch`."""


class LinesAdded(EventBase, frozen=True, kw_only=True, tag="lines_added"):
    """Which lines a commit added, as a sketch that tells what they share with other lines.

    `at` is the commit time.
    """

    commit: str
    """Hash of the commit."""
    lines: bytes
    """Their sketch, sealed with the workspace's key: see `base.line_sketch`."""


class LinesMoved(Record, frozen=True, kw_only=True):
    """That lines which one commit wrote went from the main line, or came back to it."""

    commit: str
    """Hash of the commit that took or brought them."""
    at: datetime | None = None
    """When that reached the main line."""
    n_lines: Count
    """How many lines."""


class LineFate(EventBase, frozen=True, kw_only=True, tag="line_fate"):
    """What became of the lines that a commit wrote, up to the repository's HEAD.

    `at` is the time of the commit that wrote them. The main line is HEAD and its first parents.
    """

    commit: str
    """Hash of the commit that wrote them."""
    n_lines: Count
    """Lines that it wrote and that were looked for; short ones and such of large files are not."""
    n_landed: Count
    """Those of them that reached the main line, by whichever commit brought them there."""
    landed: datetime | None = None
    """When the first of them did; None where none did."""
    n_lost: Count = 0
    """Landed lines of which nothing is known since their file could no longer be read."""
    gone: tuple[LinesMoved, ...] = ()
    """Lines that went from their file, by the commit that took them, oldest first."""
    back: tuple[LinesMoved, ...] = ()
    """Lines of those that came back."""
