"""The steps of one traced trajectory, made of what its operations began and ended with.

Every model call repeats the whole history that it was given, and tools are told of twice, by
the model that asked and by the span of the call. Each message is told once, and each result
joins its call. A message that a model was given and that nobody was seen to say is context
from before, and never trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple

import msgspec

from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import ResultStatus, Speaker, ToolCall, ToolResult
from tracemill.sources.building.chat_messages import MessageKey, Said
from tracemill.sources.building.open_trajectory import (
    NO_TOKENS,
    OpenStep,
    OpenTrajectory,
    Tokens,
    Window,
    added,
)

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_FIRST, _LAST = 0, 1


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was traced."""

    kind: Literal["agent", "model", "tool"]
    """A run of an agent, a call of a model, or a call of a tool."""
    span_id: str
    """Its id in the trace."""
    started: datetime | None
    """When it began."""
    ended: datetime | None
    """When it ended."""
    place: Span
    """Where it stands in the input."""
    model: str | None = None
    """The model that answered."""
    tokens: Tokens = NO_TOKENS
    """What the model call cost."""
    given: tuple[Said, ...] = ()
    """Messages that went in."""
    said: tuple[Said, ...] = ()
    """Messages that came out."""
    call: ToolCall | None = None
    """For a tool: the call; its id is empty where none was recorded."""
    result: str | None = None
    """For a tool: what came back."""
    status: ResultStatus = "unknown"
    """How it ended, as far as the trace tells."""
    error: str | None = None
    """What the trace says of the failure."""


class Session(NamedTuple):
    """What is known of a trajectory before its operations are looked at."""

    id: str
    """The trajectory's id."""
    session_id: str
    agent: str
    agent_version: str | None = None
    title: str | None = None
    parent_id: str | None = None


def build_trajectory(
    session: Session, operations: Sequence[Operation], window: Window, origin: Origin
) -> bool:
    """Put the steps and the header of one trajectory into `window.ready`.

    Returns whether there was anything to tell: without steps there is no trajectory.
    """
    builder = _Builder(session, window)
    for operation, end in _moments(operations):
        builder.take(operation, end)
    return builder.finish(origin, operations)


def _moments(operations: Iterable[Operation]) -> Iterator[tuple[Operation, int]]:
    """Yield beginnings and endings by time; at one moment, what ends comes before what begins."""
    moments = []
    for number, operation in enumerate(operations):
        began = operation.started or operation.ended or _NEVER
        ended = max(operation.ended or began, began)
        at_once = ended == began
        moments.append(((began, 1, number, _FIRST), operation, _FIRST))
        moments.append(((ended, 1 if at_once else 0, number, _LAST), operation, _LAST))
    for _, operation, end in sorted(moments, key=lambda moment: moment[0]):
        yield operation, end


class _Answered(NamedTuple):
    step: OpenStep
    position: int


