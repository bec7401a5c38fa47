"""The steps of a log that is a list of messages by role, as most agents outside of editors write.

- What the agent says is a step; what comes back joins it: by the call that it names, or else by
  the oldest call of the newest reply that is still open.
- Agents without a tool protocol write their commands into their text. What comes back to such a
  reply joins it too, and answers no call.
- What comes back where nothing is open is said by the harness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from tracemill.base.lines import Line
from tracemill.records.events.event import FeedbackKind
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import ResultStatus, Speaker, ToolCall, ToolResult
from tracemill.sources.building.message_parts import Message
from tracemill.sources.building.open_trajectory import OpenStep, OpenTrajectory, Window
from tracemill.sources.building.session_events import EventMaker, Place
from tracemill.sources.protocol import SourceRecord
from tracemill.sources.reading.json_fields import is_too_deep
from tracemill.sources.reading.json_lines import BadShapeError
from tracemill.sources.reading.rows import TrajectoryIds

UNKNOWN_AGENT: Final = "unknown"
"""What an agent is called that nothing names."""
OUTCOME_FACTS: Final = (
    "resolved", "target", "exit_status", "feedback", "polarity", "success", "reward", "score",
)  # fmt: skip
"""Fields in which rows of data sets state how the work came out."""


class Outcome(NamedTuple):
    """How a call ended, as far as its format tells."""

    status: ResultStatus = "unknown"
    exit_code: int | None = None


def outcome_of(exit_code: int | None) -> Outcome:
    """Return how a command ended whose exit code is known."""
    if exit_code is None:
        return Outcome()
    return Outcome("error" if exit_code else "ok", exit_code)


class RowOpener:
    """Opens the rows of one input, each of which is a trajectory."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._events = EventMaker(origin)
        self._ids = TrajectoryIds()

    def begin(self, row: Line, fields: Mapping[str, Any], agent: str | None = None) -> RoleSteps:
        """Return the trajectory of a row, whose agent is called as its source where not said.

        Raises:
            BadShapeError: the row is nested too deeply.
        """
        if is_too_deep(fields):
            raise BadShapeError("expected a session, found it nested too deeply")
        own_id = self._ids.make(self._name, row.data)
        trajectory = OpenTrajectory(own_id, own_id)
        return RoleSteps(trajectory, agent or self._name, self._origin, self._events)


class RoleSteps:
    """The steps and events of one trajectory."""

    def __init__(
        self,
        trajectory: OpenTrajectory,
        agent: str,
        origin: Origin,
        events: EventMaker,
        ready: list[SourceRecord] | None = None,
    ) -> None:
        self.trajectory = trajectory
        self._window = Window()
        if ready is not None:
            self._window.ready = ready
        self.ready = self._window.ready
        self._agent = agent
        self._origin = origin
        self._events = events
        self._reply: OpenStep | None = None
        self._unanswered: list[str] = []
        self.now: datetime | None = None
        """When what is being read happened, for steps and events of which nothing else is said."""

    @property
    def is_answer_due(self) -> bool:
        """Whether what comes next answers a reply: one of its calls, or the command in its text."""
        reply = self._reply
        return bool(self._unanswered) or (
            reply is not None and not reply.calls and not reply.results
        )

    @property
    def has_reply(self) -> bool:
        """Whether nobody has spoken since the agent last did."""
        return self._reply is not None

    @property
    def n_due(self) -> int:
        """How many calls of the newest reply nothing has come back to."""
        return len(self._unanswered)

    def say(
        self, line: Line, speaker: Speaker, said: Message, at: datetime | None = None
    ) -> OpenStep:
        """Add a step of somebody; from then on, nothing answers what was said before."""
        step = self._window.open(self.trajectory, speaker, line, at or self.now)
        step.texts.append(said.text)
        step.n_images = said.n_images
        self.ready.extend(said.unread)
        self._reply = None
        self._unanswered = []
        self._window.grow(self.trajectory, step, len(said.text))
        return step

    def reply(
        self,
        line: Line,
        said: Message,
        calls: Iterable[ToolCall] = (),
        reasoning: str | None = None,
        at: datetime | None = None,
    ) -> OpenStep:
        """Add a step of the agent, whose calls wait for answers."""
        step = self.say(line, "agent", said, at)
        step.reasoning = [reasoning] if reasoning else []
        for call in calls:
            self._window.add_call(self.trajectory, step, call)
        self._reply = step
        self._unanswered = [call.id for call in step.calls]
        self._window.grow(self.trajectory, step, len(line.data))
        return step

    def answer(
        self,
        line: Line,
        content: str,
        call_id: str | None = None,
        outcome: Outcome = Outcome(),  # noqa: B008 - frozen
    ) -> OpenStep:
        """Let what came back join the step that it answers."""
        if call_id is None and self._unanswered:
            call_id = self._unanswered[0]
        step = self.trajectory.by_call.get(call_id or "") or self._reply
        if step is None:
            step = self._window.open(self.trajectory, "tool", line, self.now)
        self.trajectory.see_moment(self.now)
        result = ToolResult(
            call_id=call_id or f"unnamed-{step.index}-{len(step.results)}",
            content=content,
            status=outcome.status,
            exit_code=outcome.exit_code,
        )
        step.results.append(result)
        if line.start >= step.start:
            step.extend_to(line)
        if call_id in self._unanswered:
            self._unanswered.remove(call_id)
        self._window.grow(self.trajectory, step, len(content))
        return step

    def place(self, line: Line, at: datetime | None = None) -> Place:
        """Return where a line stands: at the newest step."""
        at = at or self.now
        self.trajectory.see_moment(at)
        return Place(self.trajectory, line, at, self.trajectory.last_index())

    def feedback(
        self, line: Line, action: FeedbackKind, said: str | None, at: datetime | None = None
    ) -> None:
        """Tell what a person did to the newest step."""
        self.ready.append(self._events.feedback(self.place(line, at), action, said))

    def compaction(self, line: Line) -> None:
        """Tell that the context was summarised behind the newest step."""
        self.ready.append(self._events.compaction(self.place(line)))

    def state(self, line: Line, fact: str, value: object) -> None:
        """Tell what the log says of how the work came out, where it says anything."""
        if isinstance(value, bool | int | float) or (isinstance(value, str) and value):
            self.ready.append(self._events.stated_outcome(self.place(line), fact, value))

    def finish(self) -> None:
        """Close all steps and give the trajectory its header."""
        self._window.close(self.trajectory)
        self.ready.append(self.trajectory.header(self._agent, self._origin))
