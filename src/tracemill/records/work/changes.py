"""What commits changed, line by line, behind the steps of a piece of work.

The lines are redacted as everything is. Nothing of this is kept: it is read anew from repositories
where somebody asks for it.
"""

from __future__ import annotations

from typing import Literal

from tracemill.records.refs import Count, Record

Lack = Literal["binary", "missing", "too_long", "withheld"]
"""Why nothing is shown of a file: it is no text, the repository lacks its contents, they are too
long, or what redaction made of them would not pass the gate."""


class ChangedLines(Record, frozen=True, kw_only=True):
    """Lines that follow one another, before and after, with a few around them."""

    old_start: Count
    """Number of the first line before, from 1."""
    new_start: Count
    """Number of the first line after, from 1."""
    before: str
    """The lines before."""
    after: str
    """The lines after."""


class ChangedText(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a commit did to one file."""

    path: str
    """Path within the repository."""
    old_path: str | None
    """Path before a rename or copy; null for other changes."""
    status: str
    """Git's letter: A added, M modified, D deleted, R renamed, C copied, T type changed."""
    old_object_id: str | None
    """Hash of its content before, under the workspace's key; null where there was none, or nobody
    recorded it."""
    object_id: str | None
    """Hash of its content after, likewise."""
    step: Count | None
    """Number of the implementation step that names this file, from 1; null where none does."""
    hunks: tuple[ChangedLines, ...]
    """What changed, from the beginning of the file on."""
    lack: Lack | None
    """Why there are no hunks; null where there are."""


class StepChanges(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What a commit changed, and the steps of a learning episode that tell of it."""

    episode_id: str
    """The piece of work, as in `sources.jsonl`."""
    steps: tuple[Count, ...]
    """Numbers of its implementation steps, from 1, that this commit carried out; empty where it is
    part of the work and no step tells of it."""
    commit: str
    """The commit's hash."""
    files: tuple[ChangedText, ...]
    """Its files, by path."""


class FileBefore(Record, frozen=True, kw_only=True):
    """A file as it was before a commit."""

    path: str
    """Path within the repository."""
    text: str
    """What it held."""
