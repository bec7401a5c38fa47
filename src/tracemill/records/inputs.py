"""What was looked at, and what reading it turned up besides its records: bad lines and counts.

None of it ever holds the text that it is about.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from tracemill.records.privacy.settings import ConsentLevel
from tracemill.records.refs import Count, Origin, Record, Span

QuarantineReason = Literal[
    "not_json",
    "not_xml",
    "not_an_object",
    "truncated",
    "oversize_line",
    "oversize_document",
    "bad_encoding",
    "bad_shape",
    "damaged",
    "detector_error",
    "detector_timeout",
]
"""Why bytes made no record: see each source for what it can tell apart.

What a detector failed on is kept in its shape, and every text of it is withheld.
"""


class Quarantined(Record, frozen=True, kw_only=True):
    """Bytes of an input that could not be read; they stay in the archive."""

    reason: QuarantineReason
    """Why."""
    detail: str
    """What was expected and what was found, in words that hold nothing of the content."""
    span: Span
    """The bytes."""
    origin: Origin
    """Where they stand."""


class Tally(Record, frozen=True, kw_only=True):
    """What became of an input's lines; a source yields it last.

    `n_lines` equals `n_used` plus the quarantined lines plus the sum of `skipped`.
    """

    n_lines: Count
    """Lines that were not blank."""
    n_used: Count
    """Lines that made a record or joined one."""
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    """Lines that are known to hold nothing to keep, or whose type is unknown, by reason."""


class Input(Record, frozen=True, kw_only=True):
    """One file or repository that was looked at, whether or not it was read."""

    id: str
    """Derived from source and address."""
    source: str | None
    """The source that read it; None where none recognised it."""
    source_version: int | None
    """Output version of that source."""
    uri: str
    """Its address, with personal parts pseudonymised."""
    status: Literal["read", "skipped"]
    """Whether records were read from it."""
    reason: str | None = None
    """Why it was skipped."""
    detail: str | None = None
    """What was expected and what was found."""
    n_bytes: Count = 0
    """Bytes read."""
    content: str | None = None
    """SHA-256 of its bytes, which also finds them in the archive."""
    n_records: dict[str, int] = msgspec.field(default_factory=dict)
    """Records read from it, counted by kind."""
    skipped: dict[str, int] = msgspec.field(default_factory=dict)
    """Lines that made no record, and parts of messages that nothing was made of, counted by
    reason; and records left out by consent."""
    consent: ConsentLevel = "full"
    """How much of it may be kept."""
