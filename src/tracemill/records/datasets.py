"""A dataset version: what one build made, and everything that is needed to make it again."""

from __future__ import annotations

from typing import Any

import msgspec

from tracemill.records.refs import Count, Record


class ExportedFile(Record, frozen=True, kw_only=True):
    """One file of an export."""

    path: str
    """Path within the export's folder."""
    format: str
    """The exporter that wrote it."""
    rows: Count
    """Rows in it."""
    n_bytes: Count
    """Its size."""
    sha256: str
    """Hash of its bytes."""


class DatasetVersion(Record, frozen=True, kw_only=True):
    """Immutable, identified by what it contains."""

    id: str
    """Derived from the ids of its examples and its config."""
    name: str
    """The dataset's name."""
    parent: str | None = None
    """The version that it follows."""
    config: dict[str, Any] = msgspec.field(default_factory=dict)
    """The builder's settings."""
    code_versions: dict[str, int] = msgspec.field(default_factory=dict)
    """Versions of the rules that took part."""
    n_examples: dict[str, int] = msgspec.field(default_factory=dict)
    """Examples, counted by kind and split, as `chat/train`."""
    drops: dict[str, int] = msgspec.field(default_factory=dict)
    """Candidates that were left out, counted by reason."""
    files: tuple[ExportedFile, ...] = ()
    """What was written."""
