"""What a person went back before, and who saw it: the branch itself, and nothing behind it.

A log that keeps all branches holds them one behind the other, so what stands before a step is not
what the model saw. A branch is out of sight for every step behind its end; its own steps saw one
another, and what stood before the branch began.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

import msgspec

from tracemill.records.sessions.activity import Activity, UndoneSteps
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.recoveries import Recovery

_DEEDS: Final[frozenset[ReactionKind]] = frozenset(
    {"edit", "steering", "interruption", "rejection"}
)
"""What is done at a step, where all else is said of the one before."""


def is_within(step: int, undone: Iterable[UndoneSteps]) -> bool:
    """Tell whether a step was undone."""
    return any(each.holds(step) for each in undone)


def is_in_sight(step: int, until: int, undone: Iterable[UndoneSteps]) -> bool:
    """Tell whether the model still saw a step when it came to a later one."""
    return not any(each.holds(step) and each.last < until for each in undone)


def is_apart(step: int, undone: Iterable[UndoneSteps]) -> bool:
    """Tell whether what stands before an undone step was out of its sight."""
    return any(each.is_apart and each.holds(step) for each in undone)


def outermost(undone: Iterable[UndoneSteps]) -> tuple[UndoneSteps, ...]:
    """Return the branches that lie in no other one, in order."""
    found: list[UndoneSteps] = []
    for each in sorted(undone, key=lambda branch: (branch.first, -branch.last)):
        if not found or each.last > found[-1].last:
            found.append(each)
    return tuple(found)


def is_begun_within(begun: datetime | None, parent: Activity) -> bool:
    """Tell whether a subagent was begun in undone steps, by when its parent handed work on.

    Where no moment tells, it was not, as far as anybody knows.
    """
    if begun is None or not parent.undone:
        return False
    steps = [
        each.step
        for each in parent.delegations
        if each.at is not None and each.at <= begun and (each.until is None or begun <= each.until)
    ]
    return bool(steps) and all(is_within(step, parent.undone) for step in steps)


def standing(activity: Activity) -> Activity:
    """Return what speaks of steps that still stand, besides what a person did to others."""
    undone = activity.undone
    if not undone:
        return activity
    return msgspec.structs.replace(
        activity,
        recoveries=tuple(each for each in activity.recoveries if not _touches(each, undone)),
        reactions=tuple(each for each in activity.reactions if not _is_of(each, undone)),
        rejected_steps=_outside(activity.rejected_steps, undone),
        interrupted_steps=_outside(activity.interrupted_steps, undone),
    )


def _touches(recovery: Recovery, undone: Sequence[UndoneSteps]) -> bool:
    worked = () if recovery.resolved_step is None else (recovery.resolved_step,)
    return any(is_within(at, undone) for at in chain(recovery.attempts, recovery.edits, worked))


def _is_of(reaction: Reaction, undone: Sequence[UndoneSteps]) -> bool:
    """Tell whether something is said of an undone step."""
    return reaction.kind not in _DEEDS and is_within(reaction.step - 1, undone)


def _outside(steps: Sequence[int], undone: Sequence[UndoneSteps]) -> tuple[int, ...]:
    return tuple(step for step in steps if not is_within(step, undone))
