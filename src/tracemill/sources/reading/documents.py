"""One JSON document as an agent or tool writes it: a few fields, and a list of items.

Each item is handed to a reader like a line, with the bytes that it stands on, so a step read
from a document leads back to its place as surely as one read from a line. A document that no
strict reader takes (NaN, lone surrogates) is read leniently; then every item stands for the
whole document, since nothing tells where it began.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, Generic, NamedTuple, NoReturn, Protocol, TypeVar

import jiter
import msgspec
import orjson

from tracemill.base.lines import Line, OversizeLine
from tracemill.records.inputs import Quarantined, QuarantineReason, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.content import Content
from tracemill.sources.head import HEAD_BYTES
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_lines import BadShapeError, LineReader
from tracemill.sources.reading.lenient_json import lenient_values

_PARTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_NO_ITEMS: Final = msgspec.Raw(b"[]")
_COLON: Final = re.compile(rb"[ \t\r\n]*:[ \t\r\n]*")
_LIST_BEGINS: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[[ \t\r\n]*")
_NEXT_ITEM: Final = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")


class DocumentReader(LineReader[dict[str, Any]], Protocol):
    """What a format adds: it takes a document's fields first, then its items in their order."""

    def begin(self, fields: Mapping[str, Any], whole: Line) -> None:
        """Take all fields but the list of items; `whole` is the document.

        Raises BadShapeError where the document is not of this format after all.
        """
        ...


