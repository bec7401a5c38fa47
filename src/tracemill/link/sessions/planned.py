"""Links from a session that proposed a plan to the commit that holds it, made by another session.

A session may end with a plan, and the next one begin with its text: so a program goes on with an
empty context. The first commit that the second one made is what the first one had planned; what
came later may be about anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.link.make_link import make_link, of_commit, of_trajectory
from tracemill.link.sessions.links import order
from tracemill.records.events.event import Commit
from tracemill.records.links import Link
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_PLANNED: Final = 0.85
_HANDED_ON: Final = timedelta(days=7)
_COMPARED: Final = 40
_MIN_PLAN: Final = 20
"""Characters of a plan's beginning below which anybody may have written it."""


class PlanTaken(NamedTuple):
    """A plan with which another session began."""

    later: Trajectory
    """The session that began with its text."""
    earlier: Trajectory
    """The session that proposed it."""
    step: int
    """Index of the step that did."""


class _Planned(NamedTuple):
    trajectory: Trajectory
    beginning: str
    step: int


def plans_taken(observed: Iterable[tuple[Trajectory, Activity]]) -> Iterator[PlanTaken]:
    """Yield the sessions that began with a plan which another one had proposed in the week."""
    known = list(observed)
    plans: defaultdict[str, list[_Planned]] = defaultdict(list)
    for trajectory, activity in sorted(known, key=lambda each: order(each[0])):
        for plan in activity.plans:
            beginning = plan.opening[:_COMPARED]
            if len(beginning) >= _MIN_PLAN:
                plans[beginning[:_MIN_PLAN]].append(_Planned(trajectory, beginning, plan.step))
    for later, activity in known if plans else ():
        planned = _carried_out(later, activity, plans)
        if planned is not None:
            yield PlanTaken(later, planned.trajectory, planned.step)


def planned_links(
    observed: Iterable[tuple[Trajectory, Activity]], first_made: Mapping[str, Commit]
) -> Iterator[Link]:
    """Yield the links of sessions whose plans others carried out.

    `first_made` are the first commits that sessions made, by the session.
    """
    for taken in plans_taken(observed):
        commit = first_made.get(taken.later.id)
        if commit is not None:
            source = of_trajectory(taken.earlier.id)
            shown = [of_trajectory(taken.earlier.id, taken.step)]
            yield make_link(source, of_commit(commit), "planned_commit", _PLANNED, evidence=shown)


def _carried_out(
    later: Trajectory, activity: Activity, plans: Mapping[str, list[_Planned]]
) -> _Planned | None:
    """Return the last plan before a session that its first words hold."""
    words = activity.requests[0].opening if activity.requests else ""
    found = [
        plan
        for at in _word_starts(words)
        for plan in plans.get(words[at : at + _MIN_PLAN], ())
        if words.startswith(plan.beginning, at) and _is_before(plan.trajectory, later)
    ]
    return max(found, key=lambda plan: order(plan.trajectory), default=None)


def _word_starts(words: str) -> Iterator[int]:
    yield 0
    yield from (at + 1 for at, letter in enumerate(words) if letter == " ")


def _is_before(earlier: Trajectory, later: Trajectory) -> bool:
    ended, began = earlier.ended or earlier.started, later.started
    is_near = ended is not None and began is not None and began - ended <= _HANDED_ON
    return is_near and earlier.session_id != later.session_id and order(earlier) < order(later)
