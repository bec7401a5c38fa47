"""Patterns as Hyperscan compiles them, which takes longer than to scan many sessions.

What was compiled can be handed out as bytes and handed in again. Bytes that are damaged, or were
made of other patterns, by another release or for another machine, are no error: the patterns are
compiled anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    import hyperscan

_DIGEST_BYTES: Final = 32


class Pattern(NamedTuple):
    """One expression that Hyperscan looks for."""

    id: int
    """The number that it is reported by."""
    expression: bytes
    """What it looks like."""
    flags: int
    """Flags of Hyperscan."""


def compiled(
    patterns: Sequence[Pattern], kept: Iterable[bytes] = ()
) -> tuple[hyperscan.Database, bytes]:
    """Return the patterns compiled, out of one of `kept` that holds them, and what can be kept."""
    name = _name(patterns)
    for each in kept:
        if (found := _loaded(each, name)) is not None:
            return found, each
    import hyperscan

    database = _compile(patterns)
    data = hyperscan.dumpb(database)
    return database, _digest(name, data) + data


def _compile(patterns: Sequence[Pattern]) -> hyperscan.Database:
    import hyperscan

    ids, expressions, flags = zip(*patterns, strict=True)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=expressions, ids=ids, flags=flags)
    return database


def _name(patterns: Sequence[Pattern]) -> bytes:
    """Return what the compiled bytes depend on.

    A compiled pattern says for which release and which instructions of a processor it is.
    """
    made_for = _compile([Pattern(0, b"a", 0)]).info()
    return msgspec.msgpack.encode((made_for, patterns))


def _loaded(kept: bytes, name: bytes) -> hyperscan.Database | None:
    import hyperscan

    digest, data = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
    if digest != _digest(name, data):
        return None
    try:
        return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None


def _digest(name: bytes, data: bytes) -> bytes:
    return blake2b(name + data, digest_size=_DIGEST_BYTES).digest()
