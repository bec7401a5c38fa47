"""Files of whole sessions: one document, a list of them, or one on each line.

Data sets come in all three shapes, and a single session may be written on one line or many. A
format says how one row is opened; each row gives one or more parts, which are read like documents
of their own. Rows that cannot be read are quarantined, and their neighbours are read all the same.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

import orjson

from tracemill.base.ids import make_id
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin
from tracemill.sources.content import Content
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import (
    Item,
    NotADocumentError,
    object_at,
    quarantined,
    read_items,
    take_apart,
    too_large,
)
from tracemill.sources.reading.json_lines import BadShapeError, LineReader, oversize


class TrajectoryIds:
    """Ids of the trajectories of one input; those that say the same are told apart by number."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def make(self, *parts: str | bytes) -> str:
        """Return the id of the trajectory that `parts` identify, as often as that was asked for."""
        found = make_id("traj", *parts)
        number = self._seen[found]
        self._seen[found] += 1
        return make_id("traj", *parts, str(number)) if number else found


class Part(NamedTuple):
    """Items that one reader takes: a trajectory of a row."""

    items: Iterable[Item[Line]]
    reader: LineReader[dict[str, Any]]


def objects(lines: Iterable[Line]) -> Iterator[Item[Line]]:
    """Yield the objects that stand on lines."""
    return (object_at(line, line.data) for line in lines)


def is_list(row: Line) -> bool:
    """Tell whether a row is a list."""
    return row.data.removeprefix(BOM_UTF8).lstrip().startswith(b"[")


def _never(_item: Mapping[str, Any]) -> bool:
    return False


def read_rows(
    content: Content,
    origin: Origin,
    open_row: Callable[[Line], Iterator[Part]],
    is_inner: Callable[[Mapping[str, Any]], bool] = _never,
) -> Iterator[SourceRecord]:
    """Yield what the rows hold, part by part, and the tally over all of them.

    Args:
        content: the bytes.
        origin: where they stand.
        open_row: yields the parts of a row; it raises BadShapeError or NotADocumentError where the
            row is none.
        is_inner: tells by its first item that a list is one row, and no list of rows.
    """
    n_lines = n_used = 0
    skipped: Counter[str] = Counter()
    for row in rows_of(content, origin, is_inner):
        if isinstance(row, Quarantined):
            yield row
            n_lines += 1
            continue
        try:
            for part in open_row(row):
                for record in read_items(part.items, origin, part.reader):
                    if not isinstance(record, Tally):
                        yield record
                        continue
                    n_lines += record.n_lines
                    n_used += record.n_used
                    if record.skipped:
                        skipped.update(record.skipped)
        except (NotADocumentError, BadShapeError) as error:
            yield quarantined(row, error, origin)
            n_lines += 1
    yield Tally(n_lines=n_lines, n_used=n_used, skipped=dict(skipped))


def rows_of(
    content: Content, origin: Origin, is_inner: Callable[[Mapping[str, Any]], bool] = _never
) -> Iterator[Line | Quarantined]:
    """Yield the rows of an input with their places, and what cannot be read as one."""
    blocks = iter(content.blocks())
    first = _first_line(blocks, content.max_bytes)
    again = Content(chain([first], blocks), content.max_bytes)
    if not _is_of_lines(first):
        yield from _rows_of_document(again, origin, is_inner)
        return
    for line in again.lines():
        if isinstance(line, OversizeLine):
            yield oversize(line, origin)
        elif (data := line.data).removeprefix(BOM_UTF8).strip():
            yield line._replace(raw=data)  # a row is large, and its bytes are asked for often


def _first_line(blocks: Iterator[bytes], max_bytes: int) -> bytes:
    """Return so many blocks as hold a first line that is not blank."""
    held: list[bytes] = []
    n_bytes, has_begun = 0, False
    for block in blocks:
        held.append(block)
        n_bytes += len(block)
        said = block if has_begun else block.lstrip()
        has_begun = has_begun or bool(said)
        if b"\n" in said or n_bytes > max_bytes:
            break
    return b"".join(held)


def _is_of_lines(first: bytes) -> bool:
    """Tell whether a file begins with an object that ends on its first line."""
    start = first.removeprefix(BOM_UTF8).lstrip()
    end = start.find(b"\n")
    if not start.startswith(b"{") or end < 0:
        return False
    try:
        orjson.loads(start[:end])
    except orjson.JSONDecodeError:
        return False
    return True


def _rows_of_document(
    content: Content, origin: Origin, is_inner: Callable[[Mapping[str, Any]], bool]
) -> Iterator[Line | Quarantined]:
    data = content.document()
    whole = Line.at(0, data or b"", is_terminated=False)
    try:
        if data is None:
            too_large(content)
        items = take_apart(data, ()).items if is_list(whole) else []
        is_one = not is_list(whole) or (
            items and is_inner(object_at(items[0], items[0].data).fields)
        )
        yield from [whole] if is_one else items
    except NotADocumentError as error:
        yield quarantined(whole, error, origin)
