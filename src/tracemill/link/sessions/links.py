"""Links between trajectories: subagents, parts and copies of one session, and one branch.

A link points from the later to the earlier. Sessions that begin with the same message are a
resume or fork of one another: the agent copied the messages, and with them their ids. Sessions on
one branch of one repository, other than its main branch, are likely to be one piece of work handed
on; each is linked to the one before it, where not more than a week lies between. So is a session to
one that a person named in it, as agents do that hand a plan on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from tracemill.link.commits.branches import MAIN_BRANCHES
from tracemill.link.make_link import make_link, of_trajectory
from tracemill.records.links import Link, LinkMethod
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_UNKNOWN: Final = datetime.max.replace(tzinfo=UTC)
_HANDED_ON: Final = timedelta(days=7)
_MIN_NATIVE_ID: Final = 16
"""A shorter id, such as `item_0`, is a number within a session and proves nothing."""


def session_links(
    trajectories: Iterable[Trajectory], activities: Mapping[str, Activity]
) -> Iterator[Link]:
    """Yield every link between two trajectories."""
    ordered = sorted(trajectories, key=order)
    mains = [trajectory for trajectory in ordered if not trajectory.is_subagent]
    by_session: defaultdict[tuple[str, str], list[Trajectory]] = defaultdict(list)
    for trajectory in mains:
        by_session[trajectory.agent, trajectory.session_id].append(trajectory)
    known = {trajectory.id for trajectory in ordered}
    for trajectory in ordered:
        if trajectory.is_subagent:
            yield from _spawned(trajectory, known, by_session)
    for parts in by_session.values():
        yield from _chain(parts, "same_session", 0.99)
    yield from _copies(mains, activities)
    yield from _branches(mains)
    yield from _named(mains, activities)


def order(trajectory: Trajectory) -> tuple[datetime, datetime, str]:
    """Sort key of trajectories: by start, then end, then id; unknown moments come last."""
    return trajectory.started or _UNKNOWN, trajectory.ended or _UNKNOWN, trajectory.id


def _spawned(
    trajectory: Trajectory,
    known: set[str],
    by_session: Mapping[tuple[str, str], list[Trajectory]],
) -> Iterator[Link]:
    source = of_trajectory(trajectory.id)
    if trajectory.parent_id in known:
        yield make_link(source, of_trajectory(trajectory.parent_id or ""), "spawned", 1.0)
        return
    mains = by_session.get((trajectory.agent, trajectory.session_id), [])
    if mains:
        running = [main for main in mains if _spans(main, trajectory.started)]
        parent = (running or mains)[0]
        yield make_link(source, of_trajectory(parent.id), "spawned", 0.95)


def _spans(main: Trajectory, moment: datetime | None) -> bool:
    if moment is None or main.started is None or main.ended is None:
        return False
    return main.started <= moment <= main.ended


def _copies(mains: Iterable[Trajectory], activities: Mapping[str, Activity]) -> Iterator[Link]:
    by_first: defaultdict[tuple[str, str], list[Trajectory]] = defaultdict(list)
    for trajectory in mains:
        activity = activities.get(trajectory.id)
        first = (activity.first_native_id or "") if activity is not None else ""
        if len(first) >= _MIN_NATIVE_ID:
            by_first[trajectory.agent, first].append(trajectory)
    for copies in by_first.values():
        yield from _chain(copies, "same_messages", 0.95)


def _named(mains: Iterable[Trajectory], activities: Mapping[str, Activity]) -> Iterator[Link]:
    """Yield links to the sessions that a person named; of parts the last begun before counts."""
    by_id: defaultdict[str, list[Trajectory]] = defaultdict(list)
    known = list(mains)
    for trajectory in known:
        by_id[trajectory.session_id].append(trajectory)
    for later in known:
        activity = activities.get(later.id)
        for name in activity.named_sessions if activity is not None else ():
            earlier = [part for part in by_id.get(name, ()) if order(part) < order(later)]
            if earlier and name != later.session_id:
                ends = (of_trajectory(later.id), of_trajectory(earlier[-1].id))
                yield make_link(*ends, "named_session", 0.9)


def _branches(mains: Iterable[Trajectory]) -> Iterator[Link]:
    """Yield links between different sessions on one branch; one folder or address is one place."""
    by_branch: defaultdict[tuple[str, str], list[Trajectory]] = defaultdict(list)
    for trajectory in mains:
        place = trajectory.repository or trajectory.cwd
        if place and trajectory.branch and trajectory.branch not in MAIN_BRANCHES:
            by_branch[place, trajectory.branch].append(trajectory)
    for sessions in by_branch.values():
        for earlier, later in pairwise(sessions):
            ended, began = earlier.ended or earlier.started, later.started
            is_near = ended is not None and began is not None and began - ended <= _HANDED_ON
            if is_near and earlier.session_id != later.session_id:
                ends = (of_trajectory(later.id), of_trajectory(earlier.id))
                yield make_link(*ends, "same_branch", 0.6)


def _chain(parts: list[Trajectory], method: LinkMethod, confidence: float) -> Iterator[Link]:
    for earlier, later in pairwise(parts):
        yield make_link(of_trajectory(later.id), of_trajectory(earlier.id), method, confidence)
