"""The redactor of a process, made once; its compiled patterns are kept between runs.

Compiling the patterns takes longer than reading ten megabytes of sessions. What is compiled
depends on the rules and the scanner alone, holds nothing personal, and so is kept in the user's
cache folder, with a hash that tells a damaged file from a whole one.
"""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from tracemill.base.ids import digest
from tracemill.redact import Redactor, compile_database, rules_version
from tracemill.store.workspace import write_whole

_HASH_BYTES = 32


@lru_cache(maxsize=1)
def redactor(key: bytes) -> Redactor:
    """Return the redactor with this key."""
    return Redactor(key, database=_database() if find_spec("hyperscan") else None)


def _database() -> bytes:
    machine = platform.machine() + platform.processor() + platform.node()
    name = digest(rules_version(), version("hyperscan"), machine)
    path = user_cache_path("tracemill", appauthor=False) / f"patterns-{name}.bin"
    kept = _read(path)
    if kept is None:
        kept = compile_database()
        _keep(path, kept)
    return kept


def _read(path: Path) -> bytes | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    expected, database = data[:_HASH_BYTES], data[_HASH_BYTES:]
    return database if hashlib.sha256(database).digest() == expected else None


def _keep(path: Path, database: bytes) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, hashlib.sha256(database).digest() + database)
    except OSError:
        return  # a cache that cannot be written costs time, and nothing else
