"""Praise before other words, what takes it back, and what is no request although it is there again."""

import pytest

from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.speech import hear
from tracemill.records.sessions.reactions import ReactionKind

BEFORE = Before(
    asked=("show the total",), answered="The total is now in the header.", edited=("page.html",)
)
ORDER = (
    "now list the pages, each with its title and the day on which it was made, the newest first, "
    "and for each the page that it was copied from, so that whoever looks for one finds the other "
    "as well; do the same for the notes, and keep the order that they have in the file"
)
LOGGED = "\n".join(
    f"2026-03-01T10:00:0{second} INFO server started, waiting for {second} workers"
    for second in range(5)
)


def kinds(text: str, before: Before = BEFORE) -> list[ReactionKind]:
    return [heard.kind for heard in hear(text, before)]


@pytest.mark.parametrize("praise", ["Thank you.", "Great,", "pretty good.", "perfect.", "Cool,"])
def test_praise_counts_before_an_order_of_any_length(praise: str) -> None:
    assert len(ORDER) > 240
    assert kinds(f"{praise} {ORDER}")[0] == "acceptance"


def test_what_is_wanted_next_is_heard_beside_praise() -> None:
    assert kinds("pretty good. now commit and push") == ["acceptance", "continuation"]


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. The button works and the form opens, but the new page doesn't appear in the list",
        "Great, it builds. It still fails with the same error though",
        "很好\uff0c但是按钮还是没有反应",
    ],
)
def test_what_is_wrong_takes_thanks_back(text: str) -> None:
    assert "acceptance" not in kinds(text)


@pytest.mark.parametrize(
    "text", ["yes, thanks", "sì grazie", "oui merci", "sí, gracias", "ja danke"]
)
def test_who_thanks_for_an_offer_has_accepted_no_work(text: str) -> None:
    assert "acceptance" not in kinds(text)


def test_a_sentence_may_end_without_a_blank() -> None:
    heard = hear("很好\uff0c我想在右边再加一个按钮", BEFORE)

    assert heard[0].kind == "acceptance"
    assert heard[0].end <= len("很好\uff0c")
    assert len(heard) == 2


def test_a_fault_with_a_wish_is_a_correction() -> None:
    text = "all the buttons are greyed out now. they should be available when the mode is on"

    assert kinds(text) == ["correction"]


@pytest.mark.parametrize(
    "text", ["fix this?", "可以帮我美化一下吗\uff1f", "how about we drop the header"]
)
def test_who_asks_for_work_is_not_told_something(text: str) -> None:
    assert "clarification" not in kinds(text)


def test_what_a_program_prints_again_is_no_request() -> None:
    before = Before(asked=(LOGGED,), answered="The server waits for workers that never come.")
    again = f"{LOGGED}\n2026-03-01T10:00:09 INFO done"

    assert "rephrase" not in kinds(again, before)
    assert "rephrase" in kinds("show the total of each page in the header", Before(
        asked=("show the total of each page in the header",), answered="Which page?"
    ))  # fmt: skip


def test_a_command_is_given_again_for_the_next_piece() -> None:
    command = "/continue --- Cursor Command: continue.md --- Resume the work where it was left"
    answered = Before(asked=(command,), answered="The second phase is done.", edited=("b.py",))
    words = command.replace("/continue", "Resume with the third phase and its tests")

    assert kinds(words, answered._replace(asked=(words,))) == ["rephrase"]
    assert "rephrase" not in kinds(command, answered)


def test_a_button_that_begins_a_plan_goes_on() -> None:
    text = "Implement the plan as specified, it is attached for your reference. Do NOT edit it."

    assert kinds(text) == ["continuation"]
