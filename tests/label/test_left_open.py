"""Logs that break off within a further request, after earlier work was shown done."""

from time import process_time
from typing import Any

import pytest
from msgspec import structs

from tests.label.test_observe import feedback, seen, shell, tool
from tests.label.test_outcome import MENTION, TESTED, judged, ran
from tests.trajectories import activity, agent, calling, reaction, user
from tracemill.records.sessions.activity import ProposedPlan
from tracemill.records.sessions.reactions import ReactionKind
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

ASKED = 12
OPEN = ToolCall(id="c4", name="Bash", arguments={"command": "git commit -m x"})


def open_with(kind: ReactionKind | None = "continuation", **more: Any) -> dict[str, Any]:
    """Return a session whose last request the agent did not come to an end with."""
    heard = () if kind is None else (reaction(ASKED, kind),)
    given = {"ending": "user", "last_user_step": ASKED, "last_edit_step": 4, "n_steps": 14}
    return {**given, "reactions": heard, **more}


LEFT_OPEN = [
    pytest.param(open_with(checks=TESTED), id="nobody answered"),
    pytest.param(open_with(checks=TESTED, ending="open_call"), id="within a call"),
    pytest.param(open_with(checks=TESTED, ending="agent", is_cut_off=True), id="behind a call"),
    pytest.param(open_with(checks=TESTED, ending="agent", is_waiting=True), id="on a question"),
    pytest.param(open_with(checks=TESTED, ending="error"), id="on an error of the service"),
    pytest.param(open_with(None, checks=TESTED), id="what the request is was not heard"),
    pytest.param(open_with("correction", checks=TESTED, last_edit_step=13), id="a fault, being mended"),
    pytest.param(open_with(commits=(MENTION,)), id="committed"),
    pytest.param(open_with(ran_steps=(6,)), id="a program alone"),
    pytest.param(
        open_with(checks=(*TESTED, ran(14, passed=True)), last_edit_step=16, last_code_edit_step=16,
                  ending="open_call", n_steps=17),
        id="tested since, and edited after that",
    ),
    pytest.param(
        open_with(reactions=(reaction(8, "acceptance"), reaction(ASKED, "refinement"))), id="praised"
    ),
    pytest.param(open_with(granted_turns=(8,)), id="a part was granted"),
    pytest.param(
        open_with(checks=TESTED, ending="agent", plans=(ProposedPlan(opening="do", step=13),)),
        id="a plan that is carried out elsewhere",
    ),
]  # fmt: skip

NOT_OPEN = [
    pytest.param(open_with("clarification", checks=TESTED), "achieved", id="a question"),
    pytest.param(open_with(checks=TESTED, ending="agent"), "achieved", id="the agent came to an end"),
    pytest.param(
        open_with(checks=(*TESTED, ran(13, passed=True)), ending="open_call"), "achieved",
        id="tested since, and looked at",
    ),
    pytest.param(open_with(checks=TESTED, last_user_step=5, reactions=(), ending="open_call"), "achieved", id="the request that was tested"),
    pytest.param(open_with(), "unknown", id="nothing was shown"),
    pytest.param(open_with(checks=(ran(6, passed=False),)), "failed", id="shown to fail"),
    pytest.param(open_with(checks=TESTED, last_user_step=None), "achieved", id="nobody asked"),
    pytest.param(
        open_with(checks=TESTED, ending="agent", plans=(ProposedPlan(opening="do", step=3),)),
        "achieved", id="a plan that was carried out",
    ),
]  # fmt: skip


@pytest.mark.parametrize("about", LEFT_OPEN)
def test_what_was_shown_done_is_partial_where_a_request_is_left_open(about: dict[str, Any]) -> None:
    found = judged(activity(**about), cwd="/elsewhere")

    assert (found.outcome, found.confidence) == ("partial", 0.5)
    assert ASKED in {ref.step for ref in found.evidence}


@pytest.mark.parametrize(("about", "outcome"), NOT_OPEN)
def test_nothing_is_left_open_where_the_work_is_not(about: dict[str, Any], outcome: str) -> None:
    assert judged(activity(**about), cwd="/elsewhere").outcome == outcome


@pytest.mark.parametrize(
    ("asked", "outcome"), [("commit it", "achieved"), ("add a button for it", "partial")]
)
def test_a_step_of_the_process_leaves_nothing_open(asked: str, outcome: str) -> None:
    about = seen(
        user(0, "add a page"),
        tool(1, "Edit", {"file_path": "/a.py", "new_string": "a"}),
        shell(2, "pytest", "3 passed", exit_code=0),
        user(3, asked),
        agent(4, calls=(OPEN,)),
    )

    assert judged(about, cwd="/elsewhere").outcome == outcome


