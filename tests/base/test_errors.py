"""What an error says of names that may mean several things."""

import pytest

from tracemill.base.errors import AmbiguousNameError, UnknownNameError


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (2, "'a' may mean any of: a0, a1; give more of it"),
        (11, "a8, a9 and 1 more; give more of it"),
        (5_000, "a9 and 4,990 more; give more of it"),
    ],
)
def test_of_very_many_names_the_first_are_listed_and_the_rest_counted(n: int, said: str) -> None:
    assert str(AmbiguousNameError("a", [f"a{i}" for i in range(n)])).endswith(said)


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("tools_error_rate", "; do you mean 'tool_error_rate'?"),
        ("zzz", "known: reverted_rate, tool_error_rate"),
    ],
)
def test_a_name_that_is_nearly_known_is_answered_with_what_may_be_meant(
    name: str, end: str
) -> None:
    error = UnknownNameError("metric", name, ["tool_error_rate", "reverted_rate"])

    assert str(error).startswith(f"unknown metric {name!r}; known: reverted_rate, tool_error_rate")
    assert str(error).endswith(end)


def test_of_very_many_known_names_the_one_that_is_meant_is_named() -> None:
    known = [f"metric_{n}" for n in range(50)]

    assert str(UnknownNameError("metric", "metrc_7", known)) == (
        "unknown metric 'metrc_7'; do you mean 'metric_7'? 49 others are known"
    )
    assert str(UnknownNameError("metric", "zzz", known)).endswith("metric_9")
