"""What a record is as bytes: the same for the same content, so that ids and hashes rest on it.

What is imitated keeps its order besides: a model that writes what to put in the place of a text
before it has written that text learned it from keys that somebody sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

canonical_json: Final = msgspec.json.Encoder(order="deterministic").encode
"""Return a record, or values that JSON knows, as JSON: keys in order, no spaces, UTF-8."""

as_given_json: Final = msgspec.json.Encoder().encode
"""Return a record, or values that JSON knows, as JSON with the keys in the order they came in."""


def row_lines(rows: Iterable[Any]) -> bytes:
    """Return rows as the lines of a file that somebody learns from, or is judged by."""
    return b"".join(as_given_json(row) + b"\n" for row in rows)
