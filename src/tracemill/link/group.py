"""Which trajectories are one piece of work.

Subagents belong to the agent that started them; parts and copies of one session belong
together; and so do sessions that made one commit for sure. What one began at, and what only
files, branch or time suggest, joins nothing: a wrong link would melt two pieces of work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from tracemill.link.authorship.stated import MADE
from tracemill.link.sessions.links import order
from tracemill.records.links import Link
from tracemill.records.sessions.trajectory import Trajectory

_JOINING: Final = frozenset({"spawned", "same_session", "same_messages"})
_SURE: Final = 0.9


def group_episodes(
    trajectories: Iterable[Trajectory], links: Iterable[Link]
) -> list[tuple[str, ...]]:
    """Return the ids of trajectories that are one piece of work each, in the order of start.

    Groups come in the order of their first trajectory. Neither order depends on that of the input.
    """
    known = {trajectory.id: trajectory for trajectory in trajectories}
    parents = {trajectory_id: trajectory_id for trajectory_id in known}
    makers: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        if link.source.id not in known or link.confidence < _SURE:
            continue
        if link.method in _JOINING and link.target.id in known:
            _join(parents, link.source.id, link.target.id)
        elif link.method in MADE:
            makers[link.target.id].append(link.source.id)
    for first, *others in makers.values():
        for other in others:
            _join(parents, first, other)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for trajectory in sorted(known.values(), key=order):
        groups[_root(parents, trajectory.id)].append(trajectory.id)
    return [tuple(group) for group in groups.values()]


def _root(parents: dict[str, str], one: str) -> str:
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one


def _join(parents: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = first
