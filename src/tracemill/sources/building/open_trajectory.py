"""Steps under construction: a bounded window of those that may still grow.

One message stands on several lines, and the result of a call stands some way behind it, so a
step cannot be given away at once. It stays open until so many steps or so much text stand
behind it that nothing more is expected; then it is closed for good, in the order of its
index. What comes too late makes a step of its own. Memory therefore does not grow with the
input.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Final

import msgspec

from tracemill.base.lines import Line
from tracemill.records.events.event import Event
from tracemill.records.refs import Origin, Span
from tracemill.records.sessions.trajectory import (
    Speaker,
    Step,
    ToolCall,
    ToolResult,
    Trajectory,
    Usage,
)
from tracemill.sources.building.remembered import Remembered
from tracemill.sources.building.worked_in import folder_of
from tracemill.sources.protocol import SourceRecord

MAX_OPEN_STEPS: Final = 256
"""Steps of one trajectory that may be open at a time."""
MAX_OPEN_BYTES: Final = 8 * 2**20
"""Text in all open steps of an input."""
MAX_MODELS: Final = 64
"""Models that a header names; a session has a handful."""
MAX_FOLDERS: Final = 4_096
"""Folders that a header names; a session works in a handful."""
_MAX_COUNTED_MESSAGES: Final = 30_000

Tokens = tuple[int | None, int | None, int | None, int | None, int | None]
"""The fields of `Usage` in their order."""
NO_TOKENS: Final[Tokens] = (None, None, None, None, None)


class OpenStep(msgspec.Struct, eq=False, kw_only=True, gc=False):
    """One step that may still grow; fields without a text are those of `Step`."""

    index: int
    speaker: Speaker | None
    """None where that will be known later; see `OpenTrajectory.presumed_speaker`."""
    start: int
    end: int
    texts: list[str] = []
    reasoning: list[str] = []
    calls: list[ToolCall] = []
    results: list[ToolResult] = []
    events: list[Event] = []
    """Events that are told together with the step."""
    tokens: Tokens = NO_TOKENS
    usage_key: int | None = None
    """What the tokens are counted under once in an input, where the source repeats them."""
    message_key: tuple[str | None, str | None] | None = None
    """What further lines of the message are known by."""
    model: str | None = None
    at: datetime | None = None
    is_replayed: bool = False
    is_error: bool = False
    n_images: int = 0
    n_bytes: int = 0
    """Size of the text that it holds."""
    native_id: str | None = None
    native_parent_id: str | None = None

    def extend_to(self, line: Line | Span) -> None:
        """Let the step's bytes reach to the end of `line`."""
        if self.end < (end := line.end):
            self.end = end

    def raise_tokens(self, tokens: Tokens) -> None:
        """Take the larger of each count, since a source may repeat and raise them."""
        if tokens != self.tokens:
            self.tokens = larger(self.tokens, tokens)


