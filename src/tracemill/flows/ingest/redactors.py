"""The redactor of a process, made once: compiling its patterns takes as long as a session."""

from __future__ import annotations

from functools import lru_cache

from tracemill.redact import Redactor


@lru_cache(maxsize=1)
def redactor(key: bytes, home: str) -> Redactor:
    """Return the redactor with this key, for sessions of whoever has this home folder."""
    return Redactor(key, home=home)
