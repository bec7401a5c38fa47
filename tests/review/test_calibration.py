"""Whether the machine is as sure as it is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.review.calibration import Judged, calibration

JUDGED = st.lists(st.builds(Judged, st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def test_the_reliability_table_counts_by_hand() -> None:
    judged = [Judged(0.9, is_right=True)] * 8 + [Judged(0.9, is_right=False)] * 2
    judged += [Judged(0.5, is_right=True), Judged(0.5, is_right=False)]
    found = calibration(judged)

    assert found is not None
    assert [(row.low, row.n, row.right) for row in found.bins] == [(0.4, 2, 0.5), (0.8, 10, 0.8)]
    assert found.right == pytest.approx(9 / 12)
    assert found.error == pytest.approx(10 / 12 * 0.1)
    assert found.brier == pytest.approx((8 * 0.01 + 2 * 0.81 + 2 * 0.25) / 12)


def test_of_nothing_nothing_is_said() -> None:
    assert calibration([]) is None


@given(JUDGED)
def test_every_judgement_lies_in_one_bin(judged: list[Judged]) -> None:
    found = calibration(judged)

    assert found is not None
    assert sum(row.n for row in found.bins) == len(judged)
    assert 0 <= found.error <= 1
    assert all(row.low <= row.confidence <= row.high for row in found.bins)
    assert all(row.right_low <= row.right <= row.right_high for row in found.bins)


@given(st.floats(0, 1), st.integers(1, 20), st.integers(0, 20))
def test_the_error_of_one_bin_is_its_gap(confidence: float, n_right: int, n_wrong: int) -> None:
    judged = [Judged(confidence, is_right=True)] * n_right
    judged += [Judged(confidence, is_right=False)] * n_wrong
    found = calibration(judged)

    assert found is not None
    assert found.error == pytest.approx(abs(confidence - n_right / (n_right + n_wrong)))
