"""One input's trajectories under construction: the session itself, and those of its subagents.

Formats that write one file a session share this: steps are opened, results find the step of
their call, and at the end every trajectory gets its header. The main trajectory has the empty
key; whatever has another key is a subagent of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tracemill.base.ids import make_id
from tracemill.base.lines import Line
from tracemill.records.events.event import Event
from tracemill.records.refs import Origin
from tracemill.records.sessions.trajectory import Speaker, ToolResult
from tracemill.sources.building.open_trajectory import OpenStep, OpenTrajectory, Window
from tracemill.sources.building.session_events import EventMaker, Place

_MAX_TRAJECTORIES: Final = 4096


class OpenSession:
    """The trajectories, steps and events of one input."""

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self.window = Window()
        self.ready = self.window.ready
        self.events = EventMaker(origin)
        self.trajectories: dict[str, OpenTrajectory] = {}

    def trajectory(self, line: Line, key: str = "") -> OpenTrajectory:
        """Return the trajectory of `key`, begun with `line` where it is new."""
        return self.trajectories.get(key) or self.begin(key, None, line.data.strip())

    def adopt(self, trajectory: OpenTrajectory) -> None:
        """Take a trajectory whose id the input itself gives as the main one."""
        self.trajectories[""] = trajectory

    def begin(self, key: str, session_id: str | None, first: bytes) -> OpenTrajectory:
        """Begin a trajectory; `first` is what tells it from others of the session."""
        if len(self.trajectories) >= _MAX_TRAJECTORIES:
            self._finish(next(key for key in self.trajectories if key))
        own_id = make_id("traj", self._name, session_id or "", key, first)
        # A session that nothing names is like no other, so it is called what its trajectory is.
        trajectory = OpenTrajectory(own_id, session_id or own_id)
        trajectory.is_subagent = bool(key)
        self.trajectories[key] = trajectory
        return trajectory

    def place(self, line: Line, at: datetime | None, key: str = "") -> Place:
        """Return where a line stands: at the newest step of its trajectory."""
        trajectory = self.trajectory(line, key)
        trajectory.see_moment(at)
        return Place(trajectory, line, at, trajectory.last_index())

    def open(self, place: Place, speaker: Speaker, native_id: str | None = None) -> OpenStep:
        """Begin a step."""
        step = self.window.open(place.trajectory, speaker, place.line, place.at)
        step.native_id = native_id
        return step

    def say(self, place: Place, step: OpenStep, texts: Iterable[str]) -> None:
        """Add what was said to a step."""
        said = list(texts)
        step.texts += said
        self.window.grow(place.trajectory, step, sum(map(len, said)))

    def think(self, place: Place, step: OpenStep, thoughts: Iterable[str]) -> None:
        """Add what was thought to a step, once."""
        new = [thought for thought in thoughts if thought not in step.reasoning]
        step.reasoning += new
        self.window.grow(place.trajectory, step, sum(map(len, new)))

    def answer(self, place: Place, result: ToolResult, *, is_told: bool = False) -> OpenStep:
        """Let a result join the step of its call, or else make a step of the tools.

        A rejection is told as feedback, unless it `is_told` already.
        """
        trajectory = place.trajectory
        step = trajectory.by_call.get(result.call_id) or self.open(place, "tool")
        step.results.append(result)
        step.extend_to(place.line)
        if result.status == "rejected" and not is_told:
            place = place._replace(step=step.index)
            told = self.events.feedback(place, "rejection", result.feedback, result.call_id)
            step.events.append(told)
        self.window.grow(trajectory, step, len(result.content))
        return step

    def tell(self, place: Place, event: Event) -> None:
        """Tell an event together with the newest step, and never if that is taken back."""
        self.window.tell(place.trajectory, event)

    def close(self) -> None:
        """Give away every open step."""
        for trajectory in self.trajectories.values():
            self.window.close(trajectory)

    def finish(self) -> None:
        """Give away every open step and the header of every trajectory."""
        self.close()
        for key in list(self.trajectories):
            self._finish(key)

    def _finish(self, key: str) -> None:
        trajectory, main = self.trajectories[key], self.trajectories.get("")
        self.window.close(trajectory)
        if key and trajectory.is_subagent and main is not None:
            trajectory.parent_id = trajectory.parent_id or main.id
            trajectory.session_id = main.session_id
        self.ready.append(trajectory.header(self._name, self._origin))
        if key:
            del self.trajectories[key]
