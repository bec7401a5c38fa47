"""What a person grants of the work before asking for more of it, or finding fault."""

import pytest

from tests.label.test_observe import seen, tool
from tests.label.test_outcome import judged
from tests.trajectories import agent, user
from tracemill.label.reactions.speech import grants
from tracemill.records.sessions.trajectory import Step


@pytest.mark.parametrize(
    "text",
    [
        "It works now but it only makes one page",
        "nice, it works, but make it blue",
        "the error is gone however the list needs a title",
        "oh boy, it worked",
        "ya funciona, pero falta el total",
        "很好\uff0c但是把按钮改成蓝色",
    ],
)
def test_what_is_well_is_granted_whatever_follows(text: str) -> None:
    assert grants(text)


@pytest.mark.parametrize(
    "text",
    [
        "it does not work",
        "it doesn't work, but the page opens faster",
        "make sure that it works now",
        "does it work now?",
        "would be nice to have a total",
        "Add a menu. Then a page. Then a footer. Great.",
        "the list is empty\n" + "a line of a log\n" * 3 + "great",
        "",
    ],
)
def test_what_is_wished_or_pasted_grants_nothing(text: str) -> None:
    assert not grants(text)


FAULTY = [
    "nice, the rows are shown, but the header is still empty",
    "that fixed the login. Now I get another error:\nKeyError: 'total'",
    "the error is gone however the list is empty",
    "很好\uff0c但是按钮还是没有反应",
    "good, but it crashes",
    "great idea, but you did not do it",
    "nice try, it still fails",
    "great, it broke everything",
    "it still fails, great",
    "thanks for nothing, the build is broken",
    "Great! Now the tests fail",
    "Great!" + " Then there is the list of the pages." * 15 + " It still fails.",
    "It works on my machine but not in CI",
]


@pytest.mark.parametrize("text", FAULTY)
def test_what_is_said_beside_a_fault_grants_nothing(text: str) -> None:
    steps = (edit(1), agent(2, "Done."), user(3, text), edit(4), agent(5, "Changed it."))

    assert not grants(text)
    assert judged(seen(user(0, "add a page"), *steps), cwd="/elsewhere").outcome == "unknown"


@pytest.mark.parametrize(
    "text",
    ["nice try", "thanks for nothing", "perfect is the enemy of good", "well done steaks are bad"],
)
def test_what_only_begins_like_praise_grants_nothing(text: str) -> None:
    assert not grants(text)


def edit(index: int) -> Step:
    return tool(index, "Edit", {"file_path": "/a.py", "new_string": "a"})


GRANTING = "nice, it works, but make it blue"


@pytest.mark.parametrize(
    ("steps", "turns"),
    [
        pytest.param((edit(1), user(2, GRANTING)), (2,), id="work before it"),
        pytest.param((agent(1, "A plan."), user(2, GRANTING)), (), id="words alone before it"),
        pytest.param((edit(1), user(2, "go on"), agent(3, "A plan."), user(4, GRANTING)), (),
                     id="nothing edited since the person spoke before"),
        pytest.param((edit(1), user(2, "make it blue")), (), id="a wish alone"),
    ],
)  # fmt: skip
def test_turns_are_known_that_grant_what_was_edited_before_them(
    steps: tuple[Step, ...], turns: tuple[int, ...]
) -> None:
    assert seen(user(0, "add a page"), *steps).granted_turns == turns
