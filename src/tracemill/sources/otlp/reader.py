"""Requests of one input: what they tell of agents is told at its end, when all spans are known.

Children may stand before their parents, and logs say what was said in a span that stands
elsewhere. What is held until the end is bounded; beyond that, what has come so far is told,
and later spans of the same session make another trajectory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from tracemill.records.inputs import Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources.building.open_trajectory import Window
from tracemill.sources.building.traced import Traced, tell_sessions
from tracemill.sources.building.traced_steps import Operation
from tracemill.sources.otlp import conventions
from tracemill.sources.otlp.values import (
    LogRecord,
    Note,
    TracedSpan,
    log_records_of,
    spans_of,
)
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Item, quarantined
from tracemill.sources.reading.json_fields import type_name

MAX_HELD_BYTES: Final = 64 * 2**20
"""How much of an input is held until its trajectories are told."""


class _Held(NamedTuple):
    """A span of an agent, model or tool, and where it stands."""

    span: TracedSpan
    kind: conventions.Kind
    place: Span


def read_told(items: Iterable[Item[Span]], origin: Origin, name: str) -> Iterator[SourceRecord]:
    """Yield what requests tell, those that cannot be read, and the tally of spans and logs."""
    reader = OtlpReader(name, origin)
    n_used = n_quarantined = 0
    skipped: Counter[str] = Counter()
    for item in items:
        if item.problem is not None:
            n_quarantined += 1
            yield quarantined(item.place, item.problem, origin)
            continue
        for verdict in reader.take(item.fields, item.place):
            if verdict is None:
                n_used += 1
            else:
                skipped[verdict] += 1
        yield from reader.ready
        reader.ready.clear()
    reader.finish()
    yield from reader.ready
    n_lines = n_used + n_quarantined + skipped.total()
    yield Tally(n_lines=n_lines, n_used=n_used, skipped=dict(skipped))


class OtlpReader:
    """Takes requests, and makes trajectories of what they tell of agents."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._window = Window()
        self.ready = self._window.ready
        self._n_bytes = 0
        self._clear()

    def _clear(self) -> None:
        self._held: dict[str, _Held] = {}
        self._above: dict[str, str | None] = {}
        self._notes: defaultdict[str, list[Note]] = defaultdict(list)
        self._logs: dict[str, tuple[LogRecord, Span]] = {}

    def take(self, request: Mapping[str, Any], place: Span) -> list[str | None]:
        """Read a request; return for each span and log record why it is not kept, or None."""
        verdicts = [self._take_span(span, place) for span in spans_of(request)]
        verdicts += [self._take_log(log, place) for log in log_records_of(request)]
        self._n_bytes += place.end - place.start
        if self._n_bytes > MAX_HELD_BYTES:
            self._tell()
        return verdicts or ["metrics" if "resourceMetrics" in request else "empty_request"]

    def finish(self) -> None:
        """Tell every trajectory."""
        self._tell()

    def _take_span(self, span: TracedSpan, place: Span) -> str | None:
        self._above[span.span_id] = conventions.parent_of(span)
        kind = conventions.kind_of(span)
        if kind is None:
            return f"span:{type_name(span.name.partition(' ')[0])}"
        self._held[f"{span.trace_id}:{span.span_id}"] = _Held(span, kind, place)
        return None

    def _take_log(self, log: LogRecord, place: Span) -> str | None:
        if not conventions.is_about_messages(log.note):
            return f"log:{type_name(log.note.name)}"
        if not log.span_id:
            log = log._replace(span_id=f"log-{len(self._logs)}")
        self._notes[log.span_id].append(log.note)
        self._logs.setdefault(log.span_id, (log, place))
        return None

    def _tell(self) -> None:
        """Tell what is held."""
        self._add_spans_of_logs()
        found = [self._traced(held) for held in self._held.values()]
        tell_sessions(self._name, found, self._above, self._window, self._origin)
        self._n_bytes = 0
        self._clear()

    def _add_spans_of_logs(self) -> None:
        """Let log records whose span is not in this input stand for it."""
        known = {held.span.span_id for held in self._held.values()}
        for span_id, (log, place) in self._logs.items():
            if span_id in known and span_id:
                continue
            at = log.note.at
            span = TracedSpan(
                log.trace_id, span_id, None, log.note.name, at, at, log.note.attributes, (),
                failed=None, message=None, resource=log.resource,
            )  # fmt: skip
            self._held[f"{log.trace_id}:{span_id}"] = _Held(span, "model", place)

    def _traced(self, held: _Held) -> Traced:
        span = held.span
        agent = span.resource.name or span.attributes.get("gen_ai.agent.name")
        return Traced(
            operation=self._operation(held),
            trace_id=span.trace_id,
            agent=type_name(agent),
            session_id=conventions.session_of(span.attributes),
            agent_version=span.resource.version,
        )

    def _operation(self, held: _Held) -> Operation:
        span, kind = held.span, held.kind
        notes = (*span.notes, *self._notes.get(span.span_id, ()))
        is_tool = kind == "tool"
        return Operation(
            kind=kind,
            span_id=span.span_id,
            started=span.started,
            ended=span.ended,
            place=held.place,
            model=conventions.model_of(span.attributes),
            tokens=conventions.tokens_of(span.attributes),
            given=() if is_tool else conventions.given_to(span.attributes, notes),
            said=() if is_tool else conventions.said_by(span.attributes, notes),
            call=conventions.call_of(span) if is_tool else None,
            result=conventions.result_of(span) if is_tool else None,
            status=conventions.status_of(span),
            error=conventions.error_of(span),
        )
