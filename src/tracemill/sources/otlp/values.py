"""Spans and log records of OTLP/JSON as plain values: attributes by name, ids, moments.

Exporters differ in what they take for a number, in the case of ids, and in where they put an
event's content; what is read here is told the same way whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from tracemill.base.clock import believed
from tracemill.sources.reading.json_fields import objects_of, text, whole_number

_MAX_DEPTH: Final = 32
_ERROR_CODES: Final = frozenset({"2", "STATUS_CODE_ERROR"})
_OK_CODES: Final = frozenset({"1", "STATUS_CODE_OK"})
_PLAIN_KEYS: Final = ("stringValue", "boolValue", "doubleValue")
_PLAIN_TYPES: Final = (str, bool, float, int)


class Resource(NamedTuple):
    """Who sent it."""

    name: str | None
    version: str | None


class Note(NamedTuple):
    """Something told about a span: an event on it, or a log record that names it."""

    name: str
    at: datetime | None
    attributes: Mapping[str, Any]
    body: object


class TracedSpan(NamedTuple):
    """One span."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    started: datetime | None
    ended: datetime | None
    attributes: Mapping[str, Any]
    notes: tuple[Note, ...]
    failed: bool | None
    """Whether its status says that it failed; None where it says nothing."""
    message: str | None
    resource: Resource


class LogRecord(NamedTuple):
    """One log record, and the span that it names."""

    trace_id: str
    span_id: str
    note: Note
    resource: Resource


def spans_of(request: Mapping[str, Any]) -> Iterator[TracedSpan]:
    """Yield the spans of a request."""
    for resource, span in _told(request, "resourceSpans", "scopeSpans", "spans"):
        status = span.get("status")
        code = status.get("code") if isinstance(status, dict) else None
        said = str(code)
        failed = True if said in _ERROR_CODES else False if said in _OK_CODES else None
        yield TracedSpan(
            trace_id=_id(span.get("traceId")),
            span_id=_id(span.get("spanId")),
            parent_id=_id(span.get("parentSpanId")) or None,
            name=text(span.get("name")) or "",
            started=_moment(span.get("startTimeUnixNano")),
            ended=_moment(span.get("endTimeUnixNano")),
            attributes=_attributes(span.get("attributes")),
            notes=tuple(_note(event) for event in objects_of(span.get("events"))),
            failed=failed,
            message=text(status.get("message")) if isinstance(status, dict) else None,
            resource=resource,
        )


def log_records_of(request: Mapping[str, Any]) -> Iterator[LogRecord]:
    """Yield the log records of a request."""
    for resource, record in _told(request, "resourceLogs", "scopeLogs", "logRecords"):
        yield LogRecord(
            trace_id=_id(record.get("traceId")),
            span_id=_id(record.get("spanId")),
            note=_note(record),
            resource=resource,
        )


def _told(
    request: Mapping[str, Any], resources: str, scopes: str, things: str
) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    for told in objects_of(request.get(resources)):
        described = told.get("resource")
        attributes = _attributes(described.get("attributes") if isinstance(described, dict) else 0)
        name, version = attributes.get("service.name"), attributes.get("service.version")
        resource = Resource(text(name), text(version))
        for scope in objects_of(told.get(scopes) or told.get("instrumentationLibrarySpans")):
            for thing in objects_of(scope.get(things)):
                yield resource, thing


def _note(told: Mapping[str, Any]) -> Note:
    attributes = _attributes(told.get("attributes"))
    body = told.get("body")
    name = text(told.get("eventName")) or text(told.get("name"))
    return Note(
        name=name or text(attributes.get("event.name")) or "",
        at=_moment(told.get("timeUnixNano")) or _moment(told.get("observedTimeUnixNano")),
        attributes=attributes,
        body=_value(body) if isinstance(body, dict) else body,
    )


def _attributes(value: object) -> dict[str, Any]:
    return {
        key: _value(pair.get("value"))
        for pair in objects_of(value)
        if (key := text(pair.get("key"))) is not None
    }


def _value(value: object, depth: int = 0) -> Any:
    """Return a value without the word that says what kind it is."""
    if not isinstance(value, dict) or depth > _MAX_DEPTH:
        return None
    for key in _PLAIN_KEYS:
        if key in value:
            return value[key] if isinstance(value[key], _PLAIN_TYPES) else None
    if "intValue" in value:
        return whole_number(value["intValue"])
    inner = value.get("arrayValue") or value.get("kvlistValue")
    items = objects_of(inner.get("values")) if isinstance(inner, dict) else []
    if "arrayValue" in value:
        return [_value(item, depth + 1) for item in items]
    if "kvlistValue" in value:
        return {str(item.get("key")): _value(item.get("value"), depth + 1) for item in items}
    return None


def _id(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """Return the moment that lies so many nanoseconds after 1970; 0 says that none is known."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:20])
    if type(value) is not int or value <= 0:
        return None
    try:
        return believed(datetime.fromtimestamp(value / 1e9, UTC))
    except (ValueError, OverflowError, OSError):
        return None
