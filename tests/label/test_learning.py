"""What can be learned from a piece of work: quotes that stand where they say, and nothing else."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import ORIGIN, START, agent, step, user
from tracemill.label.learning import Teller, learning_episode
from tracemill.label.learning.cues import is_choice, names_problem, sums_up, weight_of
from tracemill.label.learning.sentences import sentence_at, sentences
from tracemill.records.events.commits import Commit
from tracemill.records.events.in_session import Todo, TodoChange
from tracemill.records.refs import Stamp
from tracemill.records.sessions.activity import Activity, CheckRun
from tracemill.records.sessions.reactions import Reaction
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult, Trajectory
from tracemill.records.work.episodes import Episode
from tracemill.records.work.learning import LearningEpisode, Words

PIECES = st.sampled_from(
    ["# Plan", "**Problem:**", "- ", "1. ", "```", "| a | b |", "The total is wrong. ", "e.g. this ",
     "\n", "\n\n", "I see that `x` was never set because nobody calls it. ", "**Fixed** the cache. ",
     "Wait, maybe not! ", "    code()", "…", "ünïcode stands here too. ", "  ", "So I'll use a set"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def texts(text: str) -> list[str]:
    return [found.text for found in sentences(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It fails. Then it works again.", ["Then it works again."]),
        ("The sum is off, e.g. by one cent. Why is that?",
         ["The sum is off, e.g. by one cent.", "Why is that?"]),
        ("See `a.b.c` for what it does.", ["See `a.b.c` for what it does."]),
        ("- [ ] first mend the total\n2. then test it all", ["first mend the total", "then test it all"]),
        ("```\nnot a sentence here\n```\nbut this is one", ["but this is one"]),
        ("| a table | is none |\nthis line is one", ["this line is one"]),
        ("**the whole line is bold, and said**", []),
        ("**The whole line is bold, and it is so long that nobody would call it a heading at all.**",
         ["The whole line is bold, and it is so long that nobody would call it a heading at all."]),
        ("**Count** stays as it is.", ["**Count** stays as it is."]),
        ("Here is what I found:", []),
        ("x = [1, 2, 3]; y = {4: 5}", []),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_are_prose(text: str, found: list[str]) -> None:
    assert texts(text) == found


def test_a_sentence_knows_its_heading() -> None:
    found = list(sentences("## Problem\nIt is too slow.\n\n**Approach:**\nCache the factor once."))

    assert [(one.heading, one.text) for one in found] == [
        ("problem", "It is too slow."),
        ("approach", "Cache the factor once."),
    ]


@given(TEXTS)
def test_a_sentence_stands_where_it_says(text: str) -> None:
    found = list(sentences(text))

    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(TEXTS.filter(bool), st.data())
def test_every_place_lies_in_a_sentence(text: str, data: Any) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    found = sentence_at(text, place)

    assert text[found.start : found.end] == found.text


def test_a_long_line_takes_time_in_proportion() -> None:
    assert len(texts("It is so, e.g. here and there " * 20_000)) == 0


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        ("The problem is that the cache is never cleared.", True),
        ("I notice that the folder is nested twice, because the client adds it.", True),
        ("I\u2019ll use a set instead of a list.", True),
        ("Let me read the file.", False),
        ("Now I understand the code.", False),
        ("Now let me check the tests.", False),
        ("All of it is green.", False),
    ],
)
def test_thinking_is_heard_by_its_words(said: str, tells: bool) -> None:
    assert (weight_of(said) >= 3) is tells


def test_problems_and_summaries_are_heard() -> None:
    assert names_problem("The export doesn\u2019t stop.")
    assert not names_problem("Please add a column.")
    assert sums_up("I've fixed the total.")
    assert sums_up("**Added** a test for it.")
    assert not sums_up("I fix the total now.")


def calling(index: int, name: str, output: str = "", text: str = "", **arguments: Any) -> Step:
    call = ToolCall(id=f"c{index}", name=name, arguments=arguments)
    answer = ToolResult(call_id=call.id, content=output, status="ok")
    return agent(index, text, calls=(call,), results=(answer,))


STEPS = (
    user(0, "The total is wrong for empty orders. It should be zero.\nThe orders come from a CSV."),
    agent(1, "I see the cause: the total is None because nobody starts it.",
          reasoning="Maybe a default is enough. Let me look at it."),
    calling(2, "Edit", text="So I'll start the sum at zero instead.", file_path="/srv/app/total.py"),
    calling(3, "Bash", "1 failed, 2 passed in 0.1s", command="cd /srv/app && pytest -q 2>&1 | tail -5"),
    calling(4, "Bash", "== 3 passed in 0.1s ==", command="pytest -q", description="Run the tests"),
    agent(5, "Fixed the total of empty orders by starting at zero. All is green."),
    user(6, "Thanks! Works now. Next, the tax."),
)  # fmt: skip
ACTIVITY = Activity(
    trajectory_id="traj_1",
    input_id="input_1",
    goal="The total is wrong for empty orders.",
    checks=(CheckRun(step=3, check="test", passed=False), CheckRun(step=4, check="test", passed=True)),
    reactions=(Reaction(step=6, kind="acceptance", strength=0.8, confidence=0.9, rule="thanks", start=0, end=6),),
    files_edited=("/srv/app/total.py",),
    last_edit_step=2,
    n_steps=7,
)  # fmt: skip
TRAJECTORY = Trajectory(
    id="traj_1", session_id="s1", agent="claude-code", cwd="/srv/app", branch="main", n_steps=7,
    origin=ORIGIN,
)  # fmt: skip


def learned(
    steps: Sequence[Step] = STEPS,
    todos: Sequence[TodoChange] = (),
    commits: Sequence[Commit] = (),
    activity: Activity = ACTIVITY,
    **episode: Any,
) -> LearningEpisode:
    known: dict[str, Any] = {
        "id": "ep_1", "kind": "fix", "goal": activity.goal, "session_ids": ("s1",),
        "trajectory_ids": ("traj_1",), "outcome": "achieved", "confidence": 0.6,
        "reason": "the last tests passed after the last edit", "stamp": Stamp(by="outcome", version=1),
    }  # fmt: skip
    teller = Teller(activity)
    for each in steps:
        teller.take(each)
    told = {"traj_1": teller.finish(todos)}
    made = Episode(**{**known, **episode})
    return learning_episode(made, [TRAJECTORY], {"traj_1": activity}, told, commits)


def said(words: Sequence[Words]) -> list[str]:
    return [each.text for each in words]


def test_each_part_is_told_by_the_record() -> None:
    found = learned()

    assert found.kind == "fix"
    assert said(found.problem) == ["The total is wrong for empty orders."]
    assert said(found.context) == [
        "From total.py; in app; on branch main",
        "It should be zero.",
        "The orders come from a CSV.",
    ]
    assert [(each.text, each.origin, each.source.step) for each in found.thought_process] == [
        ("Maybe a default is enough.", "thinking", 1),
        ("I see the cause: the total is None because nobody starts it.", "said", 1),
        ("So I'll start the sum at zero instead.", "said", 2),
        ("Run the tests", "choice", 4),
        ("Fixed the total of empty orders by starting at zero.", "said", 5),
    ]
    assert said(found.solution_approach) == ["Fixed the total of empty orders by starting at zero."]
    assert said(found.implementation_steps) == ["Edit total.py"]
    assert said(found.validation) == [
        "pytest -q: 1 failed, 2 passed in 0.1s",
        "pytest -q: 3 passed in 0.1s",
        "Thanks!",
    ]
    assert (found.outcome, said(found.outcome_words)) == (
        "achieved",
        ["the last tests passed after the last edit"],
    )


def test_coverage_says_how_much_of_the_thinking_can_be_seen() -> None:
    found = learned().thinking

    assert (found.steps, found.thinking, found.words) == (5, 0.2, 0.8)


def test_of_no_steps_nothing_is_claimed() -> None:
    found = learned(steps=())

    assert (found.thinking.thinking, found.thinking.words) == (None, None)
    assert found.problem == found.thought_process == found.solution_approach == ()


def all_words(found: LearningEpisode) -> list[Words]:
    return [
        *found.problem, *found.context, *found.thought_process, *found.solution_approach,
        *found.implementation_steps, *found.validation, *found.outcome_words,
    ]  # fmt: skip


STEP_TEXTS = st.lists(st.tuples(st.sampled_from(["user", "agent"]), TEXTS, TEXTS), max_size=8)


@given(STEP_TEXTS)
def test_every_quote_stands_in_the_step_that_it_names(told: list[tuple[str, str, str]]) -> None:
    steps = [
        step(n, who, text, reasoning=thought or None if who == "agent" else None)
        for n, (who, text, thought) in enumerate(told)
    ]
    found = learned(steps, activity=Activity(trajectory_id="traj_1", input_id="input_1"))

    for words in all_words(found):
        if words.start is not None:
            named = steps[words.source.step or 0]
            text = named.reasoning if words.origin == "thinking" else named.text
            assert text is not None
            assert text[words.start : words.end] == words.text
        else:
            assert words.origin == "record"


@given(STEP_TEXTS)
def test_what_was_replayed_says_nothing_new(told: list[tuple[str, str, str]]) -> None:
    steps = [step(n, who, text, is_replayed=True) for n, (who, text, _) in enumerate(told)]
    found = learned(steps, activity=Activity(trajectory_id="traj_1", input_id="input_1"))

    assert {words.origin for words in all_words(found)} <= {"record"}


def todo_change(number: int, *todos: tuple[str, str]) -> TodoChange:
    made = tuple(Todo(text=text, status=status) for text, status in todos)  # type: ignore[arg-type]
    return TodoChange(id=f"event_{number}", step=number, origin=ORIGIN, todos=made)


def test_todos_that_were_completed_are_the_steps() -> None:
    changes = [
        todo_change(1, ("find the cause", "in_progress"), ("mend it", "pending")),
        todo_change(
            3, ("find the cause", "completed"), ("mend it", "completed"), ("tax", "pending")
        ),
    ]
    found = learned(todos=changes).implementation_steps

    assert [(each.text, each.origin, each.source.step) for each in found] == [
        ("find the cause", "todo", 1),
        ("mend it", "todo", 1),
    ]


PLAN = """# Empty orders
## Problem
The total breaks on empty orders.
## Approach
Start the sum at zero everywhere.
## Steps
1. Write the failing test first
2. Change the total
"""


def test_a_plan_gives_approach_and_steps_where_nothing_else_does() -> None:
    steps = [user(0, "Mend the total of empty orders."), calling(1, "ExitPlanMode", plan=PLAN)]
    found = learned(steps, activity=Activity(trajectory_id="traj_1", input_id="input_1"))

    assert said(found.solution_approach) == ["Start the sum at zero everywhere."]
    assert said(found.implementation_steps) == ["Write the failing test first", "Change the total"]
    assert {each.origin for each in found.solution_approach} == {"plan"}


def test_a_plan_that_was_handed_over_tells_the_problem() -> None:
    steps = [user(0, "Implement the following plan:\n" + PLAN), agent(1, "Reading it first.")]
    found = learned(steps, activity=Activity(trajectory_id="traj_1", input_id="input_1"))

    assert said(found.problem) == ["The total breaks on empty orders."]
    assert said(found.solution_approach) == ["Start the sum at zero everywhere."]


def commit(subject: str) -> Commit:
    return Commit(
        id="commit_1", sha="0123456789abcdef0123", subject=subject, origin=ORIGIN, at=START
    )


@pytest.mark.parametrize(
    ("episode", "commits", "kind"),
    [
        ({"kind": "fix"}, [], "fix"),
        ({"kind": "feature"}, [commit("Add a column")], "feature"),
        ({"kind": "chore"}, [commit("chore(release): v1.2.0")], "release"),
        ({"kind": "fix"}, [commit("v2.0.1")], "release"),
        ({"kind": "docs"}, [], "session"),
        ({"kind": "unknown"}, [], "session"),
    ],
)
def test_kinds(episode: dict[str, Any], commits: list[Commit], kind: str) -> None:
    assert learned(commits=commits, **episode).kind == kind


def test_several_sessions_over_days_are_a_project() -> None:
    names = ("traj_1", "traj_2", "traj_3")
    known = [msgspec.structs.replace(TRAJECTORY, id=name, session_id=name) for name in names]
    activities = {name: Activity(trajectory_id=name, input_id="input_1") for name in names}
    told = {name: Teller(activities[name]).finish() for name in names}
    episode = Episode(
        id="ep_1", kind="fix", goal="", session_ids=names, trajectory_ids=names, outcome="unknown",
        confidence=0, reason="-", stamp=Stamp(by="outcome", version=1), started=START,
        ended=START + timedelta(days=3),
    )  # fmt: skip

    assert learning_episode(episode, known, activities, told, []).kind == "project"


def test_a_commit_tells_the_approach_and_proves_the_outcome() -> None:
    found = learned(steps=STEPS[:5], commits=[commit("Start the total at zero")])

    assert said(found.solution_approach) == ["Start the total at zero"]
    assert said(found.outcome_words)[1:] == ["commit 0123456789ab: Start the total at zero"]


def test_an_example_before_the_request_is_not_the_problem() -> None:
    request = (
        "You are a software engineer.\nHere is an example.\nThe server crashed.\n"
        "---- END OF EXAMPLE ----\nThe total is wrong for empty orders."
    )
    found = learned([user(0, request)], activity=Activity(trajectory_id="traj_1", input_id="i"))

    assert said(found.problem) == ["The total is wrong for empty orders."]
    assert said(found.context)[1:] == []


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("So I'll start the sum at zero.", True),
        ("I\u2019m making the script idempotent.", True),
        ("The fix is to start at zero.", True),
        ("Perhaps the fix is elsewhere.", False),
        ("It refers to logging instead.", False),
    ],
)
def test_only_what_was_decided_is_an_approach(text: str, is_one: bool) -> None:
    assert is_choice(text) is is_one
