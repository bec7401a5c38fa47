"""Laws of differences: the whole is made again, whatever the part is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemill.base.difference import Difference, beyond, is_same, joined

KEYS = st.sampled_from(["a", "b", "c"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.floats(0, 2) | st.sampled_from(["", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(JSON, JSON)
def test_part_and_difference_make_the_whole(whole: Any, part: Any) -> None:
    before = copy.deepcopy(part)

    made = joined(part, beyond(whole, part))

    assert is_same(made, whole)
    assert is_same(part, before)


@given(JSON)
def test_a_value_has_nothing_beyond_itself(value: Any) -> None:
    found = beyond({"a": value}, {"a": value})

    assert found == Difference({})


@pytest.mark.parametrize(
    ("whole", "part", "expected"),
    [
        pytest.param({"a": 1, "b": 2}, {"a": 1}, Difference({"b": 2}), id="more keys"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, Difference({}, ("b",)), id="fewer keys"),
        pytest.param(
            {"a": {"b": 1}}, {"a": {"c": 1, "b": 1}}, Difference({}, ("a/c",)), id="fewer within"
        ),
        pytest.param({"a": True}, {"a": 1}, Difference({"a": True}), id="another kind"),
        pytest.param({"a": None}, {}, Difference({"a": None}), id="null is a value"),
        pytest.param(
            {"a": [{"b": 1}, {"c": 2}]},
            {"a": [{"b": 1}, {"c": 1}]},
            Difference({"a": [{}, {"c": 2}]}),
            id="objects in a list",
        ),
        pytest.param({"a": [1, 2]}, {"a": [1, 3]}, Difference({"a": [1, 2]}), id="other lists"),
    ],
)
def test_only_what_differs_is_kept(whole: Any, part: Any, expected: Difference) -> None:
    assert beyond(whole, part) == expected


def test_a_path_that_leads_nowhere_is_passed_over() -> None:
    assert joined({"a": [{"b": 1}]}, Difference({}, ("a/7/b", "x/y", "a/0/b"))) == {"a": [{}]}
