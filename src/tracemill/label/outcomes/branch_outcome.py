"""What became of a branch, and what that says of the work on it.

| known | signal | says |
|---|---|---|
| merged; closed without a merge; neither | `merge` | strong positive; negative; neutral |
| every kind of check passed at last; one did not | `validation` | positive; mixed |
| stood for a week | `rollback` | strong positive |
| taken back within a day; within a week | `rollback` | strong negative; negative |
| the history does not go on for a week | `rollback` | pending |

The quality is 0 where it was closed or taken back within a week; else the mean of what is known of
three: that it was merged, whether the last word of every kind of check was a yes, that it stood for
a week. Of less than two of them no quality is known. A quality of 0.8 takes all that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Final

from tracemill.records.events.team_branches import (
    BranchStatus,
    MergeSignal,
    RollbackSignal,
    ValidationCheckpoint,
    ValidationSignal,
)
from tracemill.records.sessions.activity import Activity, CheckKind
from tracemill.records.work.survival import Rollback

MERGE_SIGNALS: Final[Mapping[BranchStatus, MergeSignal]] = {
    "merged": "strong_positive", "closed": "negative", "open": "neutral",
}  # fmt: skip
_ROLLBACK_SIGNALS: Final[Mapping[Rollback, RollbackSignal | None]] = {
    "day": "strong_negative", "week": "negative", "later": "strong_positive",
    "none": "strong_positive", "pending": "pending",
}  # fmt: skip
_TAKEN_BACK: Final[Mapping[Rollback, bool | None]] = {
    "day": True, "week": True, "later": False, "none": False, "pending": None,
}  # fmt: skip
_ENOUGH: Final = 2
"""Facts from which a quality is known."""


def rollback_signal(rollback: Rollback | None) -> RollbackSignal | None:
    """Return what it says that a branch was taken back, or not; None where nothing is known."""
    return None if rollback is None else _ROLLBACK_SIGNALS[rollback]


def is_taken_back(rollback: Rollback | None) -> bool | None:
    """Tell whether it was taken back within a week; None where that is open or unknown."""
    return None if rollback is None else _TAKEN_BACK[rollback]


def validation_signal(
    status: BranchStatus, final: Mapping[CheckKind, bool]
) -> ValidationSignal | None:
    """Return what checks said when a branch was merged; None where nothing was checked."""
    if status != "merged" or not final:
        return None
    return "positive" if all(final.values()) else "mixed"


def final_verdicts(checkpoints: Iterable[ValidationCheckpoint]) -> dict[CheckKind, bool]:
    """Return the last word of each kind of check; checkpoints come in the order of moments."""
    found: dict[CheckKind, bool] = {}
    for checkpoint in checkpoints:
        found |= verdicts_of(checkpoint)
    return found


def verdicts_of(checkpoint: ValidationCheckpoint) -> dict[CheckKind, bool]:
    """Return whether each kind of check passed at one checkpoint."""
    found = dict(checkpoint.verdicts)
    counts: tuple[tuple[CheckKind, int | None], ...] = (
        ("lint", checkpoint.ruff_violations),
        ("types", checkpoint.typecheck_errors),
        ("test", checkpoint.pytest_failed),
    )
    return found | {kind: n == 0 for kind, n in counts if n is not None}


def has_failed_then_passed(checkpoints: Sequence[ValidationCheckpoint]) -> bool | None:
    """Tell whether a kind of check failed early and passed at last; None where none was asked."""
    final = final_verdicts(checkpoints)
    if not final:
        return None
    failed = {kind for each in checkpoints for kind, ok in verdicts_of(each).items() if not ok}
    return any(final[kind] for kind in failed)


def is_corrected_then_achieved(sessions: Iterable[tuple[Activity | None, str]]) -> bool | None:
    """Tell whether work that a person corrected was achieved; None where some of it may have been.

    Args:
        sessions: what happened in each session, None where that is not known, and its outcome.
    """
    told = [_is_corrected_and_achieved(*each) for each in sessions]
    if True in told:
        return True
    return None if not told or None in told else False


def _is_corrected_and_achieved(activity: Activity | None, outcome: str) -> bool | None:
    if activity is None:
        return None
    if not any(each.is_sure for each in activity.corrections):
        return False
    return None if outcome == "unknown" else outcome == "achieved"


def branch_quality(
    status: BranchStatus, final: Mapping[CheckKind, bool], rollback: Rollback | None
) -> float | None:
    """Return how good the work on a branch is, 0 to 1; None where too little is known."""
    taken_back = is_taken_back(rollback)
    if status == "closed" or taken_back:
        return 0.0
    if status == "open":
        return None
    known = [1.0]
    if final:
        known.append(float(all(final.values())))
    if taken_back is False:
        known.append(1.0)
    return round(fmean(known), 4) if len(known) >= _ENOUGH else None
