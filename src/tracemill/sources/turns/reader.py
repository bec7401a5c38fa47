"""One session of turns as it is read, turn by turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, Final, TypeVar, get_args

import msgspec
from msgspec import structs

from tracemill.base.difference import beyond
from tracemill.base.lines import Line
from tracemill.records.events.in_session import FeedbackKind
from tracemill.records.refs import Origin, Record, Span
from tracemill.records.sessions.trajectory import (
    Remainder,
    ResultStatus,
    Step,
    ToolCall,
    ToolResult,
)
from tracemill.render.turns import (
    FORMAT,
    TEXT,
    CalledTool,
    ModelResponse,
    SessionOfTurns,
    Turn,
    session_of_turns,
    turn_of,
)
from tracemill.sources.building.open_trajectory import OpenTrajectory
from tracemill.sources.building.role_steps import UNKNOWN_AGENT
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.documents import Document, take_apart_item
from tracemill.sources.reading.json_faults import shape_fault
from tracemill.sources.reading.json_fields import is_line_too_deep, is_too_deep, moment
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import Part, TrajectoryIds, objects

R = TypeVar("R", bound=Record)

_OF_TEXT: Final = frozenset({"type", TEXT, "status", "exit_code"})
_STATUSES: Final[Mapping[str, ResultStatus]] = {one: one for one in get_args(ResultStatus)}
_THUMBS: Final[Mapping[str, FeedbackKind]] = {
    "thumbs_up": "approval", "\U0001f44d": "approval",
    "thumbs_down": "disapproval", "\U0001f44e": "disapproval",
}  # fmt: skip
_SOLVED: Final[Mapping[str | None, bool]] = {"success": True, "failure": False}


class TurnsReader:
    """Opens sessions."""

    def __init__(self, name: str, origin: Origin, zone: tzinfo | None = None) -> None:
        self._name = name
        self.zone = zone
        self._ids = TrajectoryIds()
        self.origin = origin
        self.events = EventMaker(origin)

    def open_row(self, row: Line) -> Iterator[Part]:
        """Yield the turns of a session.

        Raises:
            BadShapeError: a field of the session is of the wrong type; the path says which.
        """
        document = take_apart_item(row, ("turns",))
        if is_too_deep(document.fields):
            raise BadShapeError("expected a session, found it nested too deeply")
        session = _checked(document.fields, SessionOfTurns, "$")
        first = document.items[0].data if document.items else b""
        own_id = self._ids.make(self._name, session.session_id, first)
        trajectory = OpenTrajectory(own_id, session.session_id)
        yield Part(objects(document.items), _Reading(trajectory, session, document, self))


def _checked(fields: Mapping[str, Any], kind: type[R], path: str) -> R:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise BadShapeError(shape_fault(error).replace("`$", f"`{path}")) from None


class _Reading:
    """One session whose turns are being read."""

    def __init__(
        self,
        trajectory: OpenTrajectory,
        session: SessionOfTurns,
        document: Document,
        reader: TurnsReader,
    ) -> None:
        self.ready: list[SourceRecord] = []
        self._trajectory = trajectory
        self._session = session
        self._document = document
        self._reader = reader
        self._places = {item.start: at for at, item in enumerate(document.items)}

    def take(self, record: dict[str, Any], line: Line) -> str | None:
        """Read one turn.

        Raises:
            BadShapeError: it is none; the path says which field is of the wrong type.
        """
        path = f"$.turns[{self._places[line.start]}]"
        if is_line_too_deep(record, line):
            raise BadShapeError(f"expected a turn, found it nested too deeply at `{path}`")
        turn = _checked(record, Turn, path)
        steps = list(self._steps(turn, line))
        if not steps:
            raise BadShapeError(f"expected a message or a response, found neither at `{path}`")
        said = msgspec.to_builtins(turn_of(0, steps))
        del said["turn_number"]  # so that each turn has a remainder, which tells where it begins
        found = beyond(record, said)
        remainder = Remainder(format=FORMAT, values=found.values, absent=found.absent)
        self.ready += [structs.replace(steps[0], remainder=remainder), *steps[1:]]
        self._trajectory.n_steps += len(steps)
        self._hear(turn, line)
        return None

    def _hear(self, turn: Turn, line: Line) -> None:
        """Tell of a thumb that the person gave the response; other feedback is a remainder."""
        given = turn.user_feedback
        if given is None or turn.model_response is None:
            return
        action = _THUMBS.get(given.signal.strip().lower().replace("-", "_").replace(" ", "_"))
        if action is not None:
            place = Place(
                self._trajectory, line, moment(given.timestamp), self._trajectory.last_index()
            )
            self.ready.append(self._reader.events.feedback(place, action))

    def _steps(self, turn: Turn, line: Line) -> Iterator[Step]:
        trajectory, index = self._trajectory, self._trajectory.n_steps
        span = Span(start=line.start, end=line.end)
        if turn.user_message is not None:
            yield Step(
                trajectory_id=trajectory.id, index=index, speaker="user",
                text=turn.user_message, span=span,
            )  # fmt: skip
            index += 1
        response = turn.model_response
        if response is None:
            return
        text = response.response_text or ""
        yield _acting(response, Step(
            trajectory_id=trajectory.id, index=index, speaker="agent",
            text="" if response.tool_calls else text, span=span,
        ))  # fmt: skip
        if response.tool_calls and text:
            yield Step(
                trajectory_id=trajectory.id, index=index + 1, speaker="agent", text=text, span=span
            )

    def finish(self) -> None:
        """Tell how the session came out, and give it its header."""
        trajectory, session = self._trajectory, self._session
        trajectory.started = moment(session.start_time, self._reader.zone)
        trajectory.ended = moment(session.end_time, self._reader.zone)
        totals = session.metadata
        self._state("resolved", _SOLVED.get(session.outcome))
        self._state("feedback", None if totals is None else totals.user_satisfaction)
        header = trajectory.header(UNKNOWN_AGENT, self._reader.origin)
        found = beyond(self._document.fields, msgspec.to_builtins(session_of_turns(header)))
        remainder = Remainder(format=FORMAT, values=found.values, absent=found.absent)
        self.ready.append(structs.replace(header, remainder=remainder))

    def _state(self, fact: str, value: bool | str | None) -> None:
        if value is not None:
            whole, trajectory = self._document.whole, self._trajectory
            place = Place(trajectory, whole, trajectory.ended, trajectory.last_index())
            self.ready.append(self._reader.events.stated_outcome(place, fact, value))


def _acting(response: ModelResponse, step: Step) -> Step:
    """Return the step that thinks and calls, with what its calls returned."""
    ids = [f"step-{step.index}-{number}" for number in range(len(response.tool_calls))]
    told = list(zip(ids, response.tool_calls, strict=True))
    return structs.replace(
        step,
        reasoning=response.reasoning,
        calls=tuple(
            ToolCall(
                id=own,
                name=call.tool,
                arguments=call.args,
                tool_level=call.tool_level or "fixed",
                tool_version=call.tool_version,
                tool_config=call.tool_config,
            )
            for own, call in told
        ),
        results=tuple(_result(own, call) for own, call in told if call.result is not None),
    )


def _result(call_id: str, call: CalledTool) -> ToolResult:
    result = call.result or {}
    text, status, code = (result.get(name) for name in (TEXT, "status", "exit_code"))
    is_text = result.get("type") == TEXT and isinstance(text, str) and result.keys() <= _OF_TEXT
    if not is_text:
        return ToolResult(call_id=call_id, content=msgspec.json.encode(call.result).decode())
    return ToolResult(
        call_id=call_id,
        content=str(text),
        status=_STATUSES.get(status, "unknown") if isinstance(status, str) else "unknown",
        exit_code=code if type(code) is int else None,
    )
