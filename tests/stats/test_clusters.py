"""Cases that come in clusters are worth as many separate ones as they say, and no more."""

from random import Random

import pytest

from tracemill.stats import clustered_interval, wilson
from tracemill.stats.clusters import ClusterSums, separate_cases, share_within, sums_of
from tracemill.stats.means import mean_interval, moments


def sessions(random: Random, n: int, share: float, likeness: float) -> list[tuple[int, int]]:
    """Return calls and failures of sessions; calls of one have this correlation."""
    found = []
    for _ in range(n):
        rest = (1 - likeness) / likeness if likeness else 0.0
        own = random.betavariate(share * rest, (1 - share) * rest) if likeness else share
        size = random.choice((5, 10, 40))
        found.append((size, sum(random.random() < own for _ in range(size))))
    return found


@pytest.mark.parametrize("likeness", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("n", [10, 40])
def test_an_interval_holds_the_truth_nearly_as_often_as_it_says(n: int, likeness: float) -> None:
    random, share, held, held_alone = Random(7), 0.3, 0, 0
    for _ in range(200):
        found = sessions(random, n, share, likeness)
        low, high = share_within(found)
        held += low <= share <= high
        alone = wilson(sum(hits for _, hits in found), sum(size for size, _ in found))
        held_alone += alone.low <= share <= alone.high

    assert held / 200 > 0.89
    assert (held_alone / 200 < 0.75) is (likeness > 0)


def test_cases_that_stand_alone_are_worth_all_they_are() -> None:
    random = Random(8)
    for _ in range(200):
        hits = [random.random() < 0.4 for _ in range(random.randint(2, 50))]
        assert share_within([(1, hit) for hit in hits]) == wilson(sum(hits), len(hits))


def test_clusters_that_agree_are_worth_one_case_each() -> None:
    assert share_within([(9, 9), (9, 0), (9, 9), (9, 0)]) == wilson(2, 4)
    assert share_within([(50, 0), (50, 0)]) == wilson(0, 2)


def test_one_cluster_is_worth_one_case_and_one_that_outweighs_all_hardly_more() -> None:
    assert share_within([(100, 30)]) == wilson(0.3, 1)
    assert share_within([(300, 0), (1, 1), (1, 0), (1, 1)]) == wilson(2 / 303, 1)


def test_a_mean_of_clusters_of_one_size_has_nearly_the_clustered_interval() -> None:
    random = Random(9)
    values, groups = [], []
    for group in range(60):
        middle = random.gauss(10, 2)
        values += [random.gauss(middle, 1) for _ in range(5)]
        groups += [group] * 5
    found = moments(len(values), sum(values), sum(each * each for each in values))
    clusters = [(5, sum(values[at : at + 5])) for at in range(0, len(values), 5)]
    worth = separate_cases(found, sums_of(clusters))
    ours = mean_interval(found._replace(n=worth))

    assert 60 <= worth < 80
    assert ours == pytest.approx(clustered_interval(values, groups), abs=0.02)


def test_sums_of_clusters_add_up() -> None:
    one, other = sums_of([(2, 1.0), (3, 2.0)]), sums_of([(4, 0.5)])

    assert one.plus(other) == sums_of([(4, 0.5), (2, 1.0), (3, 2.0)])
    assert one.plus(other).less(other) == one
    assert sums_of([]) == ClusterSums()


@pytest.mark.parametrize("clusters", [[], [(0, 0)]], ids=["no cluster", "an empty one"])
def test_of_no_cases_nothing_is_known(clusters: list[tuple[int, float]]) -> None:
    assert share_within(clusters) == (0.0, 1.0)
