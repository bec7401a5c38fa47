"""What must hold of every number, whatever the counts."""

from itertools import pairwise, product
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill import stats
from tracemill.stats.search import first_enough

COUNTS = st.tuples(st.integers(0, 300), st.integers(0, 300))
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(COUNTS, st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_hold_the_share_and_the_exact_one_is_no_narrower_where_it_counts(
    drawn: tuple[int, int], level: float
) -> None:
    k, n = drawn[0], sum(drawn) or 1
    for interval in (stats.wilson(k, n, level), stats.clopper_pearson(k, n, level)):
        assert 0 <= interval.low <= k / n <= interval.high <= 1


@given(COUNTS, COUNTS)
def test_the_interval_of_two_shares_turns_with_the_arms(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    passed, sizes = (one[0], other[0]), (sum(one) or 1, sum(other) or 1)

    there = stats.shares_interval(passed, sizes)
    back = stats.shares_interval(passed[::-1], sizes[::-1])

    assert there.low == pytest.approx(-back.high)
    assert -1 <= there.low <= passed[1] / sizes[1] - passed[0] / sizes[0] <= there.high <= 1


def test_the_interval_of_two_shares_is_newcombes() -> None:
    """His example: 56 of 70 against 48 of 80."""
    low, high = stats.shares_interval((48, 56), (80, 70))

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


@given(COUNTS)
def test_mcnemar_is_fair_to_both(drawn: tuple[int, int]) -> None:
    gains, losses = drawn

    assert stats.mcnemar(gains, losses) == stats.mcnemar(losses, gains)
    assert stats.mcnemar(gains, losses, "better") == stats.mcnemar(losses, gains, "worse")


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_the_score_interval_turns_with_the_models(gains: int, losses: int, ties: int) -> None:
    n = gains + losses + ties or 1
    there, back = stats.paired_interval(gains, losses, n), stats.paired_interval(losses, gains, n)

    assert there.low == pytest.approx(-back.high, abs=1e-9)
    assert -1 <= there.low <= (gains - losses) / n <= there.high <= 1


@given(st.lists(st.sampled_from([-1, 1]), max_size=60))
def test_signs_of_single_cases_are_mcnemars(totals: list[int]) -> None:
    gains, losses = totals.count(1), totals.count(-1)

    assert stats.sign_flip(totals) == pytest.approx(stats.mcnemar(gains, losses))


@given(st.lists(st.integers(-5, 5), max_size=10))
def test_sign_flip_counts_every_pattern(totals: list[int]) -> None:
    reached = [sum(p) for p in product(*[(t, -t) for t in totals])]

    expected = sum(s >= sum(totals) for s in reached) / len(reached)

    assert stats.sign_flip(totals, "better") == pytest.approx(expected)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=8), st.integers(0, 9))
def test_drawn_signs_come_near_to_counted_ones(totals: list[int], seed: int) -> None:
    reached = [abs(sum(p)) for p in product(*[(t, -t) for t in totals])]
    exact = sum(s >= abs(sum(totals)) for s in reached) / len(reached)

    assert stats.signs_drawn(totals, Random(seed), 2_000) == pytest.approx(exact, abs=0.06)


@given(P_VALUES)
def test_corrections_only_raise_and_keep_the_order(p_values: list[float]) -> None:
    for corrected in (stats.holm(p_values), stats.benjamini_hochberg(p_values)):
        pairs = sorted(zip(p_values, corrected, strict=True))

        assert all(p <= q + 1e-12 and q <= 1 for p, q in pairs)
        assert all(q <= r + 1e-12 for (_, q), (_, r) in pairwise(pairs))
    assert all(
        b <= h + 1e-12
        for b, h in zip(stats.benjamini_hochberg(p_values), stats.holm(p_values), strict=True)
    )


