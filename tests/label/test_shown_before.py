"""Work of which an earlier request was shown done, and what came since is only told."""

from typing import Any

import pytest
from msgspec import structs

from tests.label.test_observe import seen, shell, tool
from tests.label.test_outcome import MENTION, judged, ran
from tests.trajectories import activity, agent, reaction, user
from tracemill.records.refs import Ref
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult


def edit(index: int, path: str = "/a.py", **more: Any) -> Step:
    return tool(index, "Edit", {"file_path": path, "new_string": "a"}, **more)


def checked(index: int, exit_code: int = 0) -> Step:
    printed = "1 failed" if exit_code else "3 passed"
    return shell(index, "pytest", printed, exit_code=exit_code)


ASKED = user(0, "add a page")
CHECKED = [
    pytest.param((ASKED, edit(1), checked(2), user(3, "now add a menu")), (3,), id="tests passed"),
    pytest.param(
        (ASKED, edit(1), shell(2, "python demo.py", "42"), user(3, "now a menu")), (3,),
        id="a program ran well",
    ),
    pytest.param(
        (ASKED, edit(1), checked(2), edit(3, "/notes.md"), user(4, "now a menu")), (4,),
        id="notes since",
    ),
    pytest.param((ASKED, edit(1), checked(2), edit(3), user(4, "now a menu")), (), id="edited since"),
    pytest.param((ASKED, edit(1), checked(2, 1), user(3, "now a menu")), (), id="tests failed"),
    pytest.param(
        (ASKED, edit(1), checked(2), checked(3, 1), user(4, "now a menu")), (), id="failed at last"
    ),
    pytest.param((ASKED, checked(1), user(2, "now a menu")), (), id="nothing was edited"),
    pytest.param(
        (ASKED, edit(1), checked(2), user(3, "why?"), agent(4, "because"), user(5, "now a menu")), (3,),
        id="once for each check",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "turns"), CHECKED)
def test_turns_are_known_before_which_the_work_had_been_checked(
    steps: tuple[Step, ...], turns: tuple[int, ...]
) -> None:
    assert seen(*steps).checked_turns == turns


def late(index: int, of: int, content: str) -> Step:
    """Return a step at which the result of an earlier call comes."""
    result = ToolResult(call_id=f"c{of}", content=content, status="ok")
    return agent(index, results=(result,))


def started(index: int, command: str) -> Step:
    call = ToolCall(id=f"c{index}", name="Bash", arguments={"command": command})
    return agent(index, calls=(call,))


def test_a_check_that_ends_late_hides_none_that_was_begun_after_it() -> None:
    before = (ASKED, edit(1), started(2, "pytest"), user(3, "go on"), edit(4), checked(5))
    asked_first = seen(*before, late(6, 2, "1 failed"), user(7, "now a menu"))
    late_fault = (ASKED, edit(1), started(2, "pytest"), checked(3), late(4, 2, "1 failed"))
    late_pass = (ASKED, edit(1), started(2, "pytest"), checked(3, 1), late(4, 2, "3 passed"))

    assert asked_first.checked_turns == (7,)
    assert seen(*late_fault, user(5, "now a menu")).checked_turns == (5,)
    assert seen(*late_pass, user(5, "now a menu")).checked_turns == ()


def test_what_was_tested_before_a_person_went_on_stays_shown() -> None:
    about = seen(ASKED, edit(1), checked(2), user(3, "now add a menu"), edit(4), agent(5, "Done."))

    found = judged(about, cwd="/elsewhere")

    assert (found.outcome, found.confidence) == ("achieved", 0.35)
    assert found.evidence == (Ref(kind="trajectory", id="traj_1", step=3),)


def told(*heard: tuple[int, ReactionKind], **more: Any) -> dict[str, Any]:
    """Return a session whose work was checked before step 6 and edited on after it."""
    reactions = tuple(reaction(step, kind) for step, kind in heard)
    given = {"checked_turns": (6,), "last_edit_step": 8, "n_calls": 5, "ending": "agent"}
    return {**given, "last_user_step": 6, "reactions": reactions, **more}


