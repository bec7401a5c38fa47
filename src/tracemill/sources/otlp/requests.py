"""What an exporter of OpenTelemetry sends, whichever way it was written down, in one shape.

Requests stand on lines of JSON, as one JSON document, as protobuf, as protobuf behind its
length in four bytes, or as bodies that our own receiver took in. All come out as the objects
of OTLP/JSON, in which ids are hexadecimal: protobuf's own JSON would write them in base64.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, Final, NamedTuple

from tracemill.base.lines import Line, OversizeLine, split_lines
from tracemill.base.streams import Blocks
from tracemill.records.refs import Span
from tracemill.sources.content import Content
from tracemill.sources.reading.documents import Item, object_at
from tracemill.sources.reading.whole_documents import is_json

RECEIVED: Final = "otlp_received"
"""The mark of a line of our own receiver."""
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f-\xff]")
_LOOK_BYTES: Final = 64
_FRAME_BYTES: Final = 4
_REQUEST_TAG: Final = 0x0A
_PIECE_BYTES: Final = 2**20
_IDS: Final = ("traceId", "spanId", "parentSpanId")


class Wire(NamedTuple):
    """How protobuf stands in a file."""

    is_framed: bool
    """Whether each request stands behind its length in four bytes."""


def wire_of(head: bytes) -> Wire | None:
    """Tell whether a file is protobuf of ours by how it begins; text holds no control bytes."""
    look = head[:_LOOK_BYTES]
    if not _CONTROLS.search(look):
        return None
    if look[:1] == bytes([_REQUEST_TAG]) and _is_nested(look[1:]):
        return Wire(is_framed=False)
    if look[_FRAME_BYTES : _FRAME_BYTES + 1] == bytes([_REQUEST_TAG]) and look[0] == 0:
        return Wire(is_framed=True) if _is_nested(look[_FRAME_BYTES + 1 :]) else None
    return None


def _is_nested(behind_tag: bytes) -> bool:
    """Tell whether a length stands here, and behind it a resource or its scopes."""
    for position, byte in enumerate(behind_tag[:10]):
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a varint
            return behind_tag[position + 1 : position + 2] in (b"\x0a", b"\x12")
    return False


def read_requests(content: Content) -> Iterator[Item[Span]]:
    """Yield the requests of an input, or why bytes hold none."""
    head, blocks = _peeked(content.blocks())
    wire = wire_of(head)
    if wire is not None:
        yield from _from_protobuf(blocks, wire, content.max_bytes)
        return
    lines = split_lines(blocks, content.max_bytes)
    first = next((line for line in lines if not isinstance(line, Line) or line.data.strip()), None)
    if first is None:
        return
    if isinstance(first, Line) and not is_json(first.data):
        yield _document(first, lines, content.max_bytes)
        return
    for line in chain([first], lines):
        if isinstance(line, OversizeLine):
            detail = f"line of {line.end - line.start} bytes"
            yield Item.unread(_span(line), "oversize_line", detail)
        elif line.data.strip():
            yield _opened(object_at(_span(line), line.data))


def _peeked(blocks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return how an input begins, however small its blocks are, and all of it."""
    rest = iter(blocks)
    held = b""
    for block in rest:
        held += block
        if len(held) >= _LOOK_BYTES:
            break
    return held, chain([held], rest)


def _span(line: Line | OversizeLine) -> Span:
    return Span(start=line.start, end=line.end)


def _document(first: Line, rest: Iterator[Line | OversizeLine], max_bytes: int) -> Item[Span]:
    """Return the one object that stands on several lines; where it is no whole one, why."""
    held, n_bytes, end = [first.data], len(first.data), first.end
    for line in rest:
        end = line.end
        n_bytes += line.end - line.start + 1
        if isinstance(line, Line) and n_bytes <= max_bytes:
            held.append(line.data)
    place = Span(start=first.start, end=end)
    if n_bytes > max_bytes:
        detail = f"expected at most {max_bytes} bytes, found more"
        return Item.unread(place, "oversize_document", detail)
    return object_at(place, b"\n".join(held))


