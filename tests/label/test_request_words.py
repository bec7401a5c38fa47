"""What words, names and marks of a request tell, and what a program says of its own tasks."""

import pytest

from tracemill.label.reactions.cues import Before, cues_of
from tracemill.label.reactions.phrases import said_in
from tracemill.label.reactions.replies import NO_REPLY
from tracemill.label.reactions.speech import grants, hear
from tracemill.label.reactions.weighing import READINGS, readings
from tracemill.label.reactions.words import words_in

SHOWN = Before(("show the total",), "The total is now in the header of the page.")


def cues(text: str, before: Before = SHOWN) -> set[str]:
    return {cue.name for cue in cues_of(text, said_in(text), before, NO_REPLY)}


def test_words_are_told_without_case_and_without_what_is_quoted() -> None:
    assert words_in('Say "Cancel" in the Button, don\'t call `close()`') == {
        "say", "in", "the", "button", "don't", "call",
    }  # fmt: skip


def test_signs_and_pairs_of_them_are_words_where_no_blank_parts_words() -> None:
    assert {"错", "错误", "误"} <= words_in("还有错误")


def test_words_shift_what_cues_speak_for() -> None:
    found = list(cues_of("the page", said_in("the page"), SHOWN, NO_REPLY))
    shares = {each.kind: each.share for each in readings(found)}
    with_word = {each.kind: each.share for each in readings(found, ["error"])}

    assert set(with_word) == set(READINGS)
    assert sum(with_word.values()) == pytest.approx(1)
    assert with_word["correction"] > shares["correction"]


def test_the_order_of_words_decides_nothing() -> None:
    found = list(cues_of("the page", said_in("the page"), SHOWN, NO_REPLY))
    text = "add all app as at back be but can code do file fix for get how if is make new"
    words = sorted(words_in(text))
    orders = [words[at:] + words[:at] for at in range(len(words))]

    assert len({tuple(readings(found, order)) for order in orders}) == 1


def test_a_word_that_few_people_say_tells_nothing() -> None:
    found = list(cues_of("the page", said_in("the page"), SHOWN, NO_REPLY))

    assert readings(found, ["zyxwvut"]) == readings(found)


@pytest.mark.parametrize(
    ("asked", "text", "is_same"),
    [
        ("add src/head.py to the context", "add src/tail.py to the context", False),
        ("add src/head.py to the context", "add src/head.py to the context now", True),
        ("remove the old comments of tests", "now remove the old comments of tests", True),
    ],
)
def test_the_same_for_another_file_is_not_asked_again(
    asked: str, text: str, *, is_same: bool
) -> None:
    before = Before((asked,), "Done.")

    assert bool(cues(text, before) & {"repeats", "repeats-earlier"}) == is_same


def test_a_wide_question_mark_asks() -> None:
    assert "ends-asking" in cues("服务层不用安装依赖\uff1f")
    assert "was-asked" in cues("好", Before(("改",), "要我现在改吗\uff1f"))


@pytest.mark.parametrize(
    "news",
    [
        "<timestamp>Monday</timestamp>\n<system_notification>\nThe task failed.",
        "[Terminal 1a-2b notification: command completed with exit code 1.]\nThe task failed.",
    ],
)
def test_what_a_program_tells_of_its_tasks_is_nobodys(news: str) -> None:
    assert hear(news, SHOWN) == ()
    assert not grants(f"{news} Great.")
    assert hear("The task failed.", SHOWN) != ()