@pytest.mark.parametrize("null", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("side", ["above", "below", "either"])
@pytest.mark.parametrize("n", [1, 7, 40])
def test_a_fair_bet_grows_to_one_on_average(null: float, side: stats.Side, n: int) -> None:
    chances = [comb(n, k) * null**k * (1 - null) ** (n - k) for k in range(n + 1)]

    grown = sum(p * stats.e_value(k, n, null, side) for k, p in enumerate(chances))

    assert grown == pytest.approx(1)


def test_looking_after_every_case_raises_few_false_alarms() -> None:
    random, n_alarms = Random(1), 0
    for _ in range(400):
        wins = 0
        for n in range(1, 101):
            wins += random.getrandbits(1)
            if stats.e_value(wins, n) >= 20:
                n_alarms += 1
                break

    assert n_alarms <= 0.05 * 400


def test_sequences_hold_the_mean_at_every_moment() -> None:
    random, n_missed, n_missed_bounded = Random(2), 0, 0
    for _ in range(60):
        values = [float(random.random() < 0.7) for _ in range(80)]
        seen = range(1, 81, 4)
        shares = [stats.confidence_sequence(int(sum(values[:n])), n) for n in seen]
        means = [stats.bounded_sequence(values[:n]) for n in seen]
        n_missed += any(not i.low <= 0.7 <= i.high for i in shares)
        n_missed_bounded += any(not i.low <= 0.7 <= i.high for i in means)

    assert n_missed <= 5
    assert n_missed_bounded <= 5


def test_sequences_close_in() -> None:
    narrow, wide = stats.confidence_sequence(700, 1_000), stats.confidence_sequence(7, 10)

    assert wide.low < narrow.low < 0.7 < narrow.high < wide.high
    assert stats.bounded_sequence([0.7] * 1_000).low > 0.6
    assert stats.bounded_sequence([]) == (0, 1)
    assert stats.confidence_sequence(0, 0) == (0, 1)


def test_groups_widen_the_interval() -> None:
    differences = [1.0] * 10 + [0.0] * 10 + [1.0] * 10 + [-1.0] * 10
    alone, grouped = range(40), [i // 10 for i in range(40)]

    single = stats.clustered_interval(differences, alone)
    clustered = stats.clustered_interval(differences, grouped)
    drawn = stats.bootstrap_interval(differences, grouped, Random(1))

    assert clustered.low < single.low < single.high < clustered.high
    assert drawn.high - drawn.low > single.high - single.low
    assert stats.clustered_interval([1.0, 0.0], ["a", "a"]) == (float("-inf"), float("inf"))


def test_intervals_by_groups_cover_what_they_promise() -> None:
    random, n_held, n_held_drawn = Random(3), 0, 0
    for i in range(200):
        lifts = [random.gauss(0.1, 0.3) for _ in range(30)]
        values = [lift + random.gauss(0, 0.3) for lift in lifts for _ in range(4)]
        groups = [g for g in range(30) for _ in range(4)]
        exact = stats.clustered_interval(values, groups)
        drawn = stats.bootstrap_interval(values, groups, Random(i), n_draws=400)
        n_held += exact.low <= 0.1 <= exact.high
        n_held_drawn += drawn.low <= 0.1 <= drawn.high

    assert 0.90 <= n_held / 200 <= 0.99
    assert 0.88 <= n_held_drawn / 200 <= 0.99


def test_power_is_what_simulation_gives() -> None:
    random, gain, loss, n = Random(4), 0.18, 0.06, 100
    n_found = 0
    for _ in range(1_000):
        drawn = [random.random() for _ in range(n)]
        gains = sum(d < gain for d in drawn)
        losses = sum(gain <= d < gain + loss for d in drawn)
        n_found += gains > losses and stats.mcnemar(gains, losses) <= 0.05

    assert stats.paired_power(n, gain, loss) == pytest.approx(n_found / 1_000, abs=0.04)


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0, 1), st.floats(0, 1))
def test_the_power_of_fishers_test_counts_every_table(m: int, n: int, p: float, q: float) -> None:
    expected = sum(
        comb(m, i) * p**i * (1 - p) ** (m - i) * comb(n, j) * q**j * (1 - q) ** (n - j)
        for i, j in product(range(m + 1), range(n + 1))
        if stats.fisher_exact((i, j), (m, n)) <= 0.05
    )

    assert stats.fisher_power((m, n), (p, q)) == pytest.approx(expected, abs=1e-9)


def test_the_power_of_fishers_test_is_known_for_large_arms() -> None:
    assert 0.6 < stats.fisher_power((1_100, 1_100), (0.5, 0.55)) < 0.66


@pytest.mark.parametrize("n", [25, 60, 150])
def test_the_smallest_effect_has_the_power_and_a_smaller_one_has_not(n: int) -> None:
    effect = stats.smallest_effect(n, 0.05)

    assert effect is not None
    assert stats.paired_power(n, 0.05 + effect, 0.05) >= 0.8
    assert stats.paired_power(n, 0.05 + effect - 0.01, 0.05) < 0.8


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_the_first_number_that_is_enough_is_found_up_to_the_most(least: int, most: int) -> None:
    found = first_enough(lambda n: n >= least, most)

    assert found == (least if least <= most else None)


def test_planning_a_suite() -> None:
    n = stats.cases_needed(0.15, 0.05)

    assert n is not None
    assert stats.paired_power(n, 0.15, 0.05) >= 0.8
    assert stats.cases_needed(0.05, 0.05) is None
    assert stats.smallest_effect(5, 0.05) is None


@pytest.mark.parametrize("n", [25, 100, 400])
def test_equal_models_are_rarely_told_apart(n: int) -> None:
    assert stats.chance_of_false_alarm(n, 0.2) <= 0.05


@given(st.floats(0.05, 0.45), st.floats(0.05, 0.45))
def test_the_farther_shares_lie_apart_the_fewer_cases_tell(share: float, gap: float) -> None:
    near, far = stats.shares_needed(share, share + gap), stats.shares_needed(share, share + gap / 2)

    assert stats.shares_needed(share, share) is None
    assert near == stats.shares_needed(share + gap, share)
    assert near is not None
    assert far is not None
    assert 0 < near <= far
