"""Versions that followed each other are compared by project, and told as what they are."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from tracemill.experiments import Outcome
from tracemill.experiments.before_after import compare, corrected, versions_of
from tracemill.records.process.experiments import BeforeAfter, PlannedMetric

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
AIM = PlannedMetric(metric="gate_failure_rate", better="less")


def outcomes(
    seed: int, n: int, share: float, uses: str | None, first: int = 0, per_unit: int = 3
) -> list[Outcome]:
    random = Random(seed)
    return [
        Outcome(f"p{day}", BEGIN + timedelta(days=day), float(random.random() < share), uses)
        for day in range(first, first + n)
        for _ in range(per_unit)
    ]


def compared(own: list[Outcome], beside: list[Outcome] | None = None) -> list[BeforeAfter]:
    followed = versions_of("architect", own, beside or [])
    return list(corrected([compare(each, AIM, "share") for each in followed]))


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [(0.6, 0.1, "better"), (0.1, 0.6, "worse"), (0.4, 0.4, "not_shown")],
)
def test_what_moved_is_told_and_never_speaks_for_an_arm(
    before: float, after: float, moved: str
) -> None:
    own = outcomes(1, 30, before, "a.v1.0") + outcomes(2, 30, after, "a.v1.1", 30)
    (found,) = compared(own)

    assert (found.moved, found.design) == (moved, "before_after")
    assert (found.before, found.after, found.n_before, found.n_after) == (
        "a.v1.0",
        "a.v1.1",
        30,
        30,
    )
    assert found.since == BEGIN + timedelta(days=30)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.effect < found.high  # type: ignore[operator]


def test_what_other_roles_did_at_that_time_stands_beside() -> None:
    own = outcomes(1, 30, 0.6, "a.v1.0") + outcomes(2, 30, 0.1, "a.v1.1", 30)
    beside = outcomes(3, 30, 0.6, "b.v1.0") + outcomes(4, 30, 0.1, "b.v1.0", 30)

    assert compared(own, beside)[0].beside == pytest.approx(-0.5, abs=0.15)
    assert compared(own)[0].beside is None


def test_projects_that_met_both_are_left_aside_and_few_say_nothing() -> None:
    old, new = outcomes(1, 10, 0.6, "a.v1.0"), outcomes(2, 10, 0.1, "a.v1.1", 9)
    (found,) = compared(old + new)
    assert (found.n_before, found.n_after) == (9, 9)

    (few,) = compared(outcomes(1, 1, 1.0, "a.v1.0") + outcomes(2, 9, 0.1, "a.v1.1", 1))
    assert (few.moved, few.low, few.q_value) == ("not_shown", None, None)
    assert compared(outcomes(1, 10, 0.5, None) + outcomes(1, 10, 0.5, "a.v1.0", 10)) == []


def test_more_cases_of_the_same_projects_make_nothing_surer() -> None:
    def low(per_unit: int) -> float | None:
        own = outcomes(1, 20, 0.6, "a.v1.0", 0, 1) + outcomes(2, 20, 0.3, "a.v1.1", 20, 1)
        return compared([each for each in own for _ in range(per_unit)])[0].low

    assert low(1) == pytest.approx(low(10))


def test_changes_without_effect_are_rarely_told() -> None:
    n_told = 0
    for seed in range(100):
        versions = [outcomes(seed * 9 + v, 12, 0.4, f"a.v1.{v}", 12 * v) for v in range(5)]
        found = compared([each for version in versions for each in version])
        n_told += any(each.moved != "not_shown" for each in found)

    assert n_told <= 10
