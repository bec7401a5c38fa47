"""Agreement beyond chance: published examples, and laws."""

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracemill.review.agreement import cohens_kappa, krippendorffs_alpha

WORDS = st.sampled_from("abc")
PAIRS = st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=30)
UNITS = st.lists(st.lists(WORDS, min_size=2, max_size=5), min_size=2, max_size=12)

GAP = None
CODERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, GAP, GAP, GAP],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, GAP, 3],
    [GAP, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, GAP],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, GAP],
]
"""The reliability data of Krippendorff (1980), with four coders, twelve units and gaps."""
UNITS_OF_CODERS = [
    [word for word in unit if word is not None] for unit in zip(*CODERS, strict=True)
]


def test_kappa_of_fifty_proposals_read_by_two() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15

    assert cohens_kappa(pairs) == pytest.approx(0.40)


@pytest.mark.parametrize(
    ("both", "one", "other", "neither", "kappa"),
    [(45, 15, 25, 15, 0.1304), (25, 35, 5, 35, 0.2593)],
)
def test_kappa_tells_apart_what_the_same_share_of_agreement_hides(
    both: int, one: int, other: int, neither: int, kappa: float
) -> None:
    pairs = [(1, 1)] * both + [(1, 0)] * one + [(0, 1)] * other + [(0, 0)] * neither

    assert cohens_kappa(pairs) == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize(("ranks", "alpha"), [(None, 0.743), ((1, 2, 3, 4, 5), 0.815)])
def test_alpha_of_four_coders_with_gaps(ranks: tuple[int, ...] | None, alpha: float) -> None:
    assert krippendorffs_alpha(UNITS_OF_CODERS, ranks) == pytest.approx(alpha, abs=5e-4)


def test_alpha_of_two_coders_and_two_words() -> None:
    first, second = "0100000000", "1110010100"

    units = list(zip(first, second, strict=True))
    assert krippendorffs_alpha(units) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize("units", [[], [["a"]], [["a", "a"]], [["a", "a"], ["a", "a"], ["b"]]])
def test_where_nobody_could_differ_nothing_is_claimed(units: list[list[str]]) -> None:
    assert krippendorffs_alpha(units) is None
    assert cohens_kappa([(u[0], u[1]) for u in units if len(u) > 1]) is None


@given(PAIRS)
def test_kappa_is_the_same_whoever_comes_first(pairs: list[tuple[str, str]]) -> None:
    turned = [(other, one) for one, other in pairs]

    assert cohens_kappa(pairs) == pytest.approx(cohens_kappa(turned))


@given(PAIRS)
def test_kappa_is_one_only_where_all_agree(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(pairs)
    assume(kappa is not None)
    assert kappa is not None

    assert -1 <= kappa <= 1
    assert (kappa == 1) == all(one == other for one, other in pairs)


@given(UNITS)
def test_alpha_does_not_hang_on_orders_or_names(units: list[list[str]]) -> None:
    renamed = [["xyz"["abc".index(word)] for word in reversed(unit)] for unit in reversed(units)]

    assert krippendorffs_alpha(units) == pytest.approx(krippendorffs_alpha(renamed))


@given(UNITS)
def test_alpha_is_one_only_where_all_agree(units: list[list[str]]) -> None:
    for ranks in (None, "abc"):
        alpha = krippendorffs_alpha(units, ranks)
        if alpha is not None:
            assert alpha <= 1 + 1e-12
            agreed = all(one == other for unit in units for one, other in pairwise(unit))
            assert (alpha > 1 - 1e-12) == agreed


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_of_two_words_ranks_and_names_are_the_same(units: list[tuple[bool, bool]]) -> None:
    named, ranked = krippendorffs_alpha(units), krippendorffs_alpha(units, (False, True))

    assert named == pytest.approx(ranked)
