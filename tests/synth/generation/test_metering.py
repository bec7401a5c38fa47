"""Limits hold for all that is asked, whoever asks, and what nobody counted stays unknown."""

from __future__ import annotations

import pytest

from tracemill.llm.protocol import Answer, spoken
from tracemill.synth.generation import Meter, SpendingLimit, SpentError


def answer(n_prompt: int | None = 10, n_answer: int | None = 5) -> Answer:
    return Answer(
        message=spoken("yes"), n_prompt_tokens=n_prompt, n_answer_tokens=n_answer, seconds=1.0
    )


def meter(spending: SpendingLimit, waited: list[float] | None = None) -> Meter:
    return Meter(spending, lambda: 100.0, ([] if waited is None else waited).append)


@pytest.mark.parametrize(
    ("limits", "n_asked", "named"),
    [
        (SpendingLimit(requests=2), 2, "requests"),
        (SpendingLimit(tokens=20), 2, "tokens"),
        (SpendingLimit(usd=0.001, usd_per_million_in=50, usd_per_million_out=100), 1, "usd"),
    ],
)
def test_a_limit_ends_the_asking(limits: SpendingLimit, n_asked: int, named: str) -> None:
    held = meter(limits)
    for _ in range(n_asked):
        held.begin()
        held.count(answer())

    with pytest.raises(SpentError, match=named):
        held.begin()


def test_questions_that_are_under_way_count() -> None:
    held = meter(SpendingLimit(requests=1))
    held.begin()

    with pytest.raises(SpentError):
        held.begin()


def test_what_was_asked_before_counts() -> None:
    held = meter(SpendingLimit(requests=1))
    held.add_before(10, 5, 1.0)

    with pytest.raises(SpentError):
        held.begin()
    assert (held.n_requests, held.n_prompt_tokens) == (1, 10)


def test_a_pace_is_kept_by_waiting() -> None:
    waited: list[float] = []
    held = meter(SpendingLimit(per_minute=30), waited)
    for _ in range(3):
        held.begin()

    assert waited == [2.0, 4.0]


def test_what_nobody_counted_is_unknown() -> None:
    held = meter(SpendingLimit(usd_per_million_in=1, usd_per_million_out=1))
    held.count(answer())
    assert held.cost_usd == pytest.approx(15e-6)

    held.count(answer(n_answer=None))
    assert (held.n_prompt_tokens, held.n_answer_tokens, held.cost_usd) == (20, None, None)
    assert meter(SpendingLimit()).cost_usd is None
