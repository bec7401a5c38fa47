"""What became of a branch: each line of the table, and what follows of it."""

from __future__ import annotations

import pytest

from tests.trajectories import reaction
from tracemill.label.outcomes.branch_outcome import (
    MERGE_SIGNALS,
    branch_quality,
    final_verdicts,
    has_failed_then_passed,
    is_corrected_then_achieved,
    is_taken_back,
    rollback_signal,
    validation_signal,
)
from tracemill.records.events.team_branches import BranchStatus, ValidationCheckpoint
from tracemill.records.sessions.activity import Activity, CheckKind
from tracemill.records.work.survival import Rollback

PASSED: dict[CheckKind, bool] = {"lint": True, "types": True, "test": True}
FAILING: dict[CheckKind, bool] = {**PASSED, "test": False}
EARLY = ValidationCheckpoint(
    ruff_violations=3, typecheck_errors=1, pytest_passed=8, pytest_failed=2
)
LATE = ValidationCheckpoint(
    ruff_violations=0, typecheck_errors=0, pytest_passed=15, pytest_failed=0
)


def test_a_merge_is_a_strong_word_a_refusal_speaks_against_it_and_an_open_branch_says_nothing() -> (
    None
):
    assert MERGE_SIGNALS == {
        "merged": "strong_positive", "closed": "negative", "open": "neutral",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "final", "expected"),
    [
        ("merged", PASSED, "positive"),
        ("merged", FAILING, "mixed"),
        ("merged", {"lint": False}, "mixed"),
        ("merged", {}, None),
        ("open", PASSED, None),
    ],
)
def test_checks_are_heard_at_the_merge(
    status: BranchStatus, final: dict[CheckKind, bool], expected: str | None
) -> None:
    assert validation_signal(status, final) == expected


@pytest.mark.parametrize(
    ("rollback", "signal", "taken_back"),
    [
        ("day", "strong_negative", True),
        ("week", "negative", True),
        ("later", "strong_positive", False),
        ("none", "strong_positive", False),
        ("pending", "pending", None),
        (None, None, None),
    ],
)
def test_what_was_taken_back_soon_was_wrong_and_an_open_week_is_no_praise(
    rollback: Rollback | None, signal: str | None, taken_back: bool | None
) -> None:
    assert rollback_signal(rollback) == signal
    assert is_taken_back(rollback) is taken_back


@pytest.mark.parametrize(
    ("status", "final", "rollback", "expected"),
    [
        ("merged", PASSED, "none", 1.0),
        ("merged", PASSED, "pending", 1.0),
        ("merged", {}, "none", 1.0),
        ("merged", {}, "pending", None),
        ("merged", {}, None, None),
        ("merged", FAILING, "none", 0.6667),
        ("merged", FAILING, "pending", 0.5),
        ("merged", PASSED, "day", 0.0),
        ("merged", PASSED, "week", 0.0),
        ("merged", PASSED, "later", 1.0),
        ("closed", PASSED, None, 0.0),
        ("open", PASSED, "none", None),
    ],
)
def test_quality_is_the_mean_of_what_is_known_and_nothing_where_that_is_too_little(
    status: BranchStatus,
    final: dict[CheckKind, bool],
    rollback: Rollback | None,
    expected: float | None,
) -> None:
    assert branch_quality(status, final, rollback) == expected


def test_the_last_word_of_each_kind_of_check_counts() -> None:
    built = ValidationCheckpoint(verdicts={"build": False, "test": False})

    assert final_verdicts([EARLY, LATE]) == PASSED
    assert final_verdicts([LATE, built]) == {**FAILING, "build": False}
    assert final_verdicts([]) == {}


@pytest.mark.parametrize(
    ("checkpoints", "expected"),
    [([EARLY, LATE], True), ([LATE], False), ([LATE, EARLY], False), ([], None)],
)
def test_who_failed_early_and_passed_at_last_has_learned(
    checkpoints: list[ValidationCheckpoint], expected: bool | None
) -> None:
    assert has_failed_then_passed(checkpoints) is expected


def session(outcome: str, *, is_corrected: bool | None) -> tuple[Activity | None, str]:
    if is_corrected is None:
        return None, outcome
    said = (reaction(3, "correction"),) if is_corrected else ()
    return Activity(trajectory_id="t", input_id="in", reactions=said), outcome


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        ([], None),
        ([session("achieved", is_corrected=False)], False),
        ([session("failed", is_corrected=True)], False),
        ([session("unknown", is_corrected=True)], None),
        ([session("achieved", is_corrected=None)], None),
        ([session("unknown", is_corrected=False)], False),
        ([session("unknown", is_corrected=True), session("achieved", is_corrected=True)], True),
        ([session("failed", is_corrected=True), session("unknown", is_corrected=True)], None),
    ],
)
def test_what_became_of_corrected_work_is_unknown_where_its_outcome_is(
    sessions: list[tuple[Activity | None, str]], expected: bool | None
) -> None:
    assert is_corrected_then_achieved(sessions) is expected
