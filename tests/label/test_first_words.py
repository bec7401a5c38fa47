"""What work was to be about is told in words that are there, a person's before all others."""

from __future__ import annotations

import pytest

from tests.label.test_observe import seen
from tests.trajectories import agent, step, user
from tracemill.records.sessions.trajectory import Step


def handed(index: int, text: str) -> Step:
    return step(index, speaker="system", text=text)


ORDERS = "# AGENTS.md instructions for /x\n\nBe kind."
ROLE = "You are a careful coding assistant. Follow the rules."


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
        ([handed(0, ROLE), handed(1, "Fix the parser"), agent(2)], "Fix the parser"),
        ([handed(0, "Help people."), handed(1, "Fix the parser"), agent(2)], "Fix the parser"),
        ([handed(0, "Fix the parser"), handed(1, ROLE), agent(2)], "Fix the parser"),
        ([handed(0, "Fix it"), handed(1, "<files>a.py</files>"), agent(2)], "Fix it"),
        ([handed(0, "Fix it"), handed(1, "Called the Read tool with a.py"), agent(2)], "Fix it"),
        ([handed(0, ROLE), agent(1)], ""),
        ([handed(0, "You're Claude, made to help."), agent(1)], ""),
        (
            [handed(0, "You are given a parser. Fix it."), agent(1)],
            "You are given a parser. Fix it.",
        ),
        ([handed(0, ORDERS), agent(1)], ""),
        ([handed(0, ORDERS), handed(1, "Fix the parser"), agent(2)], "Fix the parser"),
        ([handed(0, ROLE), user(1, "add totals"), agent(2)], "add totals"),
    ],
)
def test_the_words_that_are_there_say_what_was_asked_for(steps: list[Step], goal: str) -> None:
    assert seen(*steps).goal == goal


@pytest.mark.parametrize(
    ("texts", "goal"),
    [
        (["You are a reviewer. Read parser.py."], "You are a reviewer. Read parser.py."),
        (["You are a reviewer.", "Read parser.py."], "Read parser.py."),
        ([ORDERS], ""),
    ],
)
def test_a_subagent_may_be_told_its_role_and_its_task_at_once(texts: list[str], goal: str) -> None:
    steps = [*(handed(index, text) for index, text in enumerate(texts)), agent(len(texts))]

    assert seen(*steps, is_subagent=True).goal == goal
