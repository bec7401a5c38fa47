"""Journals: files of records, one a line, that only grow. A record counts once it is fsynced.

A process that is killed may leave half a line behind. It never counted: nobody reads it, and it
goes when the next record is added.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from tracemill.base.errors import StoreError
from tracemill.records.canonical import canonical_json
from tracemill.records.refs import Record
from tracemill.store.workspace import write_whole

_RESTORE: Final = "restore the file from a backup"
R = TypeVar("R", bound=Record)


def read_journal(path: Path, kind: type[R], remedy: str = _RESTORE) -> Iterator[R]:
    """Yield all records, the first one first; none where there is no such file.

    Raises:
        StoreError: a line is damaged; `remedy` says what to do then.
    """
    if not path.exists():
        return
    decode = msgspec.json.Decoder(kind).decode
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return
            try:
                record = decode(line)
            except msgspec.DecodeError as error:
                raise StoreError(
                    f"{str(path)!r}, line {number}: expected a record of this journal: {error}; "
                    f"{remedy}"
                ) from error
            yield record


def append(path: Path, record: Record) -> None:
    """Add a record behind the last whole one."""
    append_line(path, canonical_json(record))


def append_line(path: Path, line: bytes) -> None:
    """Add a record that is encoded already; file and folder are made, closed to other users."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _cut_half_line(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as journal:
        journal.write(line + b"\n")
        journal.flush()
        os.fsync(journal.fileno())


def _cut_half_line(path: Path) -> None:
    if path.exists() and not _ends_whole(path):
        data = path.read_bytes()
        write_whole(path, data[: data.rfind(b"\n") + 1])


def _ends_whole(path: Path) -> bool:
    """Tell whether a file is empty, or its last line was written to its end."""
    with path.open("rb") as journal:
        journal.seek(max(0, journal.seek(0, os.SEEK_END) - 1))
        return journal.read() in (b"", b"\n")
