"""What an export of a dataset version holds: in which format, from what, and what is not in it."""

from __future__ import annotations

import msgspec

from tracemill.records.datasets.templates import TemplateSpec
from tracemill.records.datasets.versions import DatasetVersion, ExportedFile
from tracemill.records.refs import Count, Record


class Lengths(Record, frozen=True, kw_only=True):
    """How long the rows of a file are, in tokens."""

    rows: Count
    """Rows in it."""
    tokens: Count
    """Tokens of all rows."""
    trained_tokens: Count
    """Tokens that carry loss."""
    median: Count
    """Half of the rows are at most as long."""
    p95: Count
    """95 of 100 rows are at most as long."""
    longest: Count
    """The longest row."""


class ExportManifest(Record, frozen=True, kw_only=True):
    """A dataset version in the files of one format."""

    format: str
    """The format."""
    export_version: int
    """Version of the rules that wrote it."""
    version: DatasetVersion
    """The version that it was made from."""
    files: tuple[ExportedFile, ...]
    """What was written."""
    left_out: dict[str, int] = msgspec.field(default_factory=dict)
    """What the format has no place for, and rows that were cut, counted by reason."""
    template: TemplateSpec | None = None
    """The form in which a model meets it; None where the files hold no tokens or rendered text."""
    max_length: Count | None = None
    """Tokens that a row may have; None where nobody said, or the files hold no tokens."""
    lengths: dict[str, Lengths] = msgspec.field(default_factory=dict)
    """How long the rows are, by file, where they hold tokens."""
