"""What ever left the workspace through the gate, and where to: copies that nothing here can reach.

The paths are a person's own, so the list lies in the vault.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import StoreError
from tracemill.records.receipts import ExportNote

_NAME: Final = "exports.jsonl"


def note_export(vault: Path, note: ExportNote) -> None:
    """Keep that something left; a note is a line, and lines are only ever added."""
    vault.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(vault / _NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as out:
        out.write(msgspec.json.encode(note) + b"\n")
        out.flush()
        os.fsync(out.fileno())


def read_exports(vault: Path) -> tuple[ExportNote, ...]:
    """Return what left, in its order.

    Raises:
        StoreError: the list is damaged.
    """
    path = vault / _NAME
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    try:
        return tuple(msgspec.json.decode(line, type=ExportNote) for line in lines)
    except msgspec.DecodeError as error:
        raise StoreError(
            f"{str(path)!r} is damaged ({error}); restore it, or delete it: then nobody knows "
            "which copies there are"
        ) from None
