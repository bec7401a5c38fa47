"""Sessions counted once each, even where several inputs or formats hold them."""

from __future__ import annotations

from typing import NamedTuple

from tracemill.flows.deriving.copies import observed, standing
from tracemill.link.sessions.told_twice import told_elsewhere
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES


class SessionsOnce(NamedTuple):
    """Sessions by their id, and what was observed of each in the input that stands for it."""

    trajectories: dict[str, Trajectory]
    activities: dict[str, Activity]


def sessions_once(lake: Lake) -> SessionsOnce:
    """Return all sessions of a lake: of one in several inputs the longest, of two formats one."""
    trajectories = standing(lake.records(TABLES["trajectories"]))
    activities = observed(lake.records(TABLES["activities"]), trajectories)
    twice = told_elsewhere(trajectories.values(), activities)
    return SessionsOnce(
        {name: each for name, each in trajectories.items() if name not in twice},
        {name: each for name, each in activities.items() if name not in twice},
    )
