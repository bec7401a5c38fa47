"""Expressions as Hyperscan compiles them, which takes longer than to scan many sessions.

What was compiled can be handed out as bytes and handed in again. Bytes that are damaged, or were
made of other expressions, by another release or for another machine, are no error: they are
compiled anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    import hyperscan

_DIGEST_BYTES: Final = 32


class Expressions(NamedTuple):
    """What one database looks for; each is reported by its number."""

    texts: Sequence[bytes]
    """Keywords or patterns."""
    are_keywords: bool
    """Whether they stand for themselves, in upper and lower case; no keyword has a line end."""


class Compiled(NamedTuple):
    """Databases in the order of what they look for, and what spares their making."""

    databases: list[hyperscan.Database]
    kept: bytes


def compiled(looked_for: Sequence[Expressions], kept: Iterable[bytes]) -> Compiled:
    """Return a database for each, out of one of `kept` that holds just these."""
    name = _name(looked_for)
    for each in kept:
        if (found := _loaded(each, name)) is not None:
            return Compiled(found, each)
    import hyperscan

    databases = [database(each) for each in looked_for]
    data = msgspec.msgpack.encode([hyperscan.dumpb(each) for each in databases])
    return Compiled(databases, name + _digest(data) + data)


def database(expressions: Expressions) -> hyperscan.Database:
    """Return a database that is compiled anew."""
    import hyperscan

    if expressions.are_keywords:
        texts, flag = _escaped(expressions.texts), hyperscan.HS_FLAG_CASELESS
    else:
        texts, flag = list(expressions.texts), hyperscan.HS_FLAG_MULTILINE
    made = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    # an id for each: thousands of expressions with one id take seconds to compile
    made.compile(expressions=texts, ids=list(range(len(texts))), flags=[flag] * len(texts))
    return made


def _escaped(keywords: Sequence[bytes]) -> list[bytes]:
    """Return keywords as expressions, all escaped at once."""
    return re.escape(b"\n".join(keywords)).split(b"\\\n")


def _name(looked_for: Sequence[Expressions]) -> bytes:
    """Return a digest of what the compiled bytes depend on.

    A compiled pattern says for which release and which instructions of a processor it is.
    """
    made_for = database(Expressions([b"a"], are_keywords=False)).info()
    return _digest(msgspec.msgpack.encode((made_for, looked_for)))


def _loaded(kept: bytes, name: bytes) -> list[hyperscan.Database] | None:
    import hyperscan

    data = kept[2 * _DIGEST_BYTES :]
    if not kept.startswith(name) or kept[_DIGEST_BYTES : 2 * _DIGEST_BYTES] != _digest(data):
        return None
    try:
        databases = msgspec.msgpack.decode(data, type=list[bytes])
        return [hyperscan.loadb(each, hyperscan.HS_MODE_BLOCK) for each in databases]
    except hyperscan.error:
        return None


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
