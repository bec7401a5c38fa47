"""What several people's reviews come to, and what they supersede."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.reviews import ORIGIN, episode, review
from tests.trajectories import START
from tracemill.records.events.event import ReviewUndone
from tracemill.review.verdict import (
    basis_of,
    is_current,
    is_unwanted,
    machine_labels,
    machine_verdict,
    review_labels,
    standing,
    superseded,
    verdict_of,
)

A: dict[str, Any] = {"outcome": "achieved"}
F: dict[str, Any] = {"outcome": "failed"}
U: dict[str, Any] = {"outcome": "unknown"}


@pytest.mark.parametrize(
    ("forms", "outcome", "agreed"),
    [
        ([A], "achieved", 1.0),
        ([A, A, F], "achieved", 0.667),
        ([A, F], "failed", 0.5),
        ([F, A], "achieved", 0.5),
        ([U], None, 0.0),
        ([U, F], "failed", 1.0),
        ([{"overall_rating": 3}], None, 0.0),
    ],
)
def test_the_majority_decides_and_else_the_newer_word(
    forms: list[dict[str, Any]], outcome: str | None, agreed: float
) -> None:
    found = verdict_of([review(f"p{n}", n, **form) for n, form in enumerate(forms)])

    assert (found.outcome, found.agreed) == (outcome, agreed)


def test_ratings_become_a_share_and_are_averaged() -> None:
    assert verdict_of([review("a", overall_rating=1)]).quality == 0.0
    assert verdict_of([review("a", overall_rating=5)]).quality == 1.0
    both = [review("a", overall_rating=5), review("b", overall_rating=2)]
    assert verdict_of(both).quality == 0.625


def test_of_one_person_the_last_word_stands_and_none_that_was_taken_back() -> None:
    first, second = review("a", 1, **A), review("a", 2, **F)
    undone = ReviewUndone(id="event_u", origin=ORIGIN, review_id=second.review_id)

    assert standing([second, first], []) == {"ep_1": (second,)}
    assert standing([second, first], [undone]) == {"ep_1": (first,)}


@given(st.permutations([review(w, m, **f) for w, m, f in (("a", 1, A), ("b", 2, F), ("a", 3, U))]))
def test_the_order_of_reading_does_not_matter(shuffled: list[Any]) -> None:
    found = standing(shuffled, [])

    assert [each.review_id for each in found["ep_1"]] == ["review_b2", "review_a3"]


def test_a_person_supersedes_the_machine_and_both_stay() -> None:
    machine = episode("achieved")
    said = review("a", outcome="failed", overall_rating=2, checklist={"edge_cases": "no"})
    found = superseded(machine, [said])
    labels = [*machine_labels(machine), *review_labels(said)]

    assert (found.outcome, found.confidence, found.quality) == ("failed", 1.0, 0.25)
    assert found.stamp.by == "review"
    assert [(label.name, label.value, label.stamp.by) for label in labels] == [
        ("outcome", "achieved", "outcome"),
        ("quality", 1.0, "outcome"),
        ("outcome", "failed", "review:a"),
        ("quality", 0.25, "review:a"),
        ("review.edge_cases", "no", "review:a"),
    ]
    assert machine_verdict(found, labels) == machine_verdict(machine)


@pytest.mark.parametrize("form", [U, {"comments": "hm"}], ids=["cannot tell", "only a comment"])
def test_who_says_nothing_leaves_the_machine_standing(form: dict[str, Any]) -> None:
    assert superseded(episode(), [review("a", **form)]) == episode()


def test_a_rating_alone_leaves_the_outcome_to_the_machine() -> None:
    found = superseded(episode(), [review("a", overall_rating=3)])

    assert (found.outcome, found.confidence, found.quality) == ("achieved", 0.6, 0.5)


def test_a_review_of_work_that_went_on_decides_nothing() -> None:
    before = episode(ended=START)
    said = review("a", basis=basis_of(before), **F)
    after = episode(ended=START + timedelta(days=1))

    assert superseded(before, [said]).outcome == "failed"
    assert not is_current(said, after)
    assert superseded(after, [said]) == after


@pytest.mark.parametrize(
    ("forms", "is_poor"),
    [
        ([{"overall_rating": 1}], True),
        ([{"overall_rating": 2}], False),
        ([{"overall_rating": 1}, {"overall_rating": 3}], False),
        ([F], True),
        ([A], False),
    ],
)
def test_an_example_is_unwanted_where_people_call_it_useless(
    forms: list[dict[str, Any]], is_poor: bool
) -> None:
    said = [review(f"p{n}", n, of="example_1", **form) for n, form in enumerate(forms)]

    assert is_unwanted(said) is is_poor
