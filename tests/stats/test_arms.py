"""Two arms that a draw filled: intervals hold at every look, and plans say what looks will find."""

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill import stats
from tracemill.stats import Unit

UNITS = st.lists(st.builds(Unit, st.booleans(), st.floats(0, 1)), max_size=60)
SHARES = st.sampled_from([0.25, 0.5, 0.75])


def draw(random: Random, n: int, first: float, second: float, share: float = 0.5) -> list[Unit]:
    drawn = (random.random() < share for _ in range(n))
    return [Unit(is_in, float(random.random() < (second if is_in else first))) for is_in in drawn]


@given(UNITS, SHARES)
def test_the_interval_turns_with_the_arms(units: list[Unit], share: float) -> None:
    turned = [Unit(not unit.is_treated, unit.outcome) for unit in units]

    there, back = stats.arms_sequence(units, share), stats.arms_sequence(turned, 1 - share)

    assert -1 <= there.low <= there.high <= 1
    assert there.low == pytest.approx(-back.high, abs=2e-4)


@pytest.mark.parametrize(("second", "share"), [(0.2, 0.5), (0.5, 0.5), (0.8, 0.25)])
def test_the_interval_excludes_nothing_where_the_evidence_is_enough(
    second: float, share: float
) -> None:
    units = draw(Random(9), 120, 0.5, second, share)
    grown = list(stats.arms_evidence(units, share))

    assert len(grown) == 120
    for n in range(5, 121, 5):
        interval = stats.arms_sequence(units[:n], share)
        assert (interval.low > 0) == (grown[n - 1].more > 40)
        assert (interval.high < 0) == (grown[n - 1].less > 40)


@pytest.mark.parametrize("share", [0.25, 0.5])
@pytest.mark.parametrize("outcomes", [(0.0, 1.0, 1.0, 0.3), (1.0, 1.0, 1.0, 1.0)])
def test_scores_of_outcomes_that_no_arm_changes_are_nothing_on_average(
    outcomes: tuple[float, ...], share: float
) -> None:
    """Every way in which the draw could have come out is counted with its probability."""
    whole = 0.0
    for arms in product((False, True), repeat=len(outcomes)):
        chance = 1.0
        for is_treated in arms:
            chance *= share if is_treated else 1 - share
        units = [Unit(arm, outcome) for arm, outcome in zip(arms, outcomes, strict=True)]
        whole += chance * stats.arm_scores(units, share)[-1]

    assert whole == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(("first", "second", "share"), [(0.5, 0.5, 0.5), (0.8, 0.8, 0.25)])
def test_looking_after_each_unit_rarely_shows_what_is_not_there(
    first: float, second: float, share: float
) -> None:
    random, n_shown = Random(3), 0
    for _ in range(100):
        units = draw(random, 80, first, second, share)
        looks = (stats.arms_sequence(units[:n], share) for n in range(8, 81, 6))
        n_shown += any(look.low > second - first or look.high < second - first for look in looks)

    assert n_shown <= 0.05 * 100


def test_a_plain_difference_is_shown_and_its_interval_closes_in() -> None:
    units = draw(Random(5), 600, 0.4, 0.7)

    wide, narrow = stats.arms_sequence(units[:100]), stats.arms_sequence(units)

    assert 0.1 < narrow.low < 0.3 < narrow.high < 0.5
    assert wide.high - wide.low > narrow.high - narrow.low
    assert stats.arms_sequence([]) == (-1, 1)


@pytest.mark.parametrize(("first", "second", "n"), [(0.35, 0.75, 60), (0.55, 0.9, 80)])
def test_the_power_is_about_what_simulation_gives(first: float, second: float, n: int) -> None:
    random = Random(6)
    found = sum(stats.arms_sequence(draw(random, n, first, second)).low > 0 for _ in range(300))
    spread = ((first * (1 - first) + second * (1 - second)) / 2) ** 0.5

    assert stats.arms_power(n, second - first, spread) == pytest.approx(found / 300, abs=0.1)


def test_units_needed_have_the_power_and_one_fewer_has_not() -> None:
    n = stats.units_needed(0.2, 0.45)

    assert n is not None
    assert stats.arms_power(n, 0.2, 0.45) >= 0.8 > stats.arms_power(n - 1, 0.2, 0.45)
    assert stats.units_needed(0, 0.45) is None
    assert stats.units_needed(1e-6, 0.5) is None
    assert stats.arms_power(0, 0.2, 0.45) == 0
