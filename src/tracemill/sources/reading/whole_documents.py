"""Files that hold an object on each line, or one document that goes over several.

Tools write the same object either way, so the lines themselves must tell which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import orjson

from tracemill.base.lines import Line, OversizeLine


def whole_documents(lines: Iterator[Line | OversizeLine]) -> Iterator[Line | OversizeLine]:
    """Yield lines as they are, or as one where a single document goes over several.

    It is one document where the first line that is not blank is no JSON; unless all of it together
    is none either, and some later line holds an object: then that first line alone is damaged.
    """
    first = next(lines, None)
    while isinstance(first, Line) and not first.data.strip():
        yield first
        first = next(lines, None)
    if first is None:
        return
    if isinstance(first, OversizeLine) or is_json(first.data):
        yield from chain([first], lines)
        return
    rest = list(lines)
    behind = [line for line in rest if isinstance(line, Line)]
    data = b"\n".join([first.data, *(line.data for line in behind)])
    if not is_json(data) and any(_is_object(line.data) for line in behind):
        yield from chain([first], rest)
        return
    yield Line.at(first.start, data, is_terminated=True)


def _is_object(data: bytes) -> bool:
    return data.lstrip().startswith(b"{") and is_json(data)


def is_json(data: bytes) -> bool:
    """Tell whether some bytes are one JSON value."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
