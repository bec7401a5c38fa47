"""What makes it surer, and what less sure, that a commit holds a session's work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.link.authorship.sureness import MOST, Measures, sureness
from tracemill.records.links import SURE_ENOUGH

SHARES = st.floats(0, 1)
MEASURES = st.builds(
    Measures,
    hours=st.floats(0, 400),
    new_share=st.none() | SHARES,
    own_share=SHARES,
    rival=SHARES,
    is_alone=st.booleans(),
    is_stranger=st.booleans(),
    is_same_branch=st.none() | st.booleans(),
    n_shared=st.integers(0, 100),
)
FITTING = Measures(
    hours=0.5,
    new_share=0.9,
    own_share=0.5,
    rival=0.0,
    is_alone=True,
    is_stranger=False,
    is_same_branch=None,
    n_shared=30,
)


RIVALLED = {"new_share": 0.1, "rival": 0.9, "is_alone": False, "hours": 9.0}


@given(MEASURES)
def test_it_is_a_probability_and_never_certain(known: Measures) -> None:
    assert 0 <= sureness(known) <= MOST


@given(MEASURES, st.floats(0, 1))
def test_each_measure_counts_one_way(known: Measures, less: float) -> None:
    for weaker in (
        known._replace(hours=known.hours + 100 * less),
        known._replace(new_share=None if known.new_share is None else known.new_share * less),
        known._replace(own_share=known.own_share * less),
        known._replace(rival=known.rival + less),
        known._replace(is_alone=False),
        known._replace(is_stranger=True),
        known._replace(is_same_branch=False),
        known._replace(n_shared=int(known.n_shared * less)),
    ):
        assert sureness(weaker) <= sureness(known)


@pytest.mark.parametrize(
    ("changes", "is_sure"),
    [
        pytest.param({}, True, id="most of its lines, at once"),
        pytest.param({"new_share": 0.4, "own_share": 0.1}, True, id="some of its lines, at once"),
        pytest.param({"new_share": 0.0, "own_share": 0.0, "hours": 0.0}, False, id="no line"),
        pytest.param({"hours": 30.0, "new_share": 0.2, "own_share": 0.1}, False, id="a day later"),
        pytest.param({"new_share": None, "own_share": 0.0}, True, id="lines unknown, at once"),
        pytest.param(
            {"own_share": 0.1, "new_share": 0.1, "is_same_branch": False, "is_alone": False},
            False,
            id="elsewhere",
        ),
        pytest.param({"new_share": None, "own_share": 0.0, "hours": 9.0}, False, id="and later"),
        pytest.param({**RIVALLED, "own_share": 0.3}, False, id="a rival's"),
        pytest.param({**RIVALLED, "own_share": 0.4}, True, id="a rival's, with much of its own"),
        pytest.param({**RIVALLED, "own_share": 0.4, "n_shared": 9}, False, id="with too little"),
        pytest.param({**RIVALLED, "own_share": 0.4, "new_share": 0.0}, False, id="written over"),
        pytest.param({**RIVALLED, "own_share": 0.4, "hours": 99.0}, True, id="and days later"),
    ],
)
def test_what_counts_as_sure(changes: dict[str, Any], *, is_sure: bool) -> None:
    assert (sureness(FITTING._replace(**changes)) >= SURE_ENOUGH) == is_sure
