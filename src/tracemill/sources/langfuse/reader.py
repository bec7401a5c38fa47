"""Traces and observations of one export, told as trajectories at its end.

What is held until then is bounded; beyond that, what has come so far is told, and later
observations of the same session make another trajectory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from tracemill.base.lines import Line
from tracemill.records.inputs import Quarantined, Tally
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import ToolCall
from tracemill.sources.building.chat_messages import as_text, decoded, read_messages, replies
from tracemill.sources.building.open_trajectory import NO_TOKENS, Tokens, Window
from tracemill.sources.building.traced import Traced, tell_sessions
from tracemill.sources.building.traced_steps import Operation
from tracemill.sources.content import Content
from tracemill.sources.langfuse.rows import is_observation, is_trace
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import object_at, quarantined
from tracemill.sources.reading.json_fields import (
    is_too_deep,
    moment,
    text,
    tool_arguments,
    type_name,
    whole_number,
)
from tracemill.sources.reading.rows import rows_of

MAX_HELD_BYTES: Final = 64 * 2**20
"""How much of an input is held until its trajectories are told."""
_KINDS: Final[Mapping[str, Literal["agent", "model", "tool"]]] = {
    "AGENT": "agent",
    "GENERATION": "model",
    "TOOL": "tool",
}
_CALL_IDS: Final = ("tool_call_id", "toolCallId", "gen_ai.tool.call.id")


def read_export(content: Content, origin: Origin, name: str) -> Iterator[SourceRecord]:
    """Yield what the rows of an export tell, those that cannot be read, and the tally."""
    reader = LangfuseReader(name, origin)
    n_quarantined = 0
    for row in rows_of(content, origin):
        if isinstance(row, Quarantined):
            n_quarantined += 1
            yield row
            continue
        item = object_at(row, row.data)
        if item.problem is not None:
            n_quarantined += 1
            yield quarantined(row, item.problem, origin)
            continue
        reader.take(item.fields, row)
        yield from reader.ready
        reader.ready.clear()
    reader.tell()
    yield from reader.ready
    n_lines = reader.n_used + n_quarantined + reader.skipped.total()
    yield Tally(n_lines=n_lines, n_used=reader.n_used, skipped=dict(reader.skipped))


class LangfuseReader:
    """Takes rows, and makes trajectories of what they tell of agents."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._window = Window()
        self.ready = self._window.ready
        self.n_used = 0
        self.skipped: Counter[str] = Counter()
        self._found: list[Traced] = []
        self._above: dict[str, str | None] = {}
        self._n_bytes = 0

    def take(self, row: Mapping[str, Any], line: Line) -> None:
        """Read one row: a trace, an observation, or a page of either."""
        page = row.get("data")
        rows = page if isinstance(page, list) and not is_observation(row) else [row]
        place = Span(start=line.start, end=line.end)
        for one in rows:
            if isinstance(one, dict) and is_trace(one):
                self._take_trace(one, place)
            elif isinstance(one, dict) and is_observation(one):
                self._take_observation(one, one, place)
            else:
                self.skipped["unknown_row"] += 1
        self._n_bytes += line.end - line.start
        if self._n_bytes > MAX_HELD_BYTES:
            self.tell()

    def tell(self) -> None:
        """Tell what is held."""
        tell_sessions(self._name, self._found, self._above, self._window, self._origin)
        self._found, self._above, self._n_bytes = [], {}, 0

    def _take_trace(self, trace: Mapping[str, Any], place: Span) -> None:
        scores = trace.get("scores")
        self.skipped.update({"score": len(scores)} if isinstance(scores, list) and scores else {})
        self.n_used += 1
        observations = [one for one in trace["observations"] if isinstance(one, dict)]
        ends = [at for one in observations if (at := moment(one.get("endTime")))]
        whole = Operation(
            kind="agent",
            span_id=str(trace["id"]),
            started=moment(trace.get("timestamp")),
            ended=max(ends, default=None),
            place=place,
            given=read_messages(trace.get("input")),
            said=replies(read_messages(trace.get("output"))),
        )
        self._found.append(_traced(whole, trace, str(trace["id"])))
        for observation in observations:
            self._take_observation(observation, trace, place)

    def _take_observation(
        self, observation: Mapping[str, Any], trace: Mapping[str, Any], place: Span
    ) -> None:
        own_id = str(observation.get("id"))
        self._above[own_id] = text(observation.get("parentObservationId"))
        kind = _KINDS.get(str(observation.get("type")))
        if kind is None:
            self.skipped[f"observation:{type_name(observation.get('type'))}"] += 1
            return
        self.n_used += 1
        trace_id = str(observation.get("traceId") or trace.get("id"))
        operation = _operation(own_id, kind, observation, place)
        self._found.append(_traced(operation, trace, trace_id))


