"""Ids are content hashes with a kind prefix: the same content always has the same id.

An id is `<kind>_<20 hex>`: 80 bits of BLAKE2b, so a billion records collide with a
probability below one in a million. Parts are length-prefixed before hashing, so that
`("ab", "c")` and `("a", "bc")` differ.
"""

from __future__ import annotations

import hashlib

_DIGEST_BYTES = 10


def make_id(kind: str, *parts: str | bytes) -> str:
    """Return the id of the record of `kind` that `parts` identify."""
    return f"{kind}_{digest(*parts)}"


def digest(*parts: str | bytes) -> str:
    """Return 20 hex characters that identify `parts` in their order."""
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(b"%d:" % len(data))
        state.update(data)
    return state.hexdigest()


def place_of(salt: str, unit: str) -> float:
    """Return where a unit stands from 0 up to 1: a fair draw that anybody can repeat."""
    text = f"{salt}\0{unit}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") / 2**64
