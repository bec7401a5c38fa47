"""Every number equals scipy's, on hundreds of random cases."""

from collections.abc import Callable, Iterator
from random import Random
from statistics import fmean
from typing import Final

import pytest

from tracemill import stats
from tracemill.stats import beta
from tracemill.stats.paired import Alternative

scipy_stats = pytest.importorskip("scipy.stats")
special = pytest.importorskip("scipy.special")

N_CASES: Final = 300
CLOSE: Final = 1e-9


def counts(seed: int, highest: int = 400) -> Iterator[tuple[int, int]]:
    """Yield successes and trials."""
    random = Random(seed)
    for _ in range(N_CASES):
        n = random.randint(1, highest)
        yield random.randint(0, n), n


def test_incomplete_beta() -> None:
    random = Random(1)
    for _ in range(N_CASES):
        a, b, x = random.uniform(0.5, 500), random.uniform(0.5, 500), random.random()

        assert beta.incomplete_beta(a, b, x) == pytest.approx(
            special.betainc(a, b, x), rel=CLOSE, abs=1e-14
        )


def test_beta_quantiles() -> None:
    random = Random(10)
    for _ in range(N_CASES):
        a, b, q = random.uniform(0.5, 300), random.uniform(0.5, 300), random.uniform(0.001, 0.999)

        assert beta.beta_quantile(q, a, b) == pytest.approx(special.betaincinv(a, b, q), abs=CLOSE)


def test_binomial_tails() -> None:
    random = Random(11)
    for k, n in counts(11):
        p = random.random()

        assert beta.binomial_at_least(k, n, p) == pytest.approx(
            scipy_stats.binom.sf(k - 1, n, p), rel=1e-7, abs=1e-14
        )
        assert beta.binomial_at_most(k, n, p) == pytest.approx(
            scipy_stats.binom.cdf(k, n, p), rel=1e-7, abs=1e-14
        )


def test_drawn_arms_come_near_to_all_of_them() -> None:
    random = Random(12)
    for _ in range(20):
        arms = [[float(random.randint(0, 5)) for _ in range(4)] for _ in range(2)]

        theirs = scipy_stats.permutation_test(
            arms, lambda one, other: fmean(one) - fmean(other), n_resamples=float("inf"),
            vectorized=False,
        ).pvalue  # fmt: skip

        assert stats.arms_permuted(arms[0], arms[1], random, 4_000) == pytest.approx(
            theirs, abs=0.05
        )


def test_student_quantiles() -> None:
    random = Random(2)
    for _ in range(200):
        q, freedom = random.uniform(0.001, 0.999), random.randint(1, 200)

        assert beta.t_quantile(q, freedom) == pytest.approx(
            scipy_stats.t.ppf(q, freedom), rel=1e-7, abs=1e-7
        )


@pytest.mark.parametrize(
    ("ours", "name"), [(stats.wilson, "wilson"), (stats.clopper_pearson, "exact")]
)
def test_intervals_of_a_share(ours: Callable[[int, int, float], stats.Interval], name: str) -> None:
    random = Random(3)
    for k, n in counts(3):
        level = random.choice([0.8, 0.9, 0.95, 0.99])

        theirs = scipy_stats.binomtest(k, n).proportion_ci(level, method=name)

        assert tuple(ours(k, n, level)) == pytest.approx(tuple(theirs), abs=CLOSE)


@pytest.mark.parametrize(
    ("ours", "theirs"), [("differs", "two-sided"), ("better", "greater"), ("worse", "less")]
)
def test_mcnemar(ours: Alternative, theirs: str) -> None:
    for gains, n in counts(4):
        expected = scipy_stats.binomtest(gains, n, alternative=theirs).pvalue

        assert stats.mcnemar(gains, n - gains, ours) == pytest.approx(expected, rel=CLOSE)


def test_sign_flip() -> None:
    random = Random(5)
    for _ in range(100):
        totals = [random.randint(-4, 4) for _ in range(random.randint(2, 9))]

        theirs = scipy_stats.permutation_test(
            (totals,), sum, permutation_type="samples", n_resamples=float("inf"), vectorized=False
        )

        assert stats.sign_flip(totals) == pytest.approx(theirs.pvalue)


def test_fisher() -> None:
    random = Random(6)
    for _ in range(N_CASES):
        sizes = (random.randint(1, 60), random.randint(1, 60))
        passed = (random.randint(0, sizes[0]), random.randint(0, sizes[1]))
        table = [passed, [sizes[0] - passed[0], sizes[1] - passed[1]]]

        expected = scipy_stats.fisher_exact(table).pvalue

        assert stats.fisher_exact(passed, sizes) == pytest.approx(expected, rel=1e-7)


def test_benjamini_hochberg() -> None:
    random = Random(7)
    for _ in range(N_CASES):
        p_values = [random.random() ** 3 for _ in range(random.randint(1, 30))]

        expected = list(scipy_stats.false_discovery_control(p_values))

        assert list(stats.benjamini_hochberg(p_values)) == pytest.approx(expected)


def test_bootstrap_of_single_cases() -> None:
    random = Random(8)
    values = [random.choice([-1.0, 0.0, 0.0, 1.0, 1.0]) for _ in range(120)]

    ours = stats.bootstrap_interval(values, range(120), Random(1), n_draws=10_000)
    theirs = scipy_stats.bootstrap(
        (values,), lambda drawn, axis: drawn.mean(axis=axis), method="percentile", rng=1
    ).confidence_interval

    assert tuple(ours) == pytest.approx(tuple(theirs), abs=0.02)


def test_clustered_interval_of_single_cases_is_students() -> None:
    random = Random(9)
    for _ in range(200):
        values = [random.gauss(0.1, 1) for _ in range(random.randint(2, 50))]

        theirs = scipy_stats.t.interval(
            0.95, len(values) - 1, fmean(values), scipy_stats.sem(values)
        )

        assert tuple(stats.clustered_interval(values, range(len(values)))) == pytest.approx(
            tuple(theirs), rel=1e-6, abs=1e-9
        )