TOLD = [
    pytest.param(told(), "achieved", id="tested"),
    pytest.param(told((6, "acceptance"), checked_turns=()), "achieved", id="praised"),
    pytest.param(
        told((6, "correction"), checked_turns=(), granted_turns=(6,)), "achieved",
        id="a part was granted",
    ),
    pytest.param(
        told(checked_turns=(), granted_turns=(6,), taken_back_steps=(7,), n_edits=3), "unknown",
        id="granted, and taken back",
    ),
    pytest.param(told(checked_turns=()), "unknown", id="never shown"),
    pytest.param(told((6, "correction")), "unknown", id="what was tested is wrong"),
    pytest.param(told((7, "correction")), "unknown", id="a fault since"),
    pytest.param(
        told((6, "acceptance"), (7, "correction"), checked_turns=()),
        "achieved",
        id="a fault in what came after praise",
    ),
    pytest.param(told(interrupted_steps=(7,)), "unknown", id="a stop since"),
    pytest.param(told(rejected_steps=(7,)), "unknown", id="a refusal since"),
    pytest.param(
        told((4, "correction")), "achieved", id="a fault before it was tested"
    ),
    pytest.param(
        told(taken_back_steps=(7,), n_edits=3), "unknown", id="an edit taken back, and others made"
    ),
    pytest.param(told(ending="user"), "unknown", id="on the person's turn"),
    pytest.param(told((6, "acceptance"), n_calls=0, last_edit_step=None), "unknown",
                 id="a chat that goes on after praise"),
]  # fmt: skip


@pytest.mark.parametrize(("about", "outcome"), TOLD)
def test_a_fault_takes_back_what_was_shown_before(about: dict[str, Any], outcome: str) -> None:
    assert judged(activity(**about), cwd="/elsewhere").outcome == outcome


READ = tool(2, "Read", {"file_path": "/a.py"}, content="a")


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        pytest.param(
            (edit(1, status="error"), agent(2, "I may not edit it.")), "failed", id="given up"
        ),
        pytest.param((edit(1, status="error"),), "unknown", id="the log ends there"),
        pytest.param(
            (edit(1, status="error", content="File has not been read yet"), structs.replace(READ, text="")),
            "unknown", id="the log breaks off"
        ),
        pytest.param(
            (edit(1, status="error"), edit(2), agent(3, "Done.")), "unknown", id="another try worked"
        ),
        pytest.param(
            (tool(1, "Edit", {}, status="error"), agent(2, "See above.")), "unknown", id="no file"
        ),
        pytest.param((edit(1, status="rejected"), agent(2, "Fine.")), "unknown", id="refused"),
    ],
)  # fmt: skip
def test_edits_that_all_failed_are_a_failure(steps: tuple[Step, ...], outcome: str) -> None:
    found = judged(seen(ASKED, *steps), cwd="/elsewhere")

    assert found.outcome == outcome
    if outcome == "failed":
        assert found.evidence == (Ref(kind="trajectory", id="traj_1", step=1),)


def test_praise_that_is_the_last_word_of_a_chat_needs_no_wish_before_it() -> None:
    praised = {"reactions": (reaction(2, "acceptance"),), "last_user_step": 2}

    assert judged(activity(ending="user", **praised)).outcome == "achieved"
    assert judged(activity(ending="agent", **praised)).outcome == "unknown"


def test_a_push_that_failed_is_forgotten_once_tests_pass() -> None:
    refused: dict[str, Any] = {"commits": (MENTION,), "last_edit_step": 4, "unpushed_steps": (9,)}

    assert judged(activity(**refused), cwd="/elsewhere").outcome == "partial"
    refused["checks"] = (ran(12, passed=True),)
    assert judged(activity(**refused), cwd="/elsewhere").outcome == "achieved"


@pytest.mark.parametrize(("n_errors", "outcome"), [(1, "achieved"), (2, "unknown")])
def test_praise_is_of_nothing_where_no_call_worked(n_errors: int, outcome: str) -> None:
    praised = {"reactions": (reaction(2, "acceptance"),), "last_user_step": 2, "ending": "agent"}

    assert judged(activity(n_calls=2, n_errors=n_errors, **praised)).outcome == outcome
