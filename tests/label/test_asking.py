"""What a model is asked about a turn; it is believed only where its evidence stands there."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.label.reactions.asking import Turn, question, read_answer
from tracemill.label.reactions.cues import Before
from tracemill.label.reactions.replies import Reply
from tracemill.label.reactions.speech import Heard
from tracemill.records.sessions.turn_labels import AnswerFault

TURN = Turn(
    "the total is off by one",
    Before(asked=("show the total", "make a page"), answered="Done.", edited=("page.html",)),
    Reply("You're right.", edited=("page.html",), has_called=True, called=("Edit",)),
)


def said(kind: str = "correction", evidence: str = "off by one", confidence: float = 0.9) -> str:
    label = {"class": kind, "evidence": evidence, "confidence": confidence}
    return msgspec.json.encode({"labels": [label]}).decode()


def document(turn: Turn) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(question(turn)[1].content)
    return found


def test_a_model_is_shown_what_went_on_before_and_after() -> None:
    assert document(TURN) == {
        "asked_earlier": ["make a page"],
        "asked_before": "show the total",
        "agent_before": {"said": "Done.", "changed_files": ["page.html"], "last_call": None},
        "turn": "the total is off by one",
        "agent_after": {
            "thought": "",
            "said_first": "You're right.",
            "said_last": "",
            "changed_files": ["page.html"],
            "called": ["Edit"],
        },
    }


def test_what_did_not_happen_is_no_silence_of_the_log() -> None:
    shown = document(Turn("still there?", Before(asked=("go on",), is_silent=True)))

    assert (shown["agent_before"], shown["agent_after"]) == (None, None)


def test_a_long_text_keeps_its_beginning_and_its_end_and_says_what_is_left_out() -> None:
    shown = document(TURN._replace(text=f"first{'x' * 9_000}last"))["turn"]

    assert shown.startswith("first")
    assert shown.endswith("last")
    assert "[... 7,009 characters left out]" in shown


def test_a_question_is_short_whatever_the_log_holds() -> None:
    long = "word " * 10_000
    before = Before((long,) * 6, long, ("a/b.py",) * 20)
    asked = question(Turn(long, before, TURN.reply))

    assert sum(len(each.content) for each in asked) < 12_000


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        (said(), (13, 23)),
        (f"```json\n{said()}\n```", (13, 23)),
        (said(evidence="total  is\noff"), (4, 16)),
    ],
)
def test_an_answer_points_at_the_words(answer: str, place: tuple[int, int]) -> None:
    assert read_answer(answer, TURN.text) == (Heard("correction", 0.9, "model", *place),)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("", "not_in_form"),
        ("It is a correction.", "not_in_form"),
        ('{"labels": []}', "no_label"),
        ('{"labels": [], "more": 1}', "not_in_form"),
        (said(kind="praise"), "not_in_form"),
        (said(confidence=1.5), "not_in_form"),
        (said(evidence="off by two"), "no_such_evidence"),
        (said(evidence=" "), "no_such_evidence"),
        (said(evidence="show the total"), "no_such_evidence"),
    ],
)
def test_an_answer_that_shows_nothing_says_nothing(answer: str, fault: AnswerFault) -> None:
    assert read_answer(answer, TURN.text) == fault


@given(st.text())
def test_whatever_a_model_answers_points_into_the_turn_or_is_a_fault(answer: str) -> None:
    found = read_answer(answer, TURN.text)

    assert isinstance(found, str) or all(0 <= h.start < h.end <= len(TURN.text) for h in found)


@given(st.text(min_size=1, max_size=200))
def test_texts_of_a_log_are_data_in_a_question(text: str) -> None:
    task, document = question(TURN._replace(text=text))

    assert task == question(TURN)[0]
    assert (task.role, document.role) == ("system", "user")
    assert msgspec.json.decode(document.content)["turn"] == text
