"""What a commit's message keeps of the context of its change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trajectories import commit
from tracemill.analyze.metrics.message_quality import WEIGHTS, message_quality

LONG = (
    "The cache was read before it was filled, and so every first answer of a day was wrong for all."
)

CASES: list[Any] = [
    pytest.param("wip", "", (), set(), id="nothing"),
    pytest.param("fix stuff", "", (), set(), id="what fits any change"),
    pytest.param("Read the cache later", "", (), {"what"}, id="what"),
    pytest.param("Read it", "because it was empty", (), {"why"}, id="a reason"),
    pytest.param("Read it", "", ("root_cause",), {"why"}, id="a section with the cause"),
    pytest.param("Read it", "All tests pass.", (), {"validation"}, id="how it was checked"),
    pytest.param("Read it", "", ("results",), {"validation"}, id="a section with results"),
    pytest.param("Read it (#12)", "", (), {"refs", "what"}, id="an issue"),
    pytest.param("Read cache.py", "", (), {"refs"}, id="a file"),
    pytest.param("Read it", LONG, (), {"context"}, id="twenty words"),
]


@pytest.mark.parametrize(("subject", "body", "roles", "parts"), CASES)
def test_the_parts_of_a_message(subject: str, body: str, roles: Any, parts: set[str]) -> None:
    found = message_quality(commit("a" * 40, subject=subject, body=body), roles)

    assert found is not None
    assert {name for name in found._fields if getattr(found, name)} == parts
    assert found.score == pytest.approx(sum(WEIGHTS[part] for part in parts))


def test_the_weights_make_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)


def test_a_merge_has_no_quality() -> None:
    assert message_quality(commit("a" * 40, parents=("b" * 40, "c" * 40)), ()) is None


def test_trailers_are_no_context() -> None:
    found = message_quality(
        commit("a" * 40, subject="x", body=f"Why: {LONG}", trailers=(("Why", LONG),)), ()
    )

    assert found is not None
    assert not found.context
