"""The databases of the workspace itself: durable where they are written, readable anywhere."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from tracemill.base.sqlite import reading_address

_WAIT_S: Final = 30


def connect(path: Path, schema: str) -> sqlite3.Connection:
    """Return a database with all that its schema names, made where it is not there.

    Where its place cannot be written, as on a read-only disk, one that is there can be read.
    """
    if path.exists() and not all(os.access(place, os.W_OK) for place in (path, path.parent)):
        return sqlite3.connect(reading_address(path), uri=True)
    database = sqlite3.connect(path, timeout=_WAIT_S)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.executescript(schema)
    return database