def _opened(item: Item[Span]) -> Item[Span]:
    """Return the request in a line of our receiver; any other line as it is."""
    received = item.fields.get(RECEIVED)
    if item.problem is not None or received is None:
        return item
    try:
        body = base64.b64decode(str(item.fields.get("body", "")), validate=True)
    except ValueError:
        return Item.unread(item.place, "damaged", "expected a body in base64, found something else")
    if item.fields.get("type") == "application/json":
        return object_at(item.place, body)
    return _message(body, item.place, str(received))


def _from_protobuf(blocks: Iterable[bytes], wire: Wire, max_bytes: int) -> Iterator[Item[Span]]:
    stream = io.BufferedReader(Blocks(iter(blocks)))
    if not wire.is_framed:
        yield _sized(stream, 0, None, max_bytes)
        return
    position = 0
    while frame := stream.read(_FRAME_BYTES):
        position += len(frame)
        item = _sized(stream, position, int.from_bytes(frame, "big"), max_bytes)
        yield item
        position = item.place.end


def _sized(stream: BinaryIO, start: int, n_bytes: int | None, max_bytes: int) -> Item[Span]:
    """Return the request of `n_bytes` at `start`, or of all that comes where None is given."""
    wanted = max_bytes + 1 if n_bytes is None else n_bytes
    data = stream.read(min(wanted, max_bytes + 1))
    n_read = len(data)
    while n_bytes is not None and n_read < n_bytes:
        more = stream.read(min(_PIECE_BYTES, n_bytes - n_read))
        if not more:
            break
        n_read += len(more)
    place = Span(start=start, end=start + n_read)
    if len(data) > max_bytes:
        detail = f"expected at most {max_bytes} bytes, found more"
        return Item.unread(place, "oversize_document", detail)
    if n_bytes is not None and (n_read < n_bytes or not n_bytes):
        return Item.unread(place, "truncated", "expected a whole request, found its beginning")
    return _message(data, place, None)


def _message(data: bytes, place: Span, signal: str | None) -> Item[Span]:
    """Return a request in protobuf as OTLP/JSON says it."""
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    for name, kind in (("traces", ExportTraceServiceRequest), ("logs", ExportLogsServiceRequest)):
        if signal not in (None, name):
            continue
        request = kind()
        try:
            request.ParseFromString(data)
            said = MessageToDict(request)
        except (DecodeError, UnicodeDecodeError, ValueError):
            continue
        if signal is not None or _is_told(said):
            return Item(place, _with_hex_ids(said))
    detail = "expected a request of OpenTelemetry in protobuf, found other bytes"
    return Item.unread(place, "damaged", detail)


def _is_told(said: Mapping[str, Any]) -> bool:
    """Tell traces from logs: read as the other, a request has times or names where none belong."""
    spans = list(_told(said, "resourceSpans", "scopeSpans", "spans"))
    logs = list(_told(said, "resourceLogs", "scopeLogs", "logRecords"))
    if spans:
        return all("startTimeUnixNano" in span and "spanId" in span for span in spans)
    return bool(logs) and all("timeUnixNano" in log or "body" in log for log in logs)


def _told(said: Mapping[str, Any], resources: str, scopes: str, things: str) -> Iterator[Any]:
    for resource in said.get(resources, ()):
        for scope in resource.get(scopes, ()):
            yield from scope.get(things, ())


def _with_hex_ids(said: dict[str, Any]) -> dict[str, Any]:
    spans = _told(said, "resourceSpans", "scopeSpans", "spans")
    for told in chain(spans, _told(said, "resourceLogs", "scopeLogs", "logRecords")):
        for name in _IDS:
            if name in told:
                told[name] = base64.b64decode(told[name]).hex()
    return said
