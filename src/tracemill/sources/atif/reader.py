"""One ATIF document as it is read: a trajectory step by step, then those of its subagents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from tracemill.base.difference import beyond
from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import Event
from tracemill.records.refs import Origin, Record, Span
from tracemill.records.sessions.trajectory import Remainder, Speaker, Step
from tracemill.render.atif import (
    FORMAT,
    OWN,
    OWN_OF_HEADER,
    OWN_OF_OTHERS,
    OWN_OF_STEP,
    UNKNOWN_VERSION,
    atif_header,
    atif_step,
)
from tracemill.sources.atif.content import read_calls, read_results, read_tokens
from tracemill.sources.building.message_parts import read_message
from tracemill.sources.building.open_trajectory import NO_TOKENS, OpenTrajectory, added, usage_of
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Document, take_apart_item
from tracemill.sources.reading.json_fields import fields_of, is_too_deep, moment, text
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, TrajectoryIds, objects

R = TypeVar("R", bound=Record)

_SPEAKERS: Final[Mapping[Any, Speaker]] = {"system": "system", "user": "user", "agent": "agent"}
_SUBAGENTS: Final = "subagent_trajectories"


class AtifReader:
    """Opens documents, and the subagents in them."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._events = EventMaker(origin)
        self._ids = TrajectoryIds()

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the steps of a document, then those of the subagents in it.

        Raises:
            BadShapeError: the document, or one in it, is no trajectory.
        """
        yield from self._open(row, None)

    def _open(self, row: Line, parent: OpenTrajectory | None) -> Iterator[Part]:
        document = take_apart_item(row, ("steps",))
        if is_too_deep(document.fields):
            raise BadShapeError("expected a trajectory, found it nested too deeply")
        has_subagents = bool(document.fields.get(_SUBAGENTS))
        trajectory = self._begin(document, parent)
        fields = {key: value for key, value in document.fields.items() if key != _SUBAGENTS}
        reading = _Reading(trajectory, fields if has_subagents else document.fields, self)
        yield Part(objects(document.items), reading)
        if has_subagents:
            for inner in take_apart_item(row, (_SUBAGENTS,), frozenset()).items:
                yield from self._open(inner, trajectory)

    def _begin(self, document: Document, parent: OpenTrajectory | None) -> OpenTrajectory:
        fields, agent = document.fields, fields_of(document.fields.get("agent"))
        if text(agent.get("name")) is None:
            raise BadShapeError("expected the name of an agent, found none")
        session_id, native_id = text(fields.get("session_id")), text(fields.get("trajectory_id"))
        first = document.items[0].data if document.items else b""
        own_id = self._ids.make(self._name, session_id or "", native_id or "", first)
        inherited = own_id if parent is None else parent.session_id
        trajectory = OpenTrajectory(own_id, session_id or inherited)
        if parent is not None:
            trajectory.is_subagent, trajectory.parent_id = True, parent.id
        version = text(agent.get("version"))
        trajectory.agent_version = None if version == UNKNOWN_VERSION else version
        return trajectory

    def compaction(self, place: Place) -> Event:
        """Return that the context was summarised."""
        return self._events.compaction(place)

    @property
    def origin(self) -> Origin:
        """Where all of it stands."""
        return self._origin


class _Reading:
    """One trajectory whose steps are being read."""

    def __init__(
        self, trajectory: OpenTrajectory, fields: Mapping[str, Any], reader: AtifReader
    ) -> None:
        self.ready: list[SourceRecord] = []
        self._trajectory = trajectory
        self._fields = dict(fields)
        self._agent = fields_of(fields.get("agent"))
        self._reader = reader

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one step.

        Raises:
            BadShapeError: it is none.
        """
        speaker = _SPEAKERS.get(text(record.get("source")))
        if speaker is None:
            raise BadShapeError("expected system, user or agent as source, found something else")
        if is_too_deep(record):
            raise BadShapeError("expected a step, found it nested too deeply")
        step = self._step(record, speaker, line)
        trajectory = self._trajectory
        trajectory.n_steps += 1
        trajectory.see_moment(step.at)
        trajectory.see_model(step.model)
        if not step.is_replayed:
            trajectory.tokens = added(trajectory.tokens, read_tokens(record.get("metrics")))
        self.ready.append(step)
        if _tells_compaction(record):
            self.ready.append(self._reader.compaction(Place(trajectory, line, step.at, step.index)))
        return None

    def _step(self, record: dict[str, Any], speaker: Speaker, line: Line) -> Step:
        said = read_message(record.get("message"))
        is_agent = speaker == "agent"
        model = text(record.get("model_name")) or text(self._agent.get("model_name"))
        step = Step(
            trajectory_id=self._trajectory.id,
            index=self._trajectory.n_steps,
            speaker=speaker,
            text=said.text,
            reasoning=text(record.get("reasoning_content")) if is_agent else None,
            calls=read_calls(record.get("tool_calls")) if is_agent else (),
            results=read_results(record.get("observation")),
            model=model if is_agent else None,
            usage=usage_of(read_tokens(record.get("metrics"))) if is_agent else None,
            at=moment(record.get("timestamp")),
            is_replayed=record.get("is_copied_context") is True,
            n_images=said.n_images,
            span=Span(start=line.start, end=line.end),
        )
        step = _restored(step, own_words(record), (*OWN_OF_STEP, *OWN_OF_OTHERS))
        found = beyond(record, atif_step(step))
        if not found.values and not found.absent:
            return step
        remainder = Remainder(format=FORMAT, values=found.values, absent=found.absent)
        return msgspec.structs.replace(step, remainder=remainder)

    def finish(self) -> None:
        """Give the trajectory its header."""
        trajectory, own = self._trajectory, own_words(self._fields)
        if not trajectory.models:
            trajectory.see_model(text(self._agent.get("model_name")))
        if trajectory.tokens == NO_TOKENS:
            totals = fields_of(self._fields.get("final_metrics")).items()
            trajectory.tokens = read_tokens({k.removeprefix("total_"): v for k, v in totals})
        header = trajectory.header(str(self._agent["name"]), self._reader.origin)
        self.ready += self._events(own.get("events"))
        header = _restored(header, own, OWN_OF_HEADER)
        # A header always has one, which tells a writer that it was read from this format.
        found = beyond(self._fields, atif_header(header))
        remainder = Remainder(format=FORMAT, values=found.values, absent=found.absent)
        self.ready.append(msgspec.structs.replace(header, remainder=remainder))

    def _events(self, told: object) -> Iterator[Event]:
        """Yield the events that we put into a document ourselves."""
        for number, event in enumerate(told if isinstance(told, list) else ()):
            here = {
                "id": make_id("event", self._trajectory.id, "told", str(number)),
                "trajectory_id": self._trajectory.id,
                "origin": msgspec.to_builtins(self._reader.origin),
            }
            try:
                yield msgspec.convert({**fields_of(event), **here}, Event)
            except msgspec.ValidationError:
                continue  # whoever changed our words: they are kept as they are in the remainder


def own_words(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what we put into an object's `extra` ourselves."""
    return fields_of(fields_of(holder.get("extra")).get(OWN))


def _restored(record: R, own: Mapping[str, Any], names: Iterable[str]) -> R:
    """Return a record with what we said of it ourselves, where that is still in order."""
    told = {name: own[name] for name in names if name in own}
    if not told:
        return record
    try:
        return msgspec.convert({**msgspec.to_builtins(record), **told}, type(record))
    except msgspec.ValidationError:
        return record


def _tells_compaction(record: Mapping[str, Any]) -> bool:
    told = fields_of(fields_of(record.get("extra")).get("context_management"))
    return told.get("type") == "compaction"
