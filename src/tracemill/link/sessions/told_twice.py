"""Sessions recorded in two formats: the agent's own log, and another tool's transcript.

They stay two trajectories, whose steps are never mixed, and belong to one piece of work. To
imitate both would count the work twice, so one of them gives no examples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory


class _Fullness(NamedTuple):
    """How much a format tells of a session; what people asked counts alike in every format."""

    n_user_steps: int
    has_usage: bool
    n_steps: int
    source: str


def told_elsewhere(
    trajectories: Iterable[Trajectory], activities: Mapping[str, Activity]
) -> frozenset[str]:
    """Return the ids of trajectories that another format tells more fully.

    Only an agent's own id of a session counts, and only where both were at work at one time: ids
    of tasks come again with each attempt.
    """
    sessions: defaultdict[tuple[str, str, bool], defaultdict[str, list[Trajectory]]]
    sessions = defaultdict(lambda: defaultdict(list))
    for each in trajectories:
        sessions[each.agent, each.session_id, each.is_subagent][each.origin.source].append(each)
    return frozenset(
        each.id
        for by_source in sessions.values()
        if len(by_source) > 1
        for each in _less_full(by_source, activities)
    )


def _less_full(
    by_source: Mapping[str, Sequence[Trajectory]], activities: Mapping[str, Activity]
) -> Iterable[Trajectory]:
    fullest = max(by_source, key=lambda source: _fullness(source, by_source[source], activities))
    return (
        each
        for source, told in by_source.items()
        if source != fullest
        for each in told
        if any(_overlap(each, other) for other in by_source[fullest])
    )


def _fullness(
    source: str, told: Sequence[Trajectory], activities: Mapping[str, Activity]
) -> _Fullness:
    return _Fullness(
        n_user_steps=sum(activities[each.id].n_user_steps for each in told),
        has_usage=any(each.total_usage is not None for each in told),
        n_steps=sum(each.n_steps for each in told),
        source=source,
    )


def _overlap(one: Trajectory, other: Trajectory) -> bool:
    if one.started is None or one.ended is None or other.started is None or other.ended is None:
        return False
    return one.started <= other.ended and other.started <= one.ended
