"""A team's notes are read as what a person says of the records that they name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.review.test_exchange import ITEM, LIST
from tracemill.base.errors import DataError
from tracemill.records.events.reviews import ReviewForm
from tracemill.review.exchange import Judgement
from tracemill.review.insights import Insights

OTHER = "traj_00112233445566778899#12"
NOTES = f"""# Insights

What we write down here is read.

## {ITEM.id} The totals
outcome: partial
**Rating:** 3
The rounding was right,

and the report still is not.
- Lesson: round once, at the end
Better: ask first
by: Ada
on: 2026-03-01

- `{OTHER}`: a test would have shown it
  lesson: test the edges

## Something else
nobody knows which work this was

- {ITEM.id} and {OTHER} are alike
"""


def test_notes_are_told_by_the_records_that_they_name() -> None:
    first, step, *others = Insights().read(NOTES)

    assert first == Judgement(
        ITEM.id,
        "Ada",
        ReviewForm(
            outcome="partial", overall_rating=3, learning_signal="round once, at the end",
            suggested_improvements="ask first",
            comments="The rounding was right,\n\nand the report still is not.",
        ),
        datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    assert (step.subject_id, step.reviewer) == (OTHER, "unknown")
    assert step.form == ReviewForm(
        comments="a test would have shown it", learning_signal="test the edges"
    )
    assert [one.subject_id for one in others] == ["", ""]


def test_what_one_person_says_in_several_places_is_one_review() -> None:
    (one,) = Insights().read(f"- {ITEM.id} first\n\n## {ITEM.id}\nlesson: second\n")
    assert one.form == ReviewForm(comments="first", learning_signal="second")


def test_what_goes_out_comes_back() -> None:
    said = [
        Judgement(ITEM.id, "dev-1", ReviewForm(outcome="failed", comments="no\n\nreally")),
        Judgement(ITEM.id, "dev-2", ReviewForm(overall_rating=5, learning_signal="a\nb")),
    ]
    (file,) = Insights().write([ITEM], LIST, {ITEM.id: said})
    assert Insights().read(file.data.decode()) == said

    (waiting,) = Insights().write([ITEM], LIST, {})
    assert ITEM.id in waiting.data.decode()
    assert Insights().read(waiting.data.decode()) == []


@pytest.mark.parametrize(
    "wrong",
    ["outcome: perhaps", "rating: 9", "rating: high", "rating: " + "9" * 5_000, "on: the third"],
)
def test_an_answer_that_is_none_is_named_with_its_line(wrong: str) -> None:
    with pytest.raises(DataError, match="line 2"):
        Insights().read(f"\n## {ITEM.id}\n{wrong}\n")


@pytest.mark.parametrize("text", ["# Insights\n\nnothing yet\n", [], {"a": 1}, ""])
def test_other_documents_are_not_taken(text: object) -> None:
    assert not Insights().recognises(text)
