"""JSON Lines as real agents write them: decoded line by line, every line accounted for.

Real files hold two objects on one line, byte order marks, lone surrogates, numbers that fit
no register, and a last line that was cut off. A line is decoded strictly and fast; only where
that fails is it read again slowly and leniently. Whatever cannot be read is quarantined with
a named reason, so that lines used, skipped and quarantined always add up to the lines seen.
"""

from __future__ import annotations

import json
import math
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

import msgspec
import orjson

from tracemill.base.clock import EARLIEST, believed
from tracemill.base.errors import SourceError
from tracemill.base.lines import Line, OversizeLine
from tracemill.records.inputs import Quarantined, QuarantineReason, Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.protocol import SourceRecord, UnreadPart

MAX_COUNT: Final = 2**40
"""Counts at or above it are nonsense, and would poison sums: they are read as unknown."""
NO_CONTENT: Final = "no_content"
"""Why a message is skipped that says nothing."""
MAX_DEPTH: Final = 64
"""How deeply a tool's arguments may be nested before walking them becomes a risk."""
_LAST_MILLISECOND: Final = 1_000 * 2**33
"""The last second of the year 9999."""
_CONTAINERS: Final = frozenset({dict, list})
_MAX_INT_DIGITS: Final = 18
_HIDDEN: Final = frozenset({"redacted_thinking", "redacted-reasoning"})
"""Parts in which only their provider can read a thought."""
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NOT_IN_A_NAME: Final = re.compile(r"[^a-z0-9_-]+")
_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")


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


class Values(NamedTuple):
    """The JSON values that stand in a text, one behind the other."""

    values: list[object]
    error: str | None


def _values(text: str) -> Values:
    """Return the same, at once where what was refused is JSON in another shape."""
    try:
        return Values([orjson.loads(text)], None)
    except orjson.JSONDecodeError:
        return lenient_values(text)


def lenient_values(text: str) -> Values:
    """Return the values in a text that no strict reader takes, up to the first error."""
    values: list[object] = []
    has_surrogates = "\\ud" in text or "\\uD" in text
    position = _behind_space(text, 0)
    while position < len(text):
        try:
            value, position = _DECODER.raw_decode(text, position)
            values.append(_without_lone_surrogates(value) if has_surrogates else value)
        except json.JSONDecodeError as error:
            return Values(values, f"expected JSON, found something else at {error.pos}")
        except RecursionError:
            return Values(values, f"expected JSON, found too deep a nesting at {position}")
        position = _behind_space(text, position)
    return Values(values, None)


def _behind_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _without_lone_surrogates(value: object) -> object:
    encoded = json.dumps(value, ensure_ascii=False)
    cleaned, n_lone = _LONE_SURROGATE.subn("\ufffd", encoded)
    return json.loads(cleaned) if n_lone else value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _fitting(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_INT_DIGITS else digits


def _no_number(_name: str) -> None:
    """Read NaN and the infinities, which no JSON has, as unknown."""


_DECODER: Final = json.JSONDecoder(
    parse_float=_finite, parse_int=_fitting, parse_constant=_no_number
)
_DAY: Final = len("2026-11-22")


def moment(value: object, zone: tzinfo | None = None) -> datetime | None:
    """Return the moment that `value` is or names in RFC 3339; None where none can be believed.

    A time without a zone is one in `zone`, and of the hour that a clock shows twice the earlier;
    a day without a time is no moment.
    """
    try:
        at = datetime.fromisoformat(value) if type(value) is str else value
        if type(at) is not datetime:
            return None
        if at.tzinfo is UTC:
            return believed(at)
        if at.tzinfo is None and zone is not None and len(str(value)) > _DAY:
            at = at.replace(tzinfo=zone)
        return believed(at.astimezone(UTC)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def millisecond(value: object) -> datetime | None:
    """Return the moment that `value` names in milliseconds of Unix time, or None."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if not 0 < value < _LAST_MILLISECOND:
        return None
    return EARLIEST + timedelta(milliseconds=value)


def count(value: object) -> int | None:
    """Return `value` where it is a believable count, or None."""
    return value if type(value) is int and 0 <= value < MAX_COUNT else None


def whole_number(value: object) -> int | None:
    """Return a believable count, which some tools write as text or with a fraction of nothing."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return count(value)


def text(value: object) -> str | None:
    """Return `value` where it is a text with something in it, or None."""
    return value if type(value) is str and value else None


def fields_of(value: object) -> Mapping[str, Any]:
    """Return the fields of an object; of anything else, none."""
    return value if isinstance(value, dict) else {}


def type_name(value: object) -> str:
    """Return a record's type as a short word that is safe to count by and to print."""
    name = _NOT_IN_A_NAME.sub("-", value.lower()).strip("-") if isinstance(value, str) else ""
    return name[:40] or "none"


def unknown_type(value: object) -> str:
    """Return the reason for skipping a record whose type nobody has taught us."""
    return f"unknown_type:{type_name(value)}"


def unread_part(kind: object) -> UnreadPart:
    """Return that a part of a message was passed over: a hidden thought, or of an unknown type."""
    name = type_name(kind)
    return UnreadPart("hidden_thinking" if name in _HIDDEN else f"unknown_part:{name}")


def why_nothing(unread: Sequence[UnreadPart]) -> str:
    """Return why nothing was made of a message, whose unread parts are all that it may hold."""
    return unread[0].reason if unread else NO_CONTENT


def is_too_deep(value: object, limit: int = MAX_DEPTH) -> bool:
    """Tell whether lists and objects in `value` are nested deeper than `limit`."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return False
    for part in value:
        if type(part) in _CONTAINERS and (limit == 1 or is_too_deep(part, limit - 1)):
            return True
    return False


def is_line_too_deep(record: Mapping[str, Any], line: Line) -> bool:
    """Tell the same of the object on a line, at once where it has few brackets."""
    n_opened = line.data.count(b"{") + line.data.count(b"[")
    return n_opened > MAX_DEPTH and is_too_deep(record)


def tool_arguments(given: object) -> dict[str, Any]:
    """Return a tool's arguments; a text that is no JSON object stands under the key `input`.

    Raises:
        BadShapeError: they are nested too deeply.
    """
    found = _decoded_object(given) if isinstance(given, str) else given
    if is_too_deep(found):
        raise BadShapeError("expected a tool's arguments, found them nested too deeply")
    if isinstance(found, dict):
        return found
    return {} if found is None or found == "" else {"input": found}


def _decoded_object(given: str) -> object:
    if not given.lstrip().startswith("{"):
        return given
    try:
        found = orjson.loads(given)
    except orjson.JSONDecodeError:
        return given
    return given if is_too_deep(found) else found
