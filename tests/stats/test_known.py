"""Numbers that were published, or that can be done by hand."""

import pytest

from tracemill import stats
from tracemill.stats import Interval


@pytest.mark.parametrize(
    ("passed", "sizes", "p_value"),
    [
        ((5, 1), (5, 5), 0.048),
        ((5, 2), (5, 5), 0.17),
        ((4, 1), (5, 5), 0.21),
        ((18, 11), (20, 20), 0.031),
    ],
)
def test_two_arms_of_few_projects(
    passed: tuple[int, int], sizes: tuple[int, int], p_value: float
) -> None:
    assert stats.fisher_exact(passed, sizes) == pytest.approx(p_value, abs=0.005)


@pytest.mark.parametrize(("wins", "n"), [(6, 6), (9, 10), (12, 15), (15, 20), (21, 30)])
def test_wins_that_are_just_enough(wins: int, n: int) -> None:
    assert stats.mcnemar(wins, n - wins) < 0.05 < stats.mcnemar(wins - 1, n - wins + 1)


@pytest.mark.parametrize(("wins", "n"), [(8, 8), (10, 10), (13, 15), (16, 20), (23, 30)])
def test_wins_that_are_enough_at_any_moment(wins: int, n: int) -> None:
    assert stats.e_value(wins, n) >= 20


def test_five_projects_an_arm_show_little() -> None:
    assert stats.fisher_power((5, 5), (0.35, 0.75)) < 0.2
    assert stats.fisher_power((20, 20), (0.55, 0.9)) > 0.6


def test_holm_by_hand() -> None:
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert stats.holm([]) == ()


def test_nothing_seen_says_nothing() -> None:
    assert stats.wilson(0, 0) == (0, 1)
    assert stats.paired_interval(0, 0, 0) == (-1, 1)
    assert stats.mcnemar(0, 0) == 1
    assert stats.sign_flip([0, 0]) == 1


def test_no_difference_among_many_still_leaves_room() -> None:
    low, high = stats.paired_interval(0, 0, 50)

    assert low == pytest.approx(-high)
    assert 0.05 < high < 0.1


def test_arms_of_equal_units_are_not_told_apart() -> None:
    from random import Random

    assert stats.arms_permuted([1, 2, 3], [1, 2, 3], Random(1), 500) == 1
    assert stats.arms_permuted([0.0] * 8, [1.0] * 8, Random(1), 2_000) < 0.01


@pytest.mark.parametrize(
    ("difference", "p_value", "interval", "verdict"),
    [
        (0.2, 0.01, Interval(0.1, 0.3), "better"),
        (-0.2, 0.01, Interval(-0.3, -0.1), "worse"),
        (0.01, 0.6, Interval(-0.03, 0.04), "equivalent"),
        (0.04, 1.0, Interval(-0.1, 0.2), "inconclusive"),
        (0.0, 0.0, Interval(-0.1, 0.2), "inconclusive"),
    ],
)
def test_verdicts(
    difference: float, p_value: float, interval: Interval, verdict: stats.Verdict
) -> None:
    assert stats.judge(difference, p_value, interval, margin=0.05) == verdict


def test_not_worse_needs_the_whole_interval() -> None:
    assert stats.is_not_worse(Interval(-0.04, 0.1), 0.05)
    assert not stats.is_not_worse(Interval(-0.06, 0.2), 0.05)
