"""Means, beside scipy on random numbers."""

from itertools import pairwise
from math import comb
from random import Random
from statistics import fmean, variance

import pytest
from scipy import stats as judge

from tracemill.stats.means import (
    Moments,
    difference_interval,
    difference_power,
    mean_above,
    mean_interval,
    moments,
    welch,
)

RANDOM = Random(11)
DRAWS = [
    [
        RANDOM.gauss(RANDOM.uniform(-3, 3), RANDOM.uniform(0.1, 5))
        for _ in range(RANDOM.randint(2, 60))
    ]
    for _ in range(200)
]


def of(numbers: list[float]) -> Moments:
    return moments(len(numbers), sum(numbers), sum(n * n for n in numbers))


def test_moments_are_those_of_the_numbers() -> None:
    for numbers in DRAWS:
        found = of(numbers)
        assert found.mean == pytest.approx(fmean(numbers))
        assert found.variance == pytest.approx(variance(numbers), rel=1e-6)


def test_means_are_judged_as_scipy_judges_them() -> None:
    for one, other in pairwise(DRAWS):
        found = of(one)
        above = judge.ttest_1samp(one, 0.5, alternative="greater").pvalue
        assert mean_above(found, 0.5) == pytest.approx(float(above), rel=1e-5, abs=1e-12)
        differ = judge.ttest_ind(one, other, equal_var=False).pvalue
        assert welch(found, of(other)) == pytest.approx(float(differ), rel=1e-5, abs=1e-12)
        interval = judge.ttest_1samp(one, 0).confidence_interval(0.95)
        ours = mean_interval(found)
        assert ours is not None
        assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), rel=1e-5)


def test_the_interval_of_a_difference_is_welchs() -> None:
    random = Random(3)
    for _ in range(200):
        first, second = (
            [random.gauss(middle, spread) for _ in range(random.randint(2, 30))]
            for middle, spread in ((0, 1), (1, 3))
        )
        expected = judge.ttest_ind(second, first, equal_var=False).confidence_interval(0.9)
        found = difference_interval(of(first), of(second), 0.9)
        assert found is not None
        assert tuple(found) == pytest.approx((expected.low, expected.high), rel=1e-5, abs=1e-9)


def test_the_power_of_one_look_is_what_simulation_gives() -> None:
    random, n_found = Random(4), 0
    for _ in range(1_000):
        first, second = ([random.gauss(middle, 1) for _ in range(30)] for middle in (0, 0.7))
        n_found += judge.ttest_ind(first, second).pvalue <= 0.05
    assert difference_power(60, 0.7, 1.0) == pytest.approx(n_found / 1_000, abs=0.04)
    assert difference_power(60, 0.7, 0.0) == 1
    assert difference_power(60, 0.0, 0.0) == 0


def test_what_nobody_can_tell_is_not_told() -> None:
    assert mean_interval(of([3.0])) is None
    assert mean_interval(of([3.0, 3.0])) is None
    assert mean_above(of([3.0]), 0) == 1
    assert mean_above(of([3.0, 3.0]), 3) == 1
    assert welch(of([3.0]), of([1.0, 2.0])) == 1
    assert difference_interval(of([3.0]), of([1.0, 2.0])) is None
    assert moments(0, 0, 0) == Moments(0, 0, 0)


@pytest.mark.parametrize("value", [0.07, 8_000.0, 1e-9, 1e9])
@pytest.mark.parametrize("n", [2, 58, 10_000])
def test_one_number_over_and_over_has_no_spread(value: float, n: int) -> None:
    found = of([value] * n)

    assert found.variance == 0
    assert mean_interval(found) is None
    assert welch(found, of([value] * (n + 1))) == 1


@pytest.mark.parametrize(("n", "other"), [(2, 2), (3, 3), (5, 5), (3, 7), (23, 30)])
def test_two_numbers_over_and_over_differ_as_a_permutation_says(n: int, other: int) -> None:
    """Of all ways to part them, that seen is one of two where both sides are equally many."""
    expected = (2 if n == other else 1) / comb(n + other, n)

    assert welch(of([8_000.0] * n), of([6_000.0] * other)) == pytest.approx(expected)


def test_the_same_number_above_a_limit_is_as_rare_as_a_coin_says() -> None:
    assert mean_above(of([2.0] * 5), 1.0) == 1 / 32
    assert mean_above(of([1.0] * 5), 1.0) == 1
    assert mean_above(of([0.5] * 5), 1.0) == 1
