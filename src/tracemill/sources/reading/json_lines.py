"""JSON Lines as real agents write them: decoded line by line, every line accounted for.

Real files hold two objects on one line, byte order marks, lone surrogates, numbers that fit
no register, and a last line that was cut off. A line is decoded strictly and fast; only where
that fails is it read again slowly and leniently. Whatever cannot be read is quarantined with
a named reason, so that lines used, skipped and quarantined always add up to the lines seen.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec
import orjson

from tracemill.base.errors import SourceError
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.inputs import Quarantined, QuarantineReason, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.lenient_json import Values, lenient_values


class BadShapeError(SourceError):
    """A line is JSON, but a part that its type needs is of the wrong kind."""


class UndecodedError(BadShapeError):
    """A part of a line that was passed over at first cannot be decoded."""


R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)


class LineReader(Protocol[R_contra]):
    """What a format adds: it takes the objects of one input in their order."""

    ready: list[SourceRecord]
    """Records that are complete; the caller empties it."""

    def take(self, record: R_contra, line: Line) -> str | None:
        """Read one object; return why it holds nothing to keep, or None where it was used.

        Raises BadShapeError before anything was changed.
        """
        ...

    def finish(self) -> None:
        """Complete what is still open."""
        ...


class Shape(NamedTuple, Generic[R]):
    """In which shape a reader takes the object on a line."""

    decode: Callable[[bytes], R]
    """Decodes a line strictly and fast; what it refuses is decoded again leniently."""
    adapt: Callable[[dict[str, Any]], R]
    """Brings what was decoded leniently into the same shape."""


class _Unread(NamedTuple):
    """A line that a reader was not given, or did not take."""

    quarantined: Quarantined | None
    """None where the line is blank."""


_BLANK: Final = _Unread(None)

_UNDECODED: Final = (ValueError, msgspec.DecodeError, RecursionError)

_Verdict = str | _Unread | None
"""What became of a line: why it was skipped, why it could not be read, or None: it was used."""


def decode_object(data: bytes) -> dict[str, Any]:
    """Return the object that stands on a line.

    Raises:
        ValueError: the line holds no JSON that a strict reader takes.
        msgspec.ValidationError: it holds no object.
    """
    value = orjson.loads(data)
    if isinstance(value, dict):
        return value
    raise msgspec.ValidationError


_OBJECTS: Final = Shape[dict[str, Any]](decode_object, dict)


def read_json_lines(
    lines: Iterable[Line | OversizeLine], origin: Origin, reader: LineReader[dict[str, Any]]
) -> Iterator[SourceRecord]:
    """Yield what `reader` makes of `lines`, the lines that it cannot read, and the tally."""
    return read_shaped_lines(_OBJECTS, lines, origin, reader)


def read_shaped_lines(
    shape: Shape[R],
    lines: Iterable[Line | OversizeLine],
    origin: Origin,
    reader: LineReader[R],
) -> Iterator[SourceRecord]:
    """Do the same where `reader` takes objects in a shape of its own."""
    n_used = n_quarantined = 0
    skipped: Counter[str] = Counter()
    decode, take, ready = shape.decode, reader.take, reader.ready
    for line in lines:
        if type(line) is OversizeLine:
            yield oversize(line, origin)
            n_quarantined += 1
            continue
        verdict: _Verdict
        try:
            record = decode(line.raw)
        except _UNDECODED:
            verdict = _judge_leniently(line, origin, reader, shape)
        else:
            try:
                verdict = take(record, line)
            except BadShapeError as error:
                verdict = _judge_refused(error, line, origin, reader, shape)
        if verdict is None:
            n_used += 1
        elif isinstance(verdict, str):
            skipped[verdict] += 1
        elif verdict.quarantined is not None:
            n_quarantined += 1
            yield verdict.quarantined
        if ready:
            yield from ready
            ready.clear()
    reader.finish()
    yield from ready
    ready.clear()
    n_lines = n_used + n_quarantined + skipped.total()
    yield Tally(n_lines=n_lines, n_used=n_used, skipped=dict(skipped))


def oversize(line: OversizeLine, origin: Origin) -> Quarantined:
    """Return the record that says that a line was longer than the limit."""
    span = Span(start=line.start, end=line.end)
    detail = f"line of {line.end - line.start} bytes"
    return Quarantined(reason="oversize_line", detail=detail, span=span, origin=origin)


def _unread(line: Line, origin: Origin, reason: QuarantineReason, detail: str) -> _Unread:
    span = Span(start=line.start, end=line.end)
    return _Unread(Quarantined(reason=reason, detail=detail, span=span, origin=origin))


def _judge_refused(
    error: BadShapeError, line: Line, origin: Origin, reader: LineReader[R], shape: Shape[R]
) -> _Verdict:
    if isinstance(error, UndecodedError):
        return _judge_leniently(line, origin, reader, shape)
    return _unread(line, origin, "bad_shape", str(error))


def _judge_leniently(
    line: Line, origin: Origin, reader: LineReader[R], shape: Shape[R]
) -> _Verdict:
    data = line.data.removeprefix(BOM_UTF8)
    if not data.strip():
        return _BLANK
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        reason: QuarantineReason = "bad_encoding" if line.is_terminated else "truncated"
        return _unread(line, origin, reason, f"expected UTF-8, found other bytes at {error.start}")
    found = _values(text)
    verdicts = [_judge_value(value, line, origin, reader, shape) for value in found.values]
    if found.error is not None:
        reason = "not_json" if line.is_terminated else "truncated"
        return _unread(line, origin, reason, found.error)
    return _joint(verdicts)


def _judge_value(
    value: object, line: Line, origin: Origin, reader: LineReader[R], shape: Shape[R]
) -> _Verdict:
    if not isinstance(value, dict):
        detail = f"expected an object, found {type(value).__name__}"
        return _unread(line, origin, "not_an_object", detail)
    try:
        return reader.take(shape.adapt(value), line)
    except BadShapeError as error:
        return _unread(line, origin, "bad_shape", str(error))


def _joint(verdicts: list[_Verdict]) -> _Verdict:
    """Return the one verdict that stands for a line of several objects: the worst, then use."""
    for verdict in verdicts:
        if isinstance(verdict, _Unread):
            return verdict
    return None if None in verdicts else verdicts[0]


def _values(text: str) -> Values:
    """Return the values in a text, at once where what was refused is JSON in another shape."""
    try:
        return Values([orjson.loads(text)], None)
    except orjson.JSONDecodeError:
        return lenient_values(text)
