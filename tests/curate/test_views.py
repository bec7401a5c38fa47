from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs

from tests.curate.test_recovery import recovery
from tests.trajectories import activity, agent, calling, episode, user, work
from tracemill.curate.builders.one_pass import make_examples
from tracemill.curate.windows.work import ChatConfig
from tracemill.records.datasets.examples import ChatExample
from tracemill.records.sessions.activity import CheckKind, CheckRun
from tracemill.records.sessions.trajectory import Step

CAUSE = "The last row is never read, since the range ends one too early."
REPORT = "The bounds were off by one, so the last row was never read. " * 4


def using(index: int, tool: str, text: str = "", **arguments: Any) -> Step:
    step = calling(index, "ok", **(arguments or {"path": "a.py", "content": "x"}))
    (call,) = step.calls
    return structs.replace(step, text=text, calls=(structs.replace(call, name=tool),))


DONE = {"content": "look", "status": "completed"}
TO_DO = {"content": "mend", "status": "pending"}
STEPS = [
    user(0, "the last row is missing"),
    using(1, "update_plan", "plan", steps=["look", "mend", "test"]),
    using(2, "Bash", "fails", command="pytest"),
    using(3, "Edit", CAUSE),
    using(4, "Bash", "passes", command="pytest"),
    agent(5, REPORT),
]
CHECKS = tuple(CheckRun(step=at, check="test", passed=at > 2) for at in (2, 4))
ABOUT: dict[str, Any] = {
    "n_calls": 4, "checks": CHECKS, "recoveries": (recovery(2, worked=4, edits=(3,)),),
}  # fmt: skip


def built(steps: Sequence[Step], **about: Any) -> dict[str, list[str]]:
    """Return for each view what is imitated."""
    task = work(activity(**{**ABOUT, **about}), len(steps))
    found: dict[str, list[str]] = {}
    for made in make_examples(task, steps, ChatConfig(builders=("view",))):
        assert isinstance(made, ChatExample)
        (view,) = (tag for tag in made.tags if tag.startswith("view:"))
        found[view] = [message.content for message in made.messages if message.trained]
    return found


def test_each_view_imitates_the_steps_of_one_skill() -> None:
    assert built(STEPS) == {
        "view:problem": [CAUSE],
        "view:design": ["plan"],
        "view:implementation": [CAUSE],
        "view:validation": ["passes"],
        "view:collaboration": [REPORT],
    }


@pytest.mark.parametrize(
    ("steps", "about", "view"),
    [
        pytest.param([*STEPS[:3], using(3, "Edit", "Oh."), *STEPS[4:]], {}, "problem", id="few words"),
        pytest.param(STEPS, {"recoveries": (recovery(2, worked=4, kind="edit"),)}, "problem",
                     id="an edit did not fit"),
        pytest.param([*STEPS[:1], using(1, "update_plan", steps=["look"]), *STEPS[2:]], {}, "design",
                     id="one entry"),
        pytest.param([*STEPS[:3], agent(3, CAUSE), *STEPS[4:]], {}, "validation", id="no change"),
        pytest.param([*STEPS[:3], using(3, "Edit", "Let me look at what the failing test expects."),
                      *STEPS[4:]], {}, "problem", id="an announcement"),
        pytest.param([*STEPS[:3], using(3, "Edit", "The bug that it never read the row is fixed."),
                      *STEPS[4:]], {}, "problem", id="nothing is wrong any more"),
        pytest.param([*STEPS[:1], using(1, "TodoWrite", todos=[DONE, TO_DO, TO_DO]), *STEPS[2:]],
                     {}, "design", id="a list that is under way"),
        pytest.param([*STEPS[:4], using(4, "Bash", command="git commit -m x"), STEPS[5]], {},
                     "validation", id="a commit's hook"),
        pytest.param([*STEPS[:3], using(3, "str_replace_editor", CAUSE, command="view", path="a"),
                      *STEPS[4:]], {}, "implementation", id="only looks"),
        pytest.param([*STEPS[:5], agent(5, "Done.")], {}, "collaboration", id="no report"),
    ],
)  # fmt: skip
def test_what_does_not_show_a_skill_is_in_no_view_of_it(
    steps: list[Step], about: dict[str, Any], view: str
) -> None:
    assert f"view:{view}" not in built(steps, **about)


def test_work_that_was_not_achieved_shows_no_skill() -> None:
    task = work(activity(**ABOUT), len(STEPS), episode=episode("failed"))
    made = list(make_examples(task, STEPS, ChatConfig(builders=("view",))))

    assert made
    assert not any(isinstance(one, ChatExample) for one in made)


def test_words_that_say_why_show_the_skill_before_any_edit_without_a_failure() -> None:
    why = "The problem is that the range ends one too early, so the last row is never read."
    steps = [user(0, "the last row is missing"), agent(1, why), *STEPS[3:]]

    assert built(steps, recoveries=())["view:problem"] == [why]


def test_a_plan_in_words_counts_where_it_is_carried_out() -> None:
    points = "".join(
        f"{n}. Mend part {n} of the range, and try it on a report.\n" for n in range(5)
    )
    plan = agent(1, f"The plan for the report is this:\n{points}")
    asks = agent(1, f"The plan is to ask. Which of these do you want?\n{points}")

    assert built([STEPS[0], plan, *STEPS[2:]])["view:design"] == [plan.text]
    assert "view:design" not in built([STEPS[0], plan, STEPS[5]])
    assert "view:design" not in built([STEPS[0], asks, *STEPS[2:]])


def test_behind_a_change_each_kind_of_check_shows_the_habit_once() -> None:
    runs: list[tuple[str, CheckKind]] = [
        ("pytest", "test"),
        ("ruff check", "lint"),
        ("pytest", "test"),
    ]
    ran = [using(at, "Bash", command, command=command) for at, (command, _) in enumerate(runs, 4)]
    kinds = tuple(CheckRun(step=at, check=k, passed=True) for at, (_, k) in enumerate(runs, 4))

    assert built([*STEPS[:4], *ran], checks=kinds)["view:validation"] == [
        "pytest",
        "ruff check",
    ]


@pytest.mark.parametrize("view", ["problem", "design", "implementation", "validation"])
def test_each_skill_has_a_builder_of_its_own(view: str) -> None:
    task = work(activity(**ABOUT), len(STEPS))
    every = [
        made
        for made in make_examples(task, STEPS, ChatConfig(builders=("view",)))
        if isinstance(made, ChatExample) and f"view:{view}" in made.tags
    ]

    assert list(make_examples(task, STEPS, ChatConfig(builders=(view,)))) == every
