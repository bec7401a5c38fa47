"""What is known of all sessions, in small: what derivations start from.

Steps are not here; they may be larger than memory. Where several inputs hold one trajectory,
as copies and earlier states of a growing file do, the one with the most steps stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from tracemill.records.activity import Activity
from tracemill.records.episodes import Episode
from tracemill.records.events import Checkpoint, Commit, Event, EventBase
from tracemill.records.findings import Input
from tracemill.records.labels import Label
from tracemill.records.links import Link
from tracemill.records.trajectory import Trajectory
from tracemill.store.lake import Lake, is_unknown
from tracemill.store.tables import TABLES

E = TypeVar("E", bound=EventBase)


class Facts:
    """All that was read, by id, and what was derived from it so far."""

    def __init__(self, lake: Lake) -> None:
        self.inputs: dict[str, Input] = {i.id: i for i in lake.records(TABLES["inputs"])}
        self.trajectories: dict[str, Trajectory] = {}
        for trajectory in lake.records(TABLES["trajectories"]):
            self._consider(trajectory)
        self.activities: dict[str, Activity] = {
            activity.trajectory_id: activity
            for activity in lake.records(TABLES["activities"])
            if self._stands(activity)
        }
        outside = _outside_sessions(lake)
        self.commits: list[Commit] = _of(Commit, outside)
        self.checkpoints: list[Checkpoint] = _of(Checkpoint, outside)
        self.links: list[Link] = []
        self.episodes: list[Episode] = []
        self.labels: list[Label] = []

    def _consider(self, trajectory: Trajectory) -> None:
        known = self.trajectories.get(trajectory.id)
        if known is None or _rank(trajectory) > _rank(known):
            self.trajectories[trajectory.id] = trajectory

    def _stands(self, activity: Activity) -> bool:
        trajectory = self.trajectories.get(activity.trajectory_id)
        return trajectory is not None and trajectory.origin.input_id == activity.input_id

    def input_of(self, trajectory_id: str) -> Input:
        """Return the input that stands for a trajectory."""
        return self.inputs[self.trajectories[trajectory_id].origin.input_id]


def _rank(trajectory: Trajectory) -> tuple[int, str]:
    return trajectory.n_steps, trajectory.origin.input_id


def _outside_sessions(lake: Lake) -> list[Event]:
    of_no_session = is_unknown("trajectory_id")
    kinds = (Commit, Checkpoint)
    found = lake.records(TABLES["events"], where=of_no_session)
    return [event for event in found if isinstance(event, kinds)]


def _of(kind: type[E], events: Iterable[Event]) -> list[E]:
    return sorted((e for e in events if isinstance(e, kind)), key=lambda event: event.id)
