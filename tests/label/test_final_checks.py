from datetime import timedelta

import pytest

from tests.trajectories import START, activity
from tracemill.label.outcomes.final_checks import final_check, final_checks, recovered
from tracemill.records.sessions.activity import CheckKind, CheckRun, Delegation


def run(step: int, passed: bool | None, check: CheckKind, minutes: int | None) -> CheckRun:
    at = None if minutes is None else START + timedelta(minutes=minutes)
    return CheckRun(step=step, check=check, passed=passed, at=at)


def good(step: int, check: CheckKind = "test", minutes: int | None = None) -> CheckRun:
    return run(step, passed=True, check=check, minutes=minutes)


def bad(step: int, check: CheckKind = "test") -> CheckRun:
    return run(step, passed=False, check=check, minutes=None)


def mute(step: int) -> CheckRun:
    return run(step, passed=None, check="test", minutes=None)


@pytest.mark.parametrize(
    ("runs", "last_edit", "expected"),
    [
        pytest.param([good(3)], 2, True, id="after the edit"),
        pytest.param([good(1)], 2, None, id="made stale by an edit"),
        pytest.param([bad(3), good(4)], 2, True, id="the last one decides"),
        pytest.param([good(3), mute(4)], 2, True, id="one that does not tell is passed over"),
        pytest.param([good(3, "lint")], 2, None, id="another kind of check"),
        pytest.param([good(3)], None, True, id="nothing edited"),
        pytest.param([], 2, None, id="no run"),
    ],
)
def test_the_last_telling_run_after_the_last_edit_is_final(
    runs: list[CheckRun], last_edit: int | None, expected: bool | None
) -> None:
    found = final_check([activity(checks=tuple(runs), last_edit_step=last_edit)], "test")

    assert (found.run.passed if found else None) is expected


@pytest.mark.parametrize(
    ("kind", "code_edit", "expected"),
    [
        pytest.param("test", 2, True, id="notes on code that was tested"),
        pytest.param("test", 5, None, id="code again"),
        pytest.param("lint", 2, True, id="notes on code that was linted"),
        pytest.param("test", None, None, id="no code"),
    ],
)
def test_notes_written_later_make_no_test_of_code_stale(
    kind: CheckKind, code_edit: int | None, *, expected: bool | None
) -> None:
    main = activity(checks=(good(3, kind),), last_edit_step=6, last_code_edit_step=code_edit)
    found = final_check([main], kind)

    assert (found.run.passed if found else None) is expected


@pytest.mark.parametrize(
    ("handed", "expected"),
    [
        pytest.param(1, True, id="before the tests"),
        pytest.param(4, None, id="after them"),
    ],
)
def test_notes_make_no_test_stale_of_code_that_subagents_wrote(
    handed: int, *, expected: bool | None
) -> None:
    main = activity(checks=(good(3),), last_edit_step=6, delegations=(Delegation(step=handed),))
    found = final_check([main], "test")

    assert (found.run.passed if found else None) is expected


@pytest.mark.parametrize(("edited", "expected"), [(5, True), (15, None)])
def test_an_edit_by_another_agent_makes_a_run_stale(edited: int, expected: bool | None) -> None:
    main = activity(checks=(good(3, minutes=10),), last_edit_step=2, last_edit_at=START)
    other = activity(
        trajectory_id="traj_2", last_edit_step=9, last_edit_at=START + timedelta(minutes=edited)
    )
    found = final_check([main, other], "test")

    assert (found.run.passed if found else None) is expected


def test_of_several_agents_a_run_without_a_moment_proves_nothing() -> None:
    main = activity(checks=(good(3),), last_edit_step=2)

    assert final_check([main, activity(trajectory_id="traj_2")], "test") is None


def test_every_kind_has_its_own_final_run() -> None:
    found = final_checks([activity(checks=(good(1), bad(2, "lint")))])

    assert {kind: check.run.passed for kind, check in found.items()} == {
        "test": True,
        "lint": False,
    }


def test_a_failure_recovers_only_through_its_own_kind() -> None:
    assert recovered([bad(1), good(2, "lint")]) is None
    assert recovered([bad(1), good(2)]) == (bad(1), good(2))
    assert recovered([good(1), bad(2)]) is None
