"""How content people were, out of what they surely said and did."""

from __future__ import annotations

import pytest

from tests.trajectories import reaction
from tracemill.records.sessions.reactions import Reaction, satisfaction

PRAISE = reaction(1, "acceptance", 1.0)
BLAME = reaction(2, "correction", 1.0)
QUESTION = reaction(3, "clarification", 1.0)
DOUBTFUL = reaction(4, "correction", 0.4)


@pytest.mark.parametrize(
    ("reactions", "expected"),
    [
        ([PRAISE], 1.0),
        ([BLAME], 0.0),
        ([PRAISE, BLAME], 0.5),
        ([PRAISE, DOUBTFUL], 1.0),
        ([QUESTION], None),
        ([], None),
    ],
)
def test_satisfaction_is_the_share_of_strength_that_speaks_for_the_work(
    reactions: list[Reaction], expected: float | None
) -> None:
    assert satisfaction(reactions) == expected
