"""Sessions that several inputs hold, as backups and earlier states do: which of them counts.

The input with the most steps stands for a session, and steps of two inputs are never mixed. Where
another went on in another way, its steps are told of here, since nothing else counts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

Copied = Literal["no_more", "other_steps"]
"""What a further input holds of a session: its beginning or all of it, or something else."""


def standing(read: Iterable[Trajectory]) -> dict[str, Trajectory]:
    """Return sessions by their ids, each as the input tells it that stands for it."""
    found: dict[str, Trajectory] = {}
    for each in read:
        known = found.get(each.id)
        if known is None or _rank(each) > _rank(known):
            found[each.id] = each
    return found


def observed(read: Iterable[Activity], sessions: Mapping[str, Trajectory]) -> dict[str, Activity]:
    """Return what sessions did, by their ids, in the inputs that stand for them."""
    return {
        each.trajectory_id: each
        for each in read
        if each.trajectory_id in sessions
        and sessions[each.trajectory_id].origin.input_id == each.input_id
    }


def _rank(trajectory: Trajectory) -> tuple[int, str]:
    return trajectory.n_steps, trajectory.origin.input_id


def count_copies(stand: Mapping[str, Activity], read: Iterable[Activity]) -> dict[str, int]:
    """Count the sessions of which further inputs hold something, by the most that one holds."""
    found: dict[str, Copied] = {}
    for other in read:
        stands = stand.get(other.trajectory_id)
        if stands is not None and other.input_id != stands.input_id:
            is_part = is_beginning(other, stands)
            before = found.get(other.trajectory_id, "no_more")
            found[other.trajectory_id] = before if is_part else "other_steps"
    kinds = list(found.values())
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def is_beginning(other: Activity, whole: Activity) -> bool:
    """Tell whether one reading of a session is the beginning of another, by what both note.

    What was asked and which checks ran is noted with its place. The last check of a session that
    was copied while it ran may lack its answer, so it proves nothing.
    """
    n_asked, n_checks = len(other.requests), max(0, len(other.checks) - 1)
    return (
        other.requests == whole.requests[:n_asked]
        and other.checks[:n_checks] == whole.checks[:n_checks]
    )
