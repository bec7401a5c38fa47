"""What ever left the workspace through the gate, and where to: copies that nothing here can reach.

The paths are a person's own, so the list lies in the vault.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from tracemill.records.privacy.receipts import ExportNote
from tracemill.store.journal import append, read_journal

_NAME: Final = "exports.jsonl"
_REMEDY: Final = "restore it, or delete it: then nobody knows which copies there are"


def note_export(vault: Path, note: ExportNote) -> None:
    """Keep that something left; where to is for people, with the bytes that are no UTF-8 shown."""
    to = note.to.encode("utf-8", "backslashreplace").decode()
    append(vault / _NAME, msgspec.structs.replace(note, to=to))


def read_exports(vault: Path) -> tuple[ExportNote, ...]:
    """Return what left, in its order.

    Raises:
        StoreError: the list is damaged.
    """
    return tuple(read_journal(vault / _NAME, ExportNote, _REMEDY))
