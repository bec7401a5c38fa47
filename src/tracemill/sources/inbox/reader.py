"""One captured event for each line, judged as it is read."""

from __future__ import annotations

from typing import Any, Final, cast

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.captured import CAPTURED_KINDS, Captured, CapturedKind
from tracemill.records.refs import Origin, Span
from tracemill.sources.inbox.fields import fault_of
from tracemill.sources.inbox.reviews import REVIEW_KINDS, Place, read_review
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import is_too_deep, moment, text, unknown_type
from tracemill.sources.reading.json_lines import BadShapeError

_FORMAT: Final = 1


class InboxReader:
    """Reads the lines of one file of the inbox."""

    def __init__(self, origin: Origin) -> None:
        self.ready: list[SourceRecord] = []
        self._origin = origin
        self._start = -1
        self._n_on_line = 0

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one event."""
        if record.get("tracemill") != _FORMAT:
            raise BadShapeError(f"expected an event of format {_FORMAT}, found another")
        kind = record.get("kind")
        if kind not in CAPTURED_KINDS and kind not in REVIEW_KINDS:
            return unknown_type(kind)
        at, payload = moment(record.get("at")), record.get("payload")
        if at is None:
            raise BadShapeError("expected a moment with its offset to UTC as `at`, found none")
        if not isinstance(payload, dict) or is_too_deep(payload):
            raise BadShapeError("expected an object as `payload`, found none, or too deep a one")
        if kind in REVIEW_KINDS:
            span = Span(start=line.start, end=line.end)
            place = Place(id=self._id(line), at=at, origin=self._origin, span=span)
            self.ready.append(read_review(kind, payload, place))
            return None
        name = cast("CapturedKind", kind)
        if (fault := fault_of(name, payload)) is not None:
            raise BadShapeError(fault)
        self.ready.append(
            Captured(
                id=self._id(line),
                at=at,
                origin=self._origin,
                span=Span(start=line.start, end=line.end),
                name=name,
                session_id=text(record.get("session")),
                cwd=text(record.get("cwd")),
                payload=payload,
            )
        )
        return None

    def finish(self) -> None:
        """Do nothing: no event waits for another."""

    def _id(self, line: Line) -> str:
        if line.start != self._start:
            self._start, self._n_on_line = line.start, 0
        self._n_on_line += 1
        place = f"{line.start}:{self._n_on_line}"
        return make_id("event", self._origin.input_id, "captured", place)