class OpenTrajectory:
    """One trajectory that is being read: its open steps, and what its header will say."""

    def __init__(self, trajectory_id: str, session_id: str) -> None:
        self.id = trajectory_id
        self.session_id = session_id
        self.is_subagent = False
        self.parent_id: str | None = None
        self.agent_version: str | None = None
        self.title: str | None = None
        self.cwd: str | None = None
        self._folder: str | None = None
        self._folders: dict[str, None] = {}
        self.branch: str | None = None
        self.base_commit: str | None = None
        self.repository: str | None = None
        self.started: datetime | None = None
        self.ended: datetime | None = None
        self.n_steps = 0
        self.models: dict[str, None] = {}
        self.tokens = NO_TOKENS
        """Tokens of the closed steps, or of all where the source says so itself."""
        self.presumed_speaker: Speaker = "user"
        """Who spoke in steps whose speaker nothing has told when they close."""
        self.steps: deque[OpenStep] = deque()
        self.by_message: dict[tuple[str | None, str | None], OpenStep] = {}
        self.by_call: dict[str, OpenStep] = {}

    def last_index(self) -> int | None:
        """Return the index of the newest step, or None where there is none yet."""
        return self.n_steps - 1 if self.n_steps else None

    def see_moment(self, at: datetime | None) -> None:
        """Let the trajectory reach to `at`."""
        if at is None:
            return
        if self.started is None or self.ended is None:
            self.started = self.ended = at
        elif at > self.ended:
            self.ended = at
        elif at < self.started:
            self.started = at

    def see_model(self, model: str | None) -> None:
        """Note that `model` spoke."""
        if model is not None and model not in self.models and len(self.models) < MAX_MODELS:
            self.models[model] = None

    def see_folder(self, folder: str | None) -> None:
        """Note that it worked in `folder`; most sessions stay in one all along."""
        if folder == self._folder or folder is None:
            return
        self._folder = folder
        if len(self._folders) < MAX_FOLDERS:
            self._folders[folder] = None

    def forget_calls(self, step: OpenStep) -> None:
        """Let no result find `step` any more."""
        for call in step.calls:
            if self.by_call.get(call.id) is step:
                del self.by_call[call.id]

    def forget_message(self, step: OpenStep) -> None:
        """Let no line of its message find `step` any more."""
        key = step.message_key
        if key is not None and self.by_message.get(key) is step:
            del self.by_message[key]

    def header(self, agent: str, origin: Origin) -> Trajectory:
        """Return the record that follows the trajectory's steps."""
        return Trajectory(
            id=self.id,
            session_id=self.session_id,
            parent_id=self.parent_id,
            is_subagent=self.is_subagent,
            agent=agent,
            agent_version=self.agent_version,
            title=self.title,
            models=tuple(self.models),
            cwd=self.cwd,
            other_folders=tuple(folder for folder in self._folders if folder != self.cwd),
            branch=self.branch,
            base_commit=self.base_commit,
            repository=self.repository,
            started=self.started,
            ended=self.ended,
            n_steps=self.n_steps,
            total_usage=usage_of(self.tokens),
            origin=origin,
        )


