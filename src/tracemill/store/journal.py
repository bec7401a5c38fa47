"""Journals: files of records, one a line, that only grow. A record counts once it is fsynced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from tracemill.base.errors import SchemaError
from tracemill.records.refs import Record
from tracemill.store.workspace import write_whole

R = TypeVar("R", bound=Record)


def read_journal(path: Path, kind: type[R]) -> Iterator[R]:
    """Yield all records, the first one first.

    Raises:
        SchemaError: a line is damaged.
    """
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                return  # a killed process wrote half of it, so it never counted
            try:
                yield msgspec.json.decode(line, type=kind)
            except msgspec.DecodeError as error:
                raise SchemaError(f"{str(path)!r}, line {number}: {error}") from error


def append(path: Path, record: Record) -> None:
    """Add a record behind the last whole one; its folder is made, closed to other users."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _cut_half_line(path)
    with path.open("ab") as journal:
        journal.write(msgspec.json.encode(record, order="deterministic") + b"\n")
        journal.flush()
        os.fsync(journal.fileno())


def _cut_half_line(path: Path) -> None:
    if path.exists() and not (data := path.read_bytes()).endswith(b"\n") and data:
        write_whole(path, data[: data.rfind(b"\n") + 1])