@pytest.mark.parametrize("words", ["", "One thing before I begin:"], ids=["alone", "with words"])
@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        pytest.param((), "partial", id="nobody answers"),
        pytest.param((ToolResult(call_id="c4", content="the first"),), "achieved", id="answered"),
    ],
)
def test_a_question_that_nobody_answers_leaves_a_further_request_open(
    words: str, answers: tuple[ToolResult, ...], outcome: str
) -> None:
    question = ToolCall(id="c4", name="AskUserQuestion", arguments={"questions": []})
    about = seen(
        user(0, "add a page"),
        tool(1, "Edit", {"file_path": "/a.py", "new_string": "a"}),
        shell(2, "pytest", "3 passed", exit_code=0),
        user(3, "add a button for it"),
        agent(4, words, calls=(question,), results=answers),
        *(agent(5, "Thanks, here it is.") for _ in answers),
    )

    assert about.is_waiting is (not answers)
    assert judged(about, cwd="/elsewhere").outcome == outcome


def saying(index: int, name: str) -> Step:
    """Return a step that says something, and calls a tool that comes back."""
    called = tool(index, name, {"file_path": "/a.py"})
    return structs.replace(called, text="I look at the rest.")


@pytest.mark.parametrize(
    ("steps", "is_cut_off"),
    [
        pytest.param((calling(1),), True, id="a call that came back"),
        pytest.param((calling(1), agent(2, "Done.")), False, id="and words behind it"),
        pytest.param((calling(1), user(2, "go on")), False, id="and the person"),
        pytest.param((saying(1, "Read"),), True, id="and words before it"),
        pytest.param((saying(1, "Task"),), True, id="a subagent"),
        pytest.param((saying(1, "Edit"),), False, id="an edit that stands within the words"),
        pytest.param((saying(1, "AskUserQuestion"),), False, id="a question"),
        pytest.param((saying(1, "submit"),), False, id="the end that an agent calls"),
        pytest.param((agent(1, "Done."),), False, id="words alone"),
    ],
)
def test_a_log_is_cut_off_where_the_agent_would_have_said_more_behind_its_last_call(
    steps: tuple[Step, ...], is_cut_off: bool
) -> None:
    assert seen(user(0, "add a page"), *steps).is_cut_off is is_cut_off


def test_a_step_of_an_agent_that_is_empty_is_no_answer() -> None:
    about = seen(user(0, "add a page"), agent(1, "Done."), user(2, "now a menu"), agent(3, ""))

    assert about.ending == "user"
    assert seen(user(0, "add a page"), agent(1, "Done."), agent(2, "")).ending == "agent"


ASKING_A_PERSON = (
    *("AskUserQuestion", "ask_user", "ask_followup_question", "AskQuestion", "question"),
    *("request_user_input", "vscode_askQuestions", "mcp__talk__ask_user", "message_ask_user"),
)
ASKING_ANOTHER = (
    *("mcp__wiki__ask_question", "mcp__x__x_ask", "mcp__x__ask-model", "mcp__y__list_questions"),
    *("mcp__forms__get_questionnaire", "apply_mask", "task_user", "Task"),
)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        *((name, "agent") for name in ASKING_A_PERSON),
        *((name, "open_call") for name in ASKING_ANOTHER),
    ],
)
def test_an_agent_that_asks_the_person_has_come_to_an_end(name: str, ending: str) -> None:
    asking = agent(1, "Which one?", calls=(ToolCall(id="c1", name=name),))

    assert seen(user(0, "add a page"), asking).ending == ending


LEAVING = ("/exit", "exit;", "/quit\n  ⎿  Goodbye!\n", " Exit ; ")
STAYING = (
    *("exit the loop early", "add /exit", "why does it quit?"),
    "/quit\n  ⎿  (no content)\n\nand now add a page",
)


@pytest.mark.parametrize("words", LEAVING)
def test_a_turn_that_only_leaves_asks_for_nothing_and_stops_nothing(words: str) -> None:
    steps = (user(0, "add a page"), agent(1, "Done."), user(2, words))
    found = seen(*steps, events=(feedback("interruption", 2),))

    assert (found.ending, found.last_user_step) == ("agent", 0)


@pytest.mark.parametrize("words", STAYING)
def test_a_turn_that_names_an_exit_is_a_request(words: str) -> None:
    found = seen(user(0, "add a page"), agent(1, "Done."), user(2, words))

    assert (found.ending, found.last_user_step) == ("user", 2)


@pytest.mark.parametrize("words", ["exit{}x", "exit;{}x", "exit ⎿{}\nx"])
def test_white_space_behind_an_exit_is_read_once(words: str) -> None:
    began = process_time()
    found = seen(user(0, words.format(" " * 20_000)))

    assert found.ending == "user"
    assert process_time() - began < 2  # several times as long where each space is tried again


def test_a_stop_before_a_person_leaves_is_one() -> None:
    steps = (user(0, "add a page"), agent(1, "On it."), user(2, "/exit"))
    found = seen(*steps, events=(feedback("interruption", 1),))

    assert found.ending == "interruption"