class Window:
    """All open steps of one input, and the records that are ready to be given away."""

    def __init__(self) -> None:
        self.ready: list[SourceRecord] = []
        self._n_bytes = 0
        self._active: dict[str, OpenTrajectory] = {}
        self._counted: Remembered[int, Tokens] = Remembered(_MAX_COUNTED_MESSAGES)

    def open(
        self,
        trajectory: OpenTrajectory,
        speaker: Speaker | None,
        line: Line | Span,
        at: datetime | None,
    ) -> OpenStep:
        """Begin the next step of `trajectory`."""
        step = OpenStep(
            index=trajectory.n_steps,
            speaker=speaker,
            start=line.start,
            end=line.end,
            at=at,
        )
        trajectory.n_steps += 1
        trajectory.steps.append(step)
        trajectory.see_moment(at)
        self._active[trajectory.id] = trajectory
        if len(trajectory.steps) > MAX_OPEN_STEPS:
            self._close_oldest(trajectory)
        return step

    def add_call(self, trajectory: OpenTrajectory, step: OpenStep, call: ToolCall) -> None:
        """Let `step` make `call`, and wait for its result."""
        step.calls.append(call)
        trajectory.by_call[call.id] = step
        trajectory.see_folder(folder_of(call, trajectory.cwd))

    def grow(self, trajectory: OpenTrajectory, step: OpenStep, n_bytes: int) -> None:
        """Account for text that `step` took in, and close others where that is too much."""
        step.n_bytes += n_bytes
        self._n_bytes += n_bytes
        if self._n_bytes > MAX_OPEN_BYTES:
            self._shed(trajectory)

    def tell(self, trajectory: OpenTrajectory, event: Event) -> None:
        """Tell an event together with the newest step, and never if that is taken back."""
        (trajectory.steps[-1].events if trajectory.steps else self.ready).append(event)

    def close(self, trajectory: OpenTrajectory) -> None:
        """Give away every open step of `trajectory`."""
        while trajectory.steps:
            self._close_oldest(trajectory)

    def empty(self, trajectory: OpenTrajectory, step: OpenStep) -> None:
        """Forget what an open step holds, because its source tells it anew."""
        self._n_bytes -= step.n_bytes
        trajectory.forget_calls(step)
        step.texts, step.reasoning, step.calls, step.results = [], [], [], []
        step.events, step.n_bytes, step.n_images = [], 0, 0

    def retract(self, trajectory: OpenTrajectory, index: int) -> None:
        """Take back the open steps from `index` on, because their source tells them anew."""
        while trajectory.steps and trajectory.steps[-1].index >= index:
            step = trajectory.steps.pop()
            trajectory.n_steps -= 1
            trajectory.tokens = added(trajectory.tokens, step.tokens)
            self.empty(trajectory, step)
            trajectory.forget_message(step)
        if not trajectory.steps:
            self._active.pop(trajectory.id, None)

    def _shed(self, current: OpenTrajectory) -> None:
        for other in list(self._active.values()):
            if other is not current:
                self.close(other)
        while self._n_bytes > MAX_OPEN_BYTES and len(current.steps) > 1:
            self._close_oldest(current)

    def _close_oldest(self, trajectory: OpenTrajectory) -> None:
        step = trajectory.steps.popleft()
        self._n_bytes -= step.n_bytes
        if not trajectory.steps:
            self._active.pop(trajectory.id, None)
        trajectory.forget_calls(step)
        trajectory.forget_message(step)
        self.ready.append(self._closed(trajectory, step))
        self.ready.extend(step.events)
        # Whoever still refers to the step must not keep its text alive.
        step.texts, step.reasoning, step.calls, step.results = [], [], [], []

    def _closed(self, trajectory: OpenTrajectory, step: OpenStep) -> Step:
        tokens = step.tokens
        if tokens is not NO_TOKENS and step.usage_key is not None:
            tokens = self._not_yet_counted(step.usage_key, tokens)
            trajectory.tokens = added(trajectory.tokens, tokens)
        closed = Step(
            trajectory_id=trajectory.id,
            index=step.index,
            speaker=step.speaker or trajectory.presumed_speaker,
            text="\n\n".join(step.texts),
            reasoning="\n\n".join(step.reasoning) if step.reasoning else None,
            calls=tuple(step.calls),
            results=tuple(step.results),
            model=step.model,
            usage=usage_of(tokens),
            at=step.at,
            is_replayed=step.is_replayed,
            n_images=step.n_images,
            native_id=step.native_id,
            native_parent_id=step.native_parent_id,
            span=Span(start=step.start, end=step.end),
        )
        # A sixteenth keyword would make Python hand over all of them in a dict, at twice the cost.
        return msgspec.structs.replace(closed, is_error=True) if step.is_error else closed

    def _not_yet_counted(self, key: int, tokens: Tokens) -> Tokens:
        before = self._counted.get(key)
        if before is None:
            self._counted.put(key, tokens)
            return tokens
        self._counted.put(key, larger(before, tokens))
        return rest(tokens, before)


def usage_of(tokens: Tokens) -> Usage | None:
    """Return the record of `tokens`, or None where nothing is known of them."""
    if tokens == NO_TOKENS:
        return None
    fresh, output, cache_read, cache_write, reasoning = tokens
    return Usage(
        input_tokens=fresh,
        output_tokens=output,
        cache_read_tokens=cache_read,
        cache_write_tokens=cache_write,
        reasoning_tokens=reasoning,
    )


def larger(one: Tokens, other: Tokens) -> Tokens:
    """Return the larger of each count; a known one is larger than an unknown one."""
    a, b, c, d, e = map(_max, one, other)
    return a, b, c, d, e


def added(one: Tokens, other: Tokens) -> Tokens:
    """Return the sum of each count; an unknown one adds nothing to a known one."""
    a, b, c, d, e = map(_sum, one, other)
    return a, b, c, d, e


def rest(tokens: Tokens, before: Tokens) -> Tokens:
    """Return what each count has beyond `before`; None where that is nothing."""
    a, b, c, d, e = map(_beyond, tokens, before)
    return a, b, c, d, e


def _max(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def _sum(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other


def _beyond(value: int | None, before: int | None) -> int | None:
    if value is None or before is None:
        return value
    return value - before if value > before else None
