"""Histories whose beginning was cut off, as by a tool that keeps a log short."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sources.aider.test_history import prompt, read_history, said

from tracemill.sources.aider import Aider
from tracemill.sources.head import Head


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "told",
    ["Tokens: 2k sent, 3 received.", "Applied edit to a.py", "Aider v0.50.2", "Commit 1234abc x"],
)
def test_a_history_whose_beginning_was_cut_off_is_known_by_its_lines(told: str, end: str) -> None:
    text = ("x = 1\n```\n" + said("Tokens: 1k sent.") + prompt("Test it") + said(told)).replace(
        "\n", end
    )
    found = read_history(text)

    assert Aider().recognises(Head(Path("x"), text.encode()))
    assert [step.text for step in found.steps if step.speaker == "user"] == ["Test it"]
    for other in (
        prompt("Test it"),
        said(told),
        f"#### A heading\n> {told}  \n",
        f"#### Test  \n> {told}\n",
    ):
        assert not Aider().recognises(Head(Path("x"), other.encode()))
