"""What is asked is data."""

import pytest

from tracemill.base.errors import UsageError
from tracemill.records.events.reviews import ReviewForm
from tracemill.review.checklist import read_checklist, shipped_checklist

OWN = b"""
[rating]
text = "How good?"
1 = "a"
2 = "b"
3 = "c"
4 = "d"
5 = "e"

[[question]]
name = "fast_enough"
section = "speed"
text = "Is it fast?"
answers = ["yes", "no"]
"""


def test_the_shipped_list_asks_for_four_things_and_what_it_teaches() -> None:
    found = shipped_checklist()
    answers = {question.name: question.answers for question in found.questions}

    assert list(dict.fromkeys(question.section for question in found.questions)) == [
        "correctness", "clarity", "quality", "efficiency", "learning",
    ]  # fmt: skip
    assert answers["edge_cases"] == ("yes", "no", "partially")
    assert answers["completeness"] == ("complete", "stub", "incomplete")
    assert answers["understandable"] == ("yes", "no", "mostly")
    assert answers["passes_code_review"] == ("yes", "no", "minor_fixes")


def test_a_team_may_ask_something_else() -> None:
    found = read_checklist(OWN)

    assert [question.name for question in found.questions] == ["fast_enough"]
    assert found.rating.grades == ("a", "b", "c", "d", "e")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[rating", "expected a checklist"),
        (OWN.replace(b"fast_enough", b"Fast enough"), "matching regex"),
        (OWN.replace(b'"yes", "no"', b'"yes"'), "length >= 2"),
        (OWN.replace(b'5 = "e"', b""), "expected text and 1 to 5"),
        (OWN + OWN[OWN.index(b"[[question]]") :], "found twice: fast_enough"),
        (OWN + b"weight = 3\n", "unknown field"),
    ],
)
def test_a_wrong_list_says_what_is_wrong(data: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_checklist(data)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"edge_cases": "no"}, None),
        ({"edge_cases": "maybe"}, "edge_cases: expected one of yes, no, partially"),
        ({"colour": "red"}, "found 'colour'"),
    ],
)
def test_only_answers_of_the_list_are_taken(given: dict[str, str], said: str | None) -> None:
    fault = shipped_checklist().fault_of(ReviewForm(checklist=given))

    assert (fault is None) if said is None else (fault is not None and said in fault)
