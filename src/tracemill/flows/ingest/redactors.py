"""The redactor of a process, made once, with patterns that the vault keeps compiled.

The file may be damaged or another machine's: then the patterns are compiled again, and kept in
its place.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from tracemill.redact import Redactor


@lru_cache(maxsize=1)
def redactor(key: bytes, home: str, compiled: str) -> Redactor:
    """Return the redactor with this key, for sessions of whoever has this home folder.

    `compiled` is the file of the compiled patterns. They name the home folder.
    """
    kept: bytes | None = None
    with suppress(OSError):
        kept = Path(compiled).read_bytes()
    made = Redactor(key, home=home, compiled=kept)
    if made.compiled is not None and made.compiled != kept:
        with suppress(OSError):  # without it the next process takes longer, and that is all
            Path(compiled).write_bytes(made.compiled)
    return made
