"""The receipt of an export: what was looked at before it went out, with which rules, and by whom.

It is bound to the exact bytes of every file. It holds nothing of what they say, so it may be
shared with them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from tracemill.records.refs import Count, Record

ExportKind = Literal["dataset", "session", "reports", "reviews", "learning", "suite", "page"]
"""What goes out: a dataset version, one session as a document, a team's own files, what is to be
reviewed in another tool, what can be learned from episodes, a suite for another harness, or a page
as a file."""


class ReceiptFile(Record, frozen=True, kw_only=True):
    """One file that went out."""

    path: str
    """Its path beside the receipt."""
    n_bytes: Count
    """Its size."""
    sha256: str
    """Hash of its bytes."""


class Seal(Record, frozen=True, kw_only=True):
    """Proof, to whoever has the workspace's key, that nobody changed the receipt."""

    key_id: str
    """Which key; it says nothing about the key itself."""
    hmac_sha256: str
    """HMAC of the receipt without its seal, in hexadecimal."""


class Receipt(Record, frozen=True, kw_only=True, omit_defaults=False):
    """What an export went through before it went out."""

    version: Literal[1] = 1
    """Version of this record's shape."""
    kind: ExportKind
    """What went out."""
    subject: str
    """Id of the dataset version, session or suite; `reports` or a report's name, the tool of
    reviews, `learning`, or a page's address."""
    at: datetime
    """When, aware UTC."""
    reviewer: str | None
    """Who says to have looked at it; None where nobody said so."""
    tracemill: str
    """Version of the program."""
    redact_version: int
    """Version of the code around the rules."""
    rules_version: str
    """Hash of the rules and of that version."""
    rules: tuple[str, ...]
    """Names of the rules that were looked with."""
    n_canaries: Count
    """Planted texts, drawn for this export, that redaction found just before."""
    n_allowed: Count
    """Decisions that something is harmless, which were not looked behind."""
    n_scanned: Count
    """Files that were read again as they were written; nothing was found in them."""
    is_whole_folder: bool
    """Whether the folder held nothing else."""
    files: tuple[ReceiptFile, ...]
    """The files."""
    not_checked: tuple[str, ...]
    """What nobody looked at."""
    seal: Seal | None = None
    """Proof that nobody changed this; None where the workspace has no key."""


class ExportNote(Record, frozen=True, kw_only=True, omit_defaults=False):
    """That something left the workspace."""

    at: datetime
    """When, aware UTC."""
    kind: ExportKind
    """What left."""
    subject: str
    """Id of the dataset version, session or suite; `reports` or a report's name, the tool of
    reviews, `learning`, or a page's address."""
    to: str
    """The folder or file that was written."""
    inputs: tuple[str, ...] = ()
    """The inputs that a session was read from, or a suite was made of."""
    reviewer: str | None = None
    """Who said to have looked at it."""
