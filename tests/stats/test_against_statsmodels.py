"""What scipy lacks equals statsmodels', where that is installed."""

from collections.abc import Callable, Sequence
from random import Random

import pytest

from tracemill import stats

_N = 200
"""Cases of each question; statsmodels takes some milliseconds for one."""

multitest = pytest.importorskip(
    "statsmodels.stats.multitest",
    reason="statsmodels is not installed: pip install statsmodels, which brings pandas",
)
regression = pytest.importorskip("statsmodels.regression.linear_model")
proportion = pytest.importorskip("statsmodels.stats.proportion")
contingency = pytest.importorskip("statsmodels.stats.contingency_tables")


@pytest.mark.parametrize(
    ("ours", "method"), [(stats.holm, "holm"), (stats.benjamini_hochberg, "fdr_bh")]
)
def test_corrections(ours: Callable[[Sequence[float]], tuple[float, ...]], method: str) -> None:
    random = Random(1)
    for _ in range(_N):
        p_values = [random.random() ** 3 for _ in range(random.randint(1, 30))]

        expected = multitest.multipletests(p_values, method=method)[1]

        assert list(ours(p_values)) == pytest.approx(list(expected))


def test_mcnemar() -> None:
    random = Random(2)
    for _ in range(_N):
        gains, losses = random.randint(0, 60), random.randint(0, 60)

        expected = contingency.mcnemar([[7, gains], [losses, 9]], exact=True).pvalue

        assert stats.mcnemar(gains, losses) == pytest.approx(expected)


def test_clustered_interval() -> None:
    random = Random(3)
    for _ in range(_N):
        groups = [random.randint(0, 12) for _ in range(random.randint(20, 60))]
        values = [float(random.choice([-1, 0, 0, 1])) + group / 20 for group in groups]

        fitted = regression.OLS(values, [1.0] * len(values)).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )

        assert tuple(stats.clustered_interval(values, groups)) == pytest.approx(
            tuple(fitted.conf_int()[0]), rel=1e-6, abs=1e-9
        )


def test_cases_that_tell_two_shares_apart() -> None:
    random = Random(4)
    for _ in range(_N):
        one, other = random.uniform(0.05, 0.95), random.uniform(0.05, 0.95)

        needed = stats.shares_needed(one, other)

        assert needed is not None
        found = proportion.power_proportions_2indep(one - other, other, needed).power
        assert found == pytest.approx(0.8, abs=0.01) or needed < 60


def test_interval_of_the_difference_of_two_shares() -> None:
    random = Random(5)
    for _ in range(_N):
        sizes = random.randint(1, 200), random.randint(1, 200)
        passed = random.randint(0, sizes[0]), random.randint(0, sizes[1])

        theirs = proportion.confint_proportions_2indep(
            passed[1], sizes[1], passed[0], sizes[0], method="newcomb", compare="diff"
        )

        assert tuple(stats.shares_interval(passed, sizes)) == pytest.approx(theirs, abs=1e-9)