class _Builder:
    """Makes the steps of one trajectory."""

    def __init__(self, session: Session, window: Window) -> None:
        self._session = session
        self._window = window
        self._trajectory = OpenTrajectory(session.id, session.session_id)
        self._seen: Counter[MessageKey] = Counter()
        self._answered: dict[str, _Answered] = {}
        self._waiting: dict[str, str] = {}
        """Calls that wait for their result: their names by their ids."""

    def take(self, operation: Operation, end: int) -> None:
        """Tell what an operation began or ended with."""
        if operation.kind == "tool":
            if end == _FIRST:
                self._call(operation)
            else:
                self._return(operation)
        elif end == _FIRST:
            self._give(operation)
        else:
            self._say(operation)

    def finish(self, origin: Origin, operations: Sequence[Operation]) -> bool:
        """Close the trajectory and tell its header, where it has any step."""
        trajectory, session = self._trajectory, self._session
        if not trajectory.n_steps:
            return False
        trajectory.is_subagent = session.parent_id is not None
        trajectory.parent_id = session.parent_id
        trajectory.agent_version = session.agent_version
        trajectory.title = session.title
        for operation in operations:
            trajectory.see_moment(operation.started)
            trajectory.see_moment(operation.ended)
            trajectory.see_model(operation.model)
        trajectory.tokens = _cost(operations)
        self._window.close(trajectory)
        self._window.ready.append(trajectory.header(session.agent, origin))
        return True

    def _give(self, operation: Operation) -> None:
        """Tell of the messages that went in and that nothing has told before."""
        counted: Counter[MessageKey] = Counter()
        new = []
        for said in operation.given:
            key = said.key
            counted[key] += 1
            if counted[key] > self._seen[key]:
                new.append(said)
        self._seen |= counted
        replies = [number for number, said in enumerate(new) if said.speaker == "agent"]
        n_before = replies[-1] + 1 if replies else 0
        for number, said in enumerate(new):
            self._tell(said, operation, operation.started, is_replayed=number < n_before)

    def _say(self, operation: Operation) -> None:
        """Tell what came out of a model, or of an agent where its model calls told nothing."""
        step = None
        for said in operation.said:
            if operation.kind == "agent" and self._seen[said.key]:
                continue
            self._seen[said.key] += 1
            step = self._tell(said, operation, operation.ended, is_replayed=False) or step
        if operation.kind != "model":
            return
        if step is None and operation.status == "error" and operation.error:
            step = self._open("agent", operation, operation.ended)
            step.is_error = True
            self._add_texts(step, [operation.error])
        if step is not None:
            step.tokens = operation.tokens
            step.model = operation.model

    def _tell(
        self, said: Said, operation: Operation, at: datetime | None, *, is_replayed: bool
    ) -> OpenStep | None:
        self._window.ready.extend(said.unread)
        for answer in said.answers:
            self._answer(answer.call_id, None, answer.content, "unknown", operation)
        if not (said.texts or said.reasoning or said.calls):
            return None
        step = self._open("user" if said.speaker == "tool" else said.speaker, operation, at)
        step.is_replayed = is_replayed
        step.n_images = said.n_images
        step.native_id = operation.span_id if said.speaker == "agent" and not is_replayed else None
        self._add_texts(step, said.texts)
        step.reasoning += said.reasoning
        for number, call in enumerate(said.calls):
            self._add_call(step, call, f"{operation.span_id}-{number}")
        return step

    def _open(self, speaker: Speaker, operation: Operation, at: datetime | None) -> OpenStep:
        return self._window.open(self._trajectory, speaker, operation.place, at)

    def _add_texts(self, step: OpenStep, texts: Sequence[str]) -> None:
        step.texts += texts
        self._window.grow(self._trajectory, step, sum(map(len, texts)))

    def _add_call(self, step: OpenStep, call: ToolCall, own_id: str) -> None:
        if not call.id:
            call = msgspec.structs.replace(call, id=own_id)
        self._waiting[call.id] = call.name
        self._window.add_call(self._trajectory, step, call)

    def _call(self, operation: Operation) -> None:
        """Tell of a tool call, unless the model that asked for it has told."""
        call = operation.call
        if call is None or self._known(call.id, call.name) is not None:
            return
        if call.id in self._answered:
            return
        step = self._open("agent", operation, operation.started)
        step.native_id = operation.span_id
        step.model = operation.model
        self._add_call(step, call, operation.span_id)

    def _return(self, operation: Operation) -> None:
        call = operation.call
        if call is not None:
            content = operation.result or operation.error or ""
            self._answer(call.id or None, call.name, content, operation.status, operation)

    def _known(self, call_id: str | None, name: str | None) -> str | None:
        """Return the id under which a call waits for its result."""
        if call_id:
            return call_id if call_id in self._trajectory.by_call else None
        waiting = (own for own, called in self._waiting.items() if name in (None, called))
        return next((own for own in waiting if own in self._trajectory.by_call), None)

    def _answer(
        self,
        call_id: str | None,
        name: str | None,
        content: str,
        status: ResultStatus,
        operation: Operation,
    ) -> None:
        """Let a result join its call; what is told of it twice is put together."""
        known = self._known(call_id, name) or call_id
        before = self._answered.get(known) if known else None
        if before is not None and before.step.results:
            self._complete(before, content, status)
            return
        own_id = known or f"{operation.span_id}-result"
        self._waiting.pop(own_id, None)
        step = self._trajectory.by_call.get(own_id) or self._open(
            "tool", operation, operation.ended
        )
        step.results.append(ToolResult(call_id=own_id, content=content, status=status))
        step.end = max(step.end, operation.place.end)
        self._answered[own_id] = _Answered(step, len(step.results) - 1)
        self._window.grow(self._trajectory, step, len(content))

    def _complete(self, before: _Answered, content: str, status: ResultStatus) -> None:
        result = before.step.results[before.position]
        before.step.results[before.position] = msgspec.structs.replace(
            result,
            content=result.content or content,
            status=status if result.status == "unknown" else result.status,
        )


def _cost(operations: Iterable[Operation]) -> Tokens:
    """Return what the model calls cost; what an agent's run cost where no model call says."""
    by_kind = {"model": NO_TOKENS, "agent": NO_TOKENS, "tool": NO_TOKENS}
    for operation in operations:
        by_kind[operation.kind] = added(by_kind[operation.kind], operation.tokens)
    return by_kind["agent"] if by_kind["model"] == NO_TOKENS else by_kind["model"]