def _traced(operation: Operation, trace: Mapping[str, Any], trace_id: str) -> Traced:
    metadata = decoded(trace.get("metadata"))
    resource = metadata.get("resourceAttributes") if isinstance(metadata, dict) else None
    service = resource.get("service.name") if isinstance(resource, dict) else None
    return Traced(
        operation=operation,
        trace_id=trace_id,
        agent=type_name(service) if service else "langfuse",
        session_id=text(trace.get("sessionId")),
        agent_version=text(trace.get("release")) or text(trace.get("version")),
        title=text(trace.get("traceName"))
        or (text(trace.get("name")) if is_trace(trace) else None),
    )


def _operation(
    own_id: str,
    kind: Literal["agent", "model", "tool"],
    observation: Mapping[str, Any],
    place: Span,
) -> Operation:
    has_failed = observation.get("level") == "ERROR"
    is_tool = kind == "tool"
    result = observation.get("output")
    return Operation(
        kind=kind,
        span_id=own_id,
        started=moment(observation.get("startTime")),
        ended=moment(observation.get("endTime")),
        place=place,
        model=text(observation.get("model")) or text(observation.get("providedModelName")),
        tokens=_tokens(observation),
        given=() if is_tool else read_messages(observation.get("input")),
        said=() if is_tool else replies(read_messages(result)),
        call=_call(observation) if is_tool else None,
        result=as_text(result) if is_tool and result is not None else None,
        status="error" if has_failed else "unknown",
        error=text(observation.get("statusMessage")),
    )


def _call(observation: Mapping[str, Any]) -> ToolCall:
    metadata = decoded(observation.get("metadata"))
    inner = metadata.get("attributes") if isinstance(metadata, dict) else None
    places = [observation, metadata, inner]
    named = (p.get(key) for p in places if isinstance(p, dict) for key in _CALL_IDS)
    given = decoded(observation.get("input"))
    return ToolCall(
        id=next((call_id for one in named if (call_id := text(one))), ""),
        name=text(observation.get("name")) or "",
        arguments={} if is_too_deep(given) else tool_arguments(given),
    )


def _tokens(observation: Mapping[str, Any]) -> Tokens:
    """Return what a generation cost. Newer rows give kinds that add up, older ones three sums."""
    details, sums = observation.get("usageDetails"), observation.get("usage")
    kinds = details if isinstance(details, dict) and details else sums
    if not isinstance(kinds, dict):
        return NO_TOKENS
    counts = {key: n for key, value in kinds.items() if (n := whole_number(value)) is not None}
    thought = _sum(counts, "reasoning")
    said = counts.get("output")
    return (
        counts.get("input"),
        said + (thought or 0) if said is not None else None,
        _sum(counts, "cache_read", "cached"),
        _sum(counts, "cache_creation", "cache_write"),
        thought,
    )


def _sum(counts: Mapping[str, int], *parts: str) -> int | None:
    found = [n for key, n in counts.items() if any(part in key for part in parts)]
    return sum(found) if found else None
