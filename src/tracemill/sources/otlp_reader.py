"""Traces of one input, put together into trajectories at its end, when all spans are known.

A session is what its spans name it, or else the trace. A run of an agent inside another is a
subagent with a trajectory of its own. A model call inside another is the same call told by a
second tool: the inner one counts. What is held until the end is bounded; beyond that, what has
come so far is told, and later spans of the same session make another trajectory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from tracemill.base.ids import make_id
from tracemill.records.findings import Tally
from tracemill.records.refs import Origin, Span
from tracemill.sources import otlp_conventions as conventions
from tracemill.sources.documents import Item, quarantined
from tracemill.sources.json_lines import type_name
from tracemill.sources.open_trajectory import Window
from tracemill.sources.otlp_values import (
    LogRecord,
    Note,
    Resource,
    TracedSpan,
    log_records_of,
    spans_of,
)
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.traced import Operation, Session, build_trajectory

MAX_HELD_BYTES: Final = 64 * 2**20
"""How much of an input is held until its trajectories are told."""
_MAX_ABOVE: Final = 256


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
        """Tell what is held as trajectories: parents first, since subagents name them."""
        self._add_spans_of_logs()
        told: dict[tuple[str, str], str] = {}
        for (session_id, key), found in self._by_trajectory().items():
            session = self._session(session_id, key, found, told)
            operations = [self._operation(held) for held in found]
            if build_trajectory(session, operations, self._window, self._origin):
                told[session_id, key] = session.id
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

    def _by_trajectory(self) -> dict[tuple[str, str], list[_Held]]:
        """Return what is held by session and agent, sessions in the order of their first span."""
        agents = {h.span.span_id: h for h in self._held.values() if h.kind == "agent"}
        outer = self._outer_models()
        sessions = self._sessions()
        found: dict[tuple[str, str], list[_Held]] = {}
        for held in self._held.values():
            if held.span.span_id in outer:
                continue
            chain = [above for above in self._ancestors(held.span.span_id) if above in agents]
            own = [held.span.span_id] if held.kind == "agent" else []
            runs = [*own, *chain]
            key = runs[0] if len(runs) > 1 else ""
            session = sessions[held.span.trace_id]
            found.setdefault((session, key), []).append(held)
        return dict(sorted(found.items(), key=lambda item: self._depth(item[0][1])))

    def _depth(self, key: str) -> int:
        return len(list(self._ancestors(key))) + 1 if key else 0

    def _outer_models(self) -> set[str]:
        """Return the model calls that have another inside."""
        models = {h.span.span_id for h in self._held.values() if h.kind == "model"}
        return {above for span_id in models for above in self._ancestors(span_id)} & models

    def _sessions(self) -> dict[str, str]:
        """Return the session of each trace: what one of its spans says, or its own id."""
        named: dict[str, str] = {}
        for held in self._held.values():
            said = conventions.session_of(held.span.attributes)
            if said is not None:
                named.setdefault(held.span.trace_id, said)
        traces = {held.span.trace_id for held in self._held.values()}
        return {trace: named.get(trace, trace) for trace in traces}

    def _ancestors(self, span_id: str) -> Iterator[str]:
        above = self._above.get(span_id)
        for _ in range(_MAX_ABOVE):
            if not above or above == span_id:
                return
            yield above
            above = self._above.get(above)

    def _session(
        self,
        session_id: str,
        key: str,
        found: Sequence[_Held],
        told: dict[tuple[str, str], str],
    ) -> Session:
        first = found[0].span
        resources = (held.span.resource for held in found)
        resource = next((named for named in resources if named.name), Resource(None, None))
        parent = None
        if key:
            above = (run for run in self._ancestors(key) if (session_id, run) in told)
            parent = told.get((session_id, next(above, "")))
        return Session(
            id=make_id("traj", self._name, session_id, key, first.trace_id, first.span_id),
            session_id=session_id,
            agent=type_name(resource.name or first.attributes.get("gen_ai.agent.name")),
            agent_version=resource.version,
            parent_id=parent,
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
