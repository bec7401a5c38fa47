"""Which session continued another one's work, by what is known of both without their texts.

| method | what is known | confidence |
|---|---|---|
| `same_session`, `same_messages` | a later part, a resume or a fork of it | that of the link |
| `given_text` | it began with the text of a plan that the other proposed | .95 |
| `named_session` | a person named the other in it | that of the link |
| `asks_to_go_on` | the next one there, which began with words that ask for no more | .85 |
| `same_branch` | the next one on a branch other than the main one; few changed what both did | .8 |
| `same_branch` | … and nothing that both changed shows | .6 |
| `shared_files` | the first one there within a day that changed two such files | .75 |
| `shared_files` | … that changed one | .6 |
| `shared_files` | the first one within a week that changed one | .4 |
| `next_in_place` | only the next one there, within twelve hours | .3 |

A file that a tenth of the sessions of a place changed, or more, as lists of versions are, says
nothing. What began before the other had ended worked beside it. These figures are judgements.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from tracemill.link.make_link import of_trajectory
from tracemill.link.sessions.links import order
from tracemill.link.sessions.planned import plans_taken
from tracemill.records.links import Link, LinkMethod
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.handoffs import TakeUp, TakeUpMethod

WITHIN: Final = timedelta(days=7)
"""How long after a session another one may go on with it."""
_AT_ONCE: Final = timedelta(hours=12)
_SOON: Final = timedelta(days=1)
_GO_ON: Final = re.compile(
    r"(?:(?:ok(?:ay)?|hi|hey|please|now|let'?s|can|could|you|we)\b\W{0,3}){0,4}"
    r"(?:resume|continue|carry on|keep going|go on|proceed|pick (?:(?:it|this|things) )?up"
    r"|where (?:were|did) we)\b(?! (?:to|into|on) )[^.]{0,80}",
    re.IGNORECASE,
)
"""A request that asks for no more than to go on; a long one says what with."""
_LINKED: Final[Mapping[LinkMethod, TakeUpMethod]] = {
    "same_session": "same_session",
    "same_messages": "same_messages",
    "named_session": "named_session",
    "same_branch": "same_branch",
}
_GIVEN: Final = 0.95
_ON_BRANCH: Final = 0.8
_ASKED: Final = 0.85
_TWO_FILES: Final = 0.75
_ONE_FILE: Final = 0.6
_LATER: Final = 0.4
_NEXT: Final = 0.3
_FEW: Final = 3
_COMMON: Final = 0.1
_TWO: Final = 2
_MOST_FILES: Final = 20


class Place(NamedTuple):
    """Where sessions work: a repository or folder, with them in the order of their start."""

    sessions: list[Trajectory]
    files: Mapping[str, frozenset[str]]
    """Files that each of them changed and few others did, by the session."""


def take_ups(
    trajectories: Iterable[Trajectory],
    activities: Mapping[str, Activity],
    links: Iterable[Link],
) -> dict[str, TakeUp]:
    """Return for each session the one that went on with it, as far as anything shows one.

    Of several the surest counts, and of those that are as sure the one that began first.
    """
    mains = {each.id: each for each in trajectories if not each.is_subagent}
    places = places_of(mains.values(), activities)
    found: defaultdict[str, list[TakeUp]] = defaultdict(list)
    for earlier, taken in _stated(mains, activities, links, places):
        found[earlier].append(taken)
    for place in places.values():
        for earlier, taken in _in_place(place, activities):
            found[earlier].append(taken)
    begun = {name: order(each) for name, each in mains.items()}
    return {
        name: min(taken, key=lambda each: (-each.confidence, begun[each.trajectory_id]))
        for name, taken in found.items()
    }


def places_of(
    sessions: Iterable[Trajectory], activities: Mapping[str, Activity]
) -> dict[str, Place]:
    """Return the places in which sessions work; one of which no place is known is in none."""
    by_place: defaultdict[str, list[Trajectory]] = defaultdict(list)
    for each in sorted(sessions, key=order):
        if (name := place_of(each)) is not None:
            by_place[name].append(each)
    return {name: _place(held, activities) for name, held in by_place.items()}


def place_of(session: Trajectory) -> str | None:
    """Return where a session works: its repository, its folder, or the one its log lies in."""
    within, mark, _ = session.origin.uri.partition("#")
    return session.repository or session.cwd or (within if mark else None)


def _place(sessions: list[Trajectory], activities: Mapping[str, Activity]) -> Place:
    changed = {
        each.id: frozenset(_within(each.cwd, path) for path in activities[each.id].files_edited)
        for each in sessions
        if each.id in activities
    }
    holders = Counter(path for paths in changed.values() for path in paths)
    most = max(_FEW, _COMMON * len(sessions))
    files = {
        name: frozenset(path for path in paths if holders[path] <= most)
        for name, paths in changed.items()
    }
    return Place(sessions, files)


def _within(folder: str | None, path: str) -> str:
    return path.removeprefix(f"{folder.rstrip('/')}/") if folder else path


def _stated(
    mains: Mapping[str, Trajectory],
    activities: Mapping[str, Activity],
    links: Iterable[Link],
    places: Mapping[str, Place],
) -> Iterator[tuple[str, TakeUp]]:
    """Yield what links and plans say, by the earlier session."""
    observed = [(each, activities[name]) for name, each in mains.items() if name in activities]
    for taken in plans_taken(observed):
        shown = (of_trajectory(taken.earlier.id, taken.step), of_trajectory(taken.later.id))
        given = TakeUp(
            trajectory_id=taken.later.id, method="given_text", confidence=_GIVEN, evidence=shown
        )
        yield taken.earlier.id, given
    for link in links:
        method = _LINKED.get(link.method)
        later, earlier = mains.get(link.source.id), mains.get(link.target.id)
        if method is None or later is None or earlier is None:
            continue
        shared = _shared(places, earlier, later) if method == "same_branch" else ()
        yield (
            earlier.id,
            TakeUp(
                trajectory_id=later.id,
                method=method,
                confidence=_ON_BRANCH if shared else link.confidence,
                evidence=(of_trajectory(later.id),),
                files=tuple(shared),
            ),
        )


def _shared(places: Mapping[str, Place], earlier: Trajectory, later: Trajectory) -> tuple[str, ...]:
    place = places.get(place_of(earlier) or "")
    return () if place is None else _both(place, earlier, later)


def _both(place: Place, earlier: Trajectory, later: Trajectory) -> tuple[str, ...]:
    nothing: frozenset[str] = frozenset()
    shared = place.files.get(earlier.id, nothing) & place.files.get(later.id, nothing)
    return tuple(sorted(shared))[:_MOST_FILES]


def _in_place(place: Place, activities: Mapping[str, Activity]) -> Iterator[tuple[str, TakeUp]]:
    """Yield the next session there, and the first that changed files that few others did."""
    for earlier in place.sessions:
        behind = later_than(earlier, place.sessions)
        if behind and _asks_to_go_on(activities.get(behind[0].id)):
            yield earlier.id, _taken(behind[0], "asks_to_go_on", _ASKED)
        if behind and _gap(earlier, behind[0]) <= _AT_ONCE:
            yield earlier.id, _taken(behind[0], "next_in_place", _NEXT)
        for later in behind:
            if files := _both(place, earlier, later):
                sureness = _TWO_FILES if len(files) >= _TWO else _ONE_FILE
                is_soon = _gap(earlier, later) <= _SOON
                yield (
                    earlier.id,
                    _taken(later, "shared_files", sureness if is_soon else _LATER, files),
                )


def _asks_to_go_on(activity: Activity | None) -> bool:
    asked = activity.requests[0].opening if activity is not None and activity.requests else ""
    return _GO_ON.fullmatch(asked.strip()) is not None


def _taken(
    later: Trajectory, method: TakeUpMethod, confidence: float, files: tuple[str, ...] = ()
) -> TakeUp:
    shown = (of_trajectory(later.id),)
    return TakeUp(
        trajectory_id=later.id, method=method, confidence=confidence, evidence=shown, files=files
    )


def later_than(earlier: Trajectory, sessions: Sequence[Trajectory]) -> list[Trajectory]:
    """Return those of a place's sessions that began behind the end of one, within a week."""
    ended = earlier.ended or earlier.started
    if ended is None:
        return []

    def gap(later: Trajectory) -> timedelta:
        return later.started - ended if later.started is not None else timedelta.max

    first = bisect_left(sessions, timedelta(), key=gap)
    last = bisect_right(sessions, WITHIN, key=gap)
    return [
        each
        for each in sessions[first:last]
        if each.session_id != earlier.session_id and order(each) > order(earlier)
    ]


def _gap(earlier: Trajectory, later: Trajectory) -> timedelta:
    ended = earlier.ended or earlier.started
    assert ended is not None, "its moments were looked at before"
    assert later.started is not None, "its moments were looked at before"
    return later.started - ended
