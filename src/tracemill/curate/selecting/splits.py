"""Splits: what is held out depends on nothing but the work itself, and never comes back.

A *unit* is what is held out as a whole: all sessions that began with the same request, or, where a
recipe says so, all of one repository. Whether it is held out follows from its name alone, by hash:
no seed, no list, no other data takes part, so two machines agree, and what is held out today is
held out tomorrow. What stands in place of names and secrets counts by its kind alone, so another
key changes nothing.

Work may span several units, and units that nobody knew to belong together may turn out to. Then
those held out stay held out, and the others are trained on no more: their examples go nowhere
(`beside_held_out`). To move them into the held-out part would put what a model has seen into its
examination; to take the held-out ones out would change what models are compared on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from tracemill.base.ids import digest
from tracemill.records.datasets.examples import Split
from tracemill.records.datasets.recipes import SplitRule
from tracemill.records.privacy.stand_ins import without_keys
from tracemill.records.sessions.trajectory import Trajectory
from tracemill.records.work.episodes import Episode

_STEPS: Final = 2**64
_DIGITS: Final = 16


class KnownWork(NamedTuple):
    """What splits need to know of all work."""

    episodes: Iterable[Episode]
    trajectories: Mapping[str, Trajectory]
    """By id."""
    goals: Mapping[str, str]
    """What was asked first, by trajectory."""


class Splits:
    """The splits of all work under one rule."""

    def __init__(self, work: KnownWork, rule: SplitRule) -> None:
        self._rule = rule
        self._units = {
            name: _unit(work.trajectories[name], work.goals.get(name, ""), rule)
            for name in work.trajectories
        }
        self._units.update(_of_subagents(work, self._units))
        self._groups = _Groups()
        for episode in work.episodes:
            self._groups.join(self._units[name] for name in episode.trajectory_ids)
        self._beside = {
            self._groups.find(unit) for unit in set(self._units.values()) if self._held(unit)
        }

    def split_of(self, trajectory_id: str) -> Split | None:
        """Return the split of a trajectory; None where it belongs with what is held out."""
        unit = self._units[trajectory_id]
        held = self._held(unit)
        if held is None and self._groups.find(unit) in self._beside:
            return None
        return held or "train"

    def _held(self, unit: str) -> Split | None:
        place = place_of(unit)
        if place < self._rule.validation:
            return "validation"
        return "test" if place < self._rule.validation + self._rule.test else None


def place_of(unit: str) -> float:
    """Return where a unit stands between 0 and 1, whatever else there is."""
    return int(digest("split", unit)[:_DIGITS], 16) / _STEPS


def _unit(trajectory: Trajectory, goal: str, rule: SplitRule) -> str:
    if rule.by == "repository" and (place := trajectory.repository or trajectory.cwd):
        return f"repository:{without_keys(place)}"
    asked = " ".join(without_keys(goal).lower().split())
    return f"asked:{asked}" if asked else f"session:{trajectory.session_id}"


def _of_subagents(work: KnownWork, units: Mapping[str, str]) -> dict[str, str]:
    """Return the units of subagents: what they were asked came from whoever began them."""
    mains = [each for each in work.trajectories.values() if not each.is_subagent]
    began = {each.session_id: each.id for each in sorted(mains, key=_id, reverse=True)}
    found = {}
    for trajectory in work.trajectories.values():
        if trajectory.is_subagent:
            root = began.get(trajectory.session_id) or _root(trajectory, work.trajectories)
            found[trajectory.id] = units[root]
    return found


def _id(trajectory: Trajectory) -> str:
    return trajectory.id


def _root(trajectory: Trajectory, known: Mapping[str, Trajectory]) -> str:
    """Return who began a subagent, through all that lie between."""
    seen = {trajectory.id}
    while (parent := known.get(trajectory.parent_id or "")) is not None and parent.id not in seen:
        seen.add(parent.id)
        trajectory = parent
    return trajectory.id


class _Groups:
    """Units that belong together, as sets that only ever grow."""

    def __init__(self) -> None:
        self._leaders: dict[str, str] = {}

    def find(self, unit: str) -> str:
        while (leader := self._leaders.get(unit, unit)) != unit:
            unit = self._leaders[unit] = self._leaders.get(leader, leader)
        return unit

    def join(self, units: Iterable[str]) -> None:
        found = sorted({self.find(unit) for unit in units})
        for other in found[1:]:
            self._leaders[other] = found[0]
