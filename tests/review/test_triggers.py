"""The five reasons for which something waits for a person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.ids import make_id
from tracemill.records.events.reviews import Trigger
from tracemill.review.triggers import (
    Candidate,
    PromptUse,
    ReviewRules,
    first_uses,
    is_chosen,
    place_in_queue,
    triggers_of,
)

RULES = ReviewRules()
START = datetime(2026, 3, 1, tzinfo=UTC)
QUIET = next(f"ep_{n}" for n in range(1000) if not is_chosen(f"ep_{n}", RULES))


@pytest.mark.parametrize(
    ("candidate", "reasons"),
    [
        (Candidate(QUIET), ()),
        (Candidate(QUIET, score=0.7), ()),
        (Candidate(QUIET, score=0.69), ("low_score",)),
        (Candidate(QUIET, score=0.0), ("low_score",)),
        (Candidate(QUIET, is_escalated=True), ("escalation",)),
        (Candidate(QUIET, is_ambiguous=True), ("ambiguous_gate",)),
        (Candidate(QUIET, score=0.1, is_escalated=True), ("escalation", "low_score")),
        (Candidate("first"), ("new_prompt",)),
    ],
)
def test_each_reason_is_exact(candidate: Candidate, reasons: tuple[str, ...]) -> None:
    rules = ReviewRules(share=0.0)

    assert triggers_of(candidate, {"first"}, rules) == reasons


def test_five_in_a_hundred_are_chosen_by_their_ids() -> None:
    names = [make_id("ep", str(n)) for n in range(10_000)]

    assert 450 <= sum(is_chosen(name, RULES) for name in names) <= 550
    assert all(is_chosen(name, ReviewRules(share=1.0)) for name in names[:100])
    assert not any(is_chosen(name, ReviewRules(share=0.0)) for name in names[:100])


@given(st.lists(st.text(), unique=True), st.text())
def test_who_is_chosen_does_not_hang_on_who_else_there_is(names: list[str], more: str) -> None:
    before = {name for name in names if is_chosen(name, RULES)}

    assert {n for n in [more, *names] if is_chosen(n, RULES)} - {more} == before - {more}


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_keeps_who_was_chosen(name: str, one: float, other: float) -> None:
    small, large = sorted((one, other))

    if is_chosen(name, ReviewRules(share=small)):
        assert is_chosen(name, ReviewRules(share=large))


def test_what_a_stage_or_gate_tells_is_no_output_unless_it_says_so() -> None:
    everything = ReviewRules(share=1.0)

    assert triggers_of(Candidate("a", is_output=False), (), everything) == ()
    assert triggers_of(Candidate("a"), (), everything) == ("random_share",)


def test_exactly_the_first_ten_uses_of_each_version_wait() -> None:
    uses = [
        PromptUse(version, START + timedelta(hours=n), f"{version}-{n:02}")
        for version in ("architect.v1", "architect.v2")
        for n in range(13)
    ]
    found = first_uses(reversed(uses), RULES)

    assert found == {f"{v}-{n:02}" for v in ("architect.v1", "architect.v2") for n in range(10)}


def test_a_use_without_a_moment_comes_after_those_that_have_one() -> None:
    dated = [PromptUse("v1", START + timedelta(days=n), f"dated-{n}") for n in range(10)]

    assert "undated" not in first_uses([PromptUse("v1", None, "undated"), *dated], RULES)
    assert "undated" in first_uses([PromptUse("v1", None, "undated"), *dated[1:]], RULES)


def test_the_order_tells_nothing_but_who_was_escalated() -> None:
    names = [make_id("ep", str(n)) for n in range(200)]

    def places(trigger: Trigger) -> list[str]:
        return [place_in_queue(name, (trigger,), RULES) for name in names]

    assert places("low_score") == places("random_share")
    assert min(places("escalation")) > max(places("random_share"))
