"""Where a JSON document breaks, or has another shape than asked for, and no word of what it holds.

What a person or tool means to be JSON is no fault: comments, a comma behind the last item, NaN,
and several documents in one file.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Final

import msgspec
import orjson

from tracemill.sources.reading.lenient_json import lenient_values

_MEANT: Final = (",", "/")
"""What stands where a strict reader stops over a comma too many, or a comment."""


def json_fault(data: bytes) -> str | None:
    """Return what is wrong with a document, and where; None where nothing is."""
    try:
        text = data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        return f"expected JSON in UTF-8, found other bytes at byte {error.start:,}"
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text[error.pos : error.pos + 1] in _MEANT or lenient_values(text).error is None:
            return None
        place = f"line {error.lineno:,}, column {error.colno:,}"
        if error.pos >= len(text.rstrip()):
            return f"expected JSON, found that it breaks off at {place}"
        return f"expected JSON, found something else at {place}"
    return None


def shape_fault(error: msgspec.ValidationError) -> str:
    """Return what was expected and where, without the value that was found."""
    what, _, where = str(error).partition(" - at ")
    if what.startswith("Invalid enum value"):
        what = "expected one of the known words, found another"
    return f"{what} at {where or '`$`'}"
