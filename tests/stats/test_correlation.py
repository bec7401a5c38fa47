"""Spearman's correlation, beside scipy on random numbers with and without ties."""

from math import asin, pi
from random import Random

import pytest
from scipy import stats as judge

from tracemill.stats.correlation import spearman


def test_it_is_what_scipy_finds() -> None:
    random = Random(5)
    for _ in range(300):
        n = random.randint(3, 40)
        first = [float(random.randint(0, 8)) for _ in range(n)]
        second = [one * random.choice((0.0, 1.0)) + random.gauss(0, 2) for one in first]
        found = spearman(first, second)
        if len(set(first)) == 1:
            assert found is None
            continue
        expected = judge.spearmanr(first, second)
        assert found is not None
        assert found.value == pytest.approx(float(expected.statistic), abs=1e-12)
        assert found.p_value == pytest.approx(float(expected.pvalue), rel=1e-6, abs=1e-9)


def test_the_interval_holds_what_was_drawn() -> None:
    random, n_held = Random(6), 0
    true = 6 / pi * asin(0.25)  # the rank correlation of normal pairs that correlate by one half
    for _ in range(400):
        first = [random.gauss(0, 1) for _ in range(40)]
        found = spearman(first, [0.5 * one + 0.75**0.5 * random.gauss(0, 1) for one in first])
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        n_held += found.low <= true <= found.high
    assert 0.91 < n_held / 400 < 0.985


def test_what_nobody_can_tell_is_not_told() -> None:
    assert spearman([1.0, 2.0], [1.0, 2.0]) is None
    assert spearman([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) is None
    three = spearman([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert three is not None
    assert (three.value, three.low, three.high) == (1.0, None, None)
