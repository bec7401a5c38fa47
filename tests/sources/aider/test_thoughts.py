"""What a model thought stands in Aider's history in a tag of the program's own."""

from __future__ import annotations

import pytest
from tests.sources.aider.test_history import BLOCK, HEADER, prompt, read_history, said

OPEN = "<thinking-content-7bbeb8e1441453ad999a0bbba8a46d4b>"
END = "</thinking-content-7bbeb8e1441453ad999a0bbba8a46d4b>"


@pytest.mark.parametrize(
    ("reply", "text", "reasoning"),
    [
        (f"{OPEN}\nIt is x.\n\n{END}\n\nI fix it.\n", "I fix it.", "It is x."),
        (f"{OPEN}\nIt is x.\n\nOr is", "", "It is x.\n\nOr is"),
        (f"and so it is x.\n{END}\n\nI fix it.\n", "I fix it.", "and so it is x."),
        ("<thinking> is a tag.\n", "<thinking> is a tag.", None),
    ],
)
def test_what_was_thought_is_not_said(reply: str, text: str, reasoning: str | None) -> None:
    step = read_history(HEADER + prompt("Fix it") + reply).steps[1]

    assert (step.text, step.reasoning) == (text, reasoning)


def test_a_block_that_was_only_thought_of_is_no_edit() -> None:
    thought = f"{OPEN}\nPerhaps\n\n{BLOCK}\n{END}\n\n"
    edit = BLOCK.replace("x = 2", "x = 3")
    found = read_history(
        HEADER + prompt("Fix it") + thought + edit + "\n" + said("Applied edit to src/a.py")
    )

    assert [call.arguments["replace"] for call in found.steps[1].calls] == ["x = 3"]