class NotADocumentError(Exception):
    """Bytes hold no document or no item of one; the message says why without quoting them."""

    def __init__(self, reason: QuarantineReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


P = TypeVar("P", bound=Line | Span)
P_contra = TypeVar("P_contra", bound=Line | Span, contravariant=True)


class ItemReader(Protocol[P_contra]):
    """What a format adds where its items are no lines: it takes them in their order."""

    ready: list[SourceRecord]
    """Records that are complete; the caller empties it."""

    def take(self, record: dict[str, Any], line: P_contra, /) -> str | None:
        """Read one item; return why it holds nothing to keep, or None where it was used.

        Raises BadShapeError before anything was changed.
        """
        ...

    def finish(self) -> None:
        """Complete what is still open."""
        ...


class Item(msgspec.Struct, Generic[P], frozen=True, gc=False):
    """One item of an input, and where it stands."""

    place: P
    fields: dict[str, Any]
    """What it says; nothing where it cannot be read."""
    problem: NotADocumentError | None = None
    """Why it cannot be read."""

    @classmethod
    def unread(cls, place: P, reason: QuarantineReason, detail: str) -> Item[P]:
        """Return an item that cannot be read, and why."""
        return cls(place, {}, NotADocumentError(reason, detail))

    def saying(self, fields: dict[str, Any]) -> Item[P]:
        """Return the item with other fields."""
        return Item(self.place, fields, self.problem)


class Document(NamedTuple):
    """A document taken apart."""

    fields: Mapping[str, Any]
    """Its fields, but for the list."""
    items: list[Line]
    """The items of the list with the bytes that they stand on."""
    whole: Line


def read_document(
    content: Content, origin: Origin, reader: DocumentReader, path: tuple[str, ...]
) -> Iterator[SourceRecord]:
    """Yield what `reader` makes of a document whose items stand at `path`, and the tally.

    An empty path means that the document is itself the list.
    """
    data = content.document()
    whole = Line.at(0, data or b"", is_terminated=False)
    try:
        document = take_apart(data, path) if data is not None else too_large(content)
        reader.begin(document.fields, document.whole)
    except (NotADocumentError, BadShapeError) as error:
        yield quarantined(whole, error, origin)
        yield Tally(n_lines=1, n_used=0)
        return
    yield from read_items((object_at(item, item.data) for item in document.items), origin, reader)


def read_lists(
    content: Content, lists: Mapping[tuple[str, ...], str], key: str
) -> Iterator[Item[Line]]:
    """Yield the items of several lists of a document, each with the name of its list at `key`.

    A list that is absent has no items; a document that cannot be read is one bad item.
    """
    data = content.document()
    try:
        whole = data if data is not None else too_large(content)
        found = [(take_apart(whole, path).items, name) for path, name in lists.items()]
    except NotADocumentError as error:
        yield Item(Line.at(0, data or b"", is_terminated=False), {}, error)
        return
    for items, name in found:
        for item in items:
            read = object_at(item, item.data)
            yield read.saying({**read.fields, key: name})


class Start(NamedTuple):
    """The beginning of an input, looked at without using it up."""

    line: bytes
    """Its first line, as far as that is not longer than the head of a file."""
    content: Content
    """All of the input, to be read once."""


def first_line(content: Content) -> Start:
    """Return the first line of an input, which tells a document from a file of lines."""
    blocks = iter(content.blocks())
    held = b""
    for block in blocks:
        held += block
        if b"\n" in block or len(held) > HEAD_BYTES:
            break
    return Start(held.partition(b"\n")[0], Content(chain([held], blocks), content.max_bytes))


def too_large(content: Content) -> NoReturn:
    """Say that a document is longer than the limit.

    Raises:
        NotADocumentError: always.
    """
    detail = f"expected at most {content.max_bytes} bytes, found more"
    raise NotADocumentError("oversize_document", detail)


def read_items(
    items: Iterable[Item[P]], origin: Origin, reader: ItemReader[P]
) -> Iterator[SourceRecord]:
    """Yield what `reader` makes of `items`, those that it cannot read, and the tally."""
    n_used = n_quarantined = 0
    skipped: Counter[str] = Counter()
    for item in items:
        try:
            if item.problem is not None:
                raise item.problem
            verdict = reader.take(item.fields, item.place)
        except (NotADocumentError, BadShapeError) as error:
            n_quarantined += 1
            yield quarantined(item.place, error, origin)
            continue
        if verdict is None:
            n_used += 1
        else:
            skipped[verdict] += 1
        yield from reader.ready
        reader.ready.clear()
    reader.finish()
    yield from reader.ready
    reader.ready.clear()
    n_items = n_used + n_quarantined + skipped.total()
    yield Tally(n_lines=n_items, n_used=n_used, skipped=dict(skipped))


def object_at(place: P, data: bytes) -> Item[P]:
    """Return the one object that stands at `place`, or why there is none."""
    try:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            value = _one_value(data)
    except NotADocumentError as error:
        return Item(place, {}, error)
    if not isinstance(value, dict):
        detail = f"expected an object, found {type(value).__name__}"
        return Item.unread(place, "not_an_object", detail)
    return Item(place, value)


def take_apart_item(
    item: Line, path: tuple[str, ...], wanted: frozenset[str] | None = None
) -> Document:
    """Return the fields of an item that is itself a document, and its items with their places.

    Raises:
        NotADocumentError: the item holds no list at `path`.
    """
    return _taken_apart(item, path, wanted)


def whole_document(content: Content) -> Line | OversizeLine:
    """Return a document as one line, for readers to which all of it is one thing."""
    data = content.document()
    return (
        OversizeLine(0, content.max_bytes + 1)
        if data is None
        else Line.at(0, data, is_terminated=False)
    )


def take_apart(
    data: bytes, path: tuple[str, ...], wanted: frozenset[str] | None = None
) -> Document:
    """Return the fields of a document, and its items with their places.

    Args:
        data: the document.
        path: names of the fields that lead to the list; none where the document is the list.
        wanted: names of the fields to read; None for all of them.

    Raises:
        NotADocumentError: the bytes are no JSON, or hold no list at `path`.
    """
    return _taken_apart(Line.at(0, data, is_terminated=False), path, wanted)


def _taken_apart(whole: Line, path: tuple[str, ...], wanted: frozenset[str] | None) -> Document:
    data = whole.data
    try:
        fields, items = _strictly(whole, path, wanted)
    except msgspec.ValidationError as error:
        raise NotADocumentError("bad_shape", _no_list(path)) from error
    except (msgspec.DecodeError, ValueError, RecursionError):
        fields, values = _leniently(data, path)
        texts = [orjson.dumps(value) for value in values]
        start = whole.start
        return Document(fields, [Line.at(start, text, is_terminated=True) for text in texts], whole)
    return Document(fields, items, whole)


def _strictly(
    whole: Line, path: tuple[str, ...], wanted: frozenset[str] | None
) -> tuple[dict[str, Any], list[Line]]:
    data = whole.data
    fields: dict[str, Any] = {}
    rest: bytes | msgspec.Raw = data.removeprefix(BOM_UTF8)
    for name in path:
        parts = parts_of(rest)
        fields.update(
            {
                key: orjson.loads(memoryview(part))
                for key, part in parts.items()
                if key != name and (wanted is None or key in wanted)
            }
        )
        rest = parts.get(name, _NO_ITEMS)
    items = _ITEMS.decode(rest)
    start = _place_of(data, path[-1], bytes(rest)) if path and items else 0
    return fields, list(_placed(whole, start, items))


def parts_of(data: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    """Return the fields of an object, not decoded yet.

    Raises:
        msgspec.DecodeError: the bytes are no object, or are nested too deeply.
    """
    try:
        return _PARTS.decode(data)
    except RecursionError:
        raise msgspec.DecodeError("nested too deeply") from None


def _place_of(data: bytes, name: str, value: bytes) -> int:
    """Return where the value of a field stands: behind its name, however that is written."""
    key = b'"%s"' % name.encode()
    found = data.find(key)
    while found >= 0:
        behind = _COLON.match(data, found + len(key))
        if behind is not None and data.startswith(value, behind.end()):
            return behind.end()
        found = data.find(key, found + 1)
    return data.find(value)


def _placed(whole: Line, start: int, items: list[msgspec.Raw]) -> Iterator[Line]:
    """Yield items with their offsets: between two of them stands nothing but a comma."""
    new: Final = tuple.__new__  # half the cost of the class's own, which checks its arguments
    between = _LIST_BEGINS
    for item in items:
        found = between.match(whole.data, start)
        start = start if found is None else found.end()
        text = bytes(item)
        end = start + len(text)
        yield new(Line, (whole.start + start, whole.start + end, text, True))
        start = end
        between = _NEXT_ITEM


def _leniently(data: bytes, path: tuple[str, ...]) -> tuple[dict[str, Any], list[Any]]:
    fields: dict[str, Any] = {}
    rest = _one_value(data)
    for name in path:
        if not isinstance(rest, dict):
            raise NotADocumentError("bad_shape", _no_list(path))
        fields.update({key: value for key, value in rest.items() if key != name})
        rest = rest.get(name, [])
    if not isinstance(rest, list):
        raise NotADocumentError("bad_shape", _no_list(path))
    return fields, rest


def _no_list(path: tuple[str, ...]) -> str:
    where = f"at {'.'.join(path)!r}" if path else "as the document"
    return f"expected a list {where}, found something else"


def _one_value(data: bytes) -> Any:
    try:
        found = lenient_values(data.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        detail = f"expected UTF-8, found other bytes at {error.start}"
        raise NotADocumentError("bad_encoding", detail) from None
    if found.error is not None:
        raise NotADocumentError("truncated" if _is_cut(data) else "not_json", found.error)
    if len(found.values) != 1:
        raise NotADocumentError("not_json", f"expected one value, found {len(found.values)}")
    return found.values[0]


def _is_cut(data: bytes) -> bool:
    """Tell whether a document is right as far as it goes."""
    try:
        jiter.from_json(data.removeprefix(BOM_UTF8), partial_mode=True)
    except ValueError:
        return False
    return True


def quarantined(
    place: Line | Span, error: NotADocumentError | BadShapeError, origin: Origin
) -> Quarantined:
    """Return the record that says why what stands at `place` made none."""
    reason = error.reason if isinstance(error, NotADocumentError) else "bad_shape"
    span = Span(start=place.start, end=place.end)
    return Quarantined(reason=reason, detail=str(error), span=span, origin=origin)
