"""What a person does after an answer, row by row: which signal it is, and how strong."""

from __future__ import annotations

import pytest

from tests.trajectories import agent, calling, trajectory, user
from tracemill.label.activity.observe import observe
from tracemill.records.sessions.reactions import Reaction, ReactionKind
from tracemill.records.sessions.trajectory import Step

ASKED = "check the types of the parser module"


def after(said: str, asked: str = ASKED) -> list[Reaction]:
    """What is heard in a person's next words, once the agent has answered them."""
    steps: list[Step] = [
        user(0, asked),
        calling(1, command="mypy src/parser.py"),
        agent(2, "There are two errors."),
        user(3, said),
        calling(4, command="ls"),
        agent(5, "Done."),
    ]
    return list(observe(trajectory(len(steps)), steps, []).reactions)


@pytest.mark.parametrize(
    ("said", "kind", "least", "most"),
    [
        pytest.param("great, now lint it", "continuation", 0.1, 0.6, id="continues: positive"),
        pytest.param("perfect, thanks", "acceptance", 0.7, 1, id="says thanks: strong positive"),
        pytest.param("why are there two errors?", "clarification", 0, 0, id="asks: neutral"),
        pytest.param(
            "please check the types of the parser module", "rephrase", -0.5, -0.1,
            id="rephrases: weak negative",
        ),
        pytest.param("no, I meant the lexer", "correction", -0.9, -0.7, id="strong negative"),
        pytest.param(
            "forget it, I'll do it manually", "abandonment", -1, -1, id="gives up: very strong"
        ),
    ],
)  # fmt: skip
def test_next_words_are_the_signal_of_their_row(
    said: str, kind: ReactionKind, least: float, most: float
) -> None:
    heard = {each.kind: each.strength for each in after(said)}

    assert kind in heard
    assert least <= heard[kind] <= most
