"""The state in which checks left the work: what the last run said after the last edit.

A pass before the last edit of code proves nothing about what stands now. Where several agents
edited, moments decide what came last; where they are unknown, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, get_args

from tracemill.records.sessions.activity import Activity, CheckKind, CheckRun

KINDS: Final[tuple[CheckKind, ...]] = get_args(CheckKind)


class FinalCheck(NamedTuple):
    """The run that says how one kind of check left the work."""

    trajectory_id: str
    run: CheckRun


def final_check(activities: Sequence[Activity], kind: CheckKind) -> FinalCheck | None:
    """Return the last run of a kind that tells and that no later edit made stale, or None."""
    fresh = [found for activity in activities for found in _fresh(activity, kind)]
    if len(activities) > 1:
        edits = [(a.trajectory_id, a.last_edit_at) for a in activities if _has_edits(a)]
        fresh = [
            found
            for found in fresh
            if found.run.at is not None
            and all(
                owner == found.trajectory_id or (at is not None and at <= found.run.at)
                for owner, at in edits
            )
        ]
        fresh.sort(key=lambda found: (found.run.at, found.trajectory_id, found.run.step))
    return fresh[-1] if fresh else None


def final_checks(activities: Sequence[Activity]) -> dict[CheckKind, FinalCheck]:
    """Return the last telling run of every kind that has one."""
    found = ((kind, final_check(activities, kind)) for kind in KINDS)
    return {kind: check for kind, check in found if check is not None}


def recovered(runs: Iterable[CheckRun]) -> tuple[CheckRun, CheckRun] | None:
    """Return a failing run and the first passing run of its kind after it, or None."""
    failed: dict[CheckKind, CheckRun] = {}
    for run in runs:
        if run.passed is False:
            failed.setdefault(run.check, run)
        elif run.passed and run.check in failed:
            return failed[run.check], run
    return None


def _fresh(activity: Activity, kind: CheckKind) -> Iterator[FinalCheck]:
    last_edit = _last_edit(activity)
    for run in activity.checks:
        if run.check == kind and run.passed is not None and run.step >= last_edit:
            yield FinalCheck(activity.trajectory_id, run)


def _last_edit(activity: Activity) -> int:
    """Return the last edit that could make a check stale: notes on code that was edited do not.

    Where subagents were handed the code, all that the session itself edits may be notes.
    """
    if activity.last_code_edit_step is not None:
        return activity.last_code_edit_step
    if activity.delegations:
        return activity.delegations[-1].step
    return -1 if activity.last_edit_step is None else activity.last_edit_step


def _has_edits(activity: Activity) -> bool:
    return activity.last_edit_step is not None
