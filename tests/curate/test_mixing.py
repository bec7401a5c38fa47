"""Mixtures and budgets: shares come out as asked, nothing is taken twice, ranks never move."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tracemill.curate.selecting.classes import has_tag
from tracemill.curate.selecting.mixing import Drawn, over_budget, over_share
from tracemill.records.datasets.recipes import Budget, Share

COUNTS = st.integers(1, 60)
SHARES = st.floats(0.05, 0.95)


def drawn(n_direct: int, n_others: int, n_chars: int = 400) -> list[Drawn]:
    tags = ["use:direct"] * n_direct + ["use:single_tool"] * n_others
    return [Drawn(f"example_{at}", (tag,), 1.0, n_chars) for at, tag in enumerate(tags)]


def staying(given: list[Drawn], *shares: Share) -> list[Drawn]:
    gone = [each.id for each in over_share(given, shares)]
    assert len(gone) == len(set(gone))
    return [each for each in given if each.id not in set(gone)]


def share_of(found: list[Drawn], tag: str) -> float:
    return sum(has_tag(each.tags, tag) for each in found) / len(found) if found else 0.0


@given(COUNTS, COUNTS, SHARES)
def test_no_more_than_asked_for_stays_and_no_more_goes_than_must(
    n_direct: int, n_others: int, most: float
) -> None:
    given = drawn(n_direct, n_others)

    found = staying(given, Share(tag="use:direct", at_most=most))

    assert share_of(found, "use:direct") <= most + 1e-6
    n_direct_left = sum(each.tags == ("use:direct",) for each in found)
    if n_direct_left < n_direct:
        assert (n_direct_left + 1) / (len(found) + 1) > most - 1e-6


@given(COUNTS, COUNTS, SHARES)
def test_no_less_than_asked_for_stays(n_direct: int, n_others: int, least: float) -> None:
    found = staying(drawn(n_direct, n_others), Share(tag="use:direct", at_least=least))

    assert share_of(found, "use:direct") >= least - 1e-6
    assert sum(each.tags == ("use:direct",) for each in found) == n_direct


def test_a_tag_may_fit_several() -> None:
    found = staying(drawn(10, 10), Share(tag="use:*_tool", at_most=0.2))

    assert Counter(each.tags[0] for each in found) == {"use:direct": 10, "use:single_tool": 2}


def test_weight_decides_who_stays() -> None:
    given = drawn(500, 500)
    shares = [Share(tag="use:direct", weight=4.0)]

    gone = {each.id for each in over_budget(given, Budget(examples=300), shares)}

    found = Counter(each.tags[0] for each in given if each.id not in gone)
    assert found["use:direct"] > 2 * found["use:single_tool"]


@given(st.integers(1, 80), st.integers(1, 80))
def test_a_larger_budget_keeps_all_that_a_smaller_one_keeps(one: int, other: int) -> None:
    given = drawn(30, 30)

    def kept(n: int) -> set[str]:
        gone = {each.id for each in over_budget(given, Budget(examples=n))}
        return {each.id for each in given} - gone

    small, large = sorted((one, other))
    assert kept(small) <= kept(large)
    assert len(kept(small)) == min(small, 60)


def test_a_budget_of_tokens_is_not_exceeded() -> None:
    gone = list(over_budget(drawn(10, 0, n_chars=401), Budget(tokens=505)))

    assert len(gone) == 5


def test_what_had_to_go_does_not_come_back_with_more_data() -> None:
    budget = Budget(examples=20)

    gone_of_few = {each.id for each in over_budget(drawn(40, 0), budget)}
    gone_of_many = {each.id for each in over_budget(drawn(80, 0), budget)}

    assert gone_of_few < gone_of_many
