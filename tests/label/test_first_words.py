"""What work was to be about is told in words that are there, a person's before all others."""

from __future__ import annotations

import pytest

from tests.label.test_observe import seen
from tests.trajectories import agent, step, user
from tracemill.records.sessions.trajectory import Step


def handed(index: int, text: str) -> Step:
    return step(index, speaker="system", text=text)


@pytest.mark.parametrize(
    ("steps", "goal"),
    [
        ([user(0, "add totals"), agent(1), user(2, "now means")], "add totals"),
        ([user(0, "old", is_replayed=True), agent(1), user(2, "new")], "new"),
        ([user(0, "old", is_replayed=True), agent(1)], "old"),
        ([handed(0, "Search for totals"), agent(1)], "Search for totals"),
        ([handed(0, "Fix any errors below"), user(1, "add totals"), agent(2)], "add totals"),
        ([handed(0, "/run pytest a.py\n1 failed"), agent(1)], "/run pytest a.py"),
        ([handed(0, "/drop"), agent(1)], ""),
        ([handed(0, "<command-name>/model</command-name>"), agent(1)], ""),
        ([handed(0, "Caveat: these were local commands"), agent(1)], ""),
        ([agent(0), handed(1, "a summary of it all")], ""),
        ([agent(0)], ""),
    ],
)
def test_the_words_that_are_there_say_what_was_asked_for(steps: list[Step], goal: str) -> None:
    assert seen(*steps).goal == goal
