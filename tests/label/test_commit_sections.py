"""What the messages of commits tell, heading by heading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import commit
from tracemill.label.learning.commit_sections import commit_sections


def roles(body: str, trailers: tuple[tuple[str, str], ...] = ()) -> list[tuple[str | None, str]]:
    sections = commit_sections(commit("a" * 40, body=body, trailers=trailers))
    return [(section.role, section.text) for section in sections]


CASES = [
    pytest.param("Only prose, and no more.", [(None, "Only prose, and no more.")], id="prose"),
    pytest.param("", [], id="nothing"),
    pytest.param(
        "ROOT CAUSE:\nA lock is held.\n\nTHE FIX:\nLet go of it.",
        [("root_cause", "ROOT CAUSE:\nA lock is held."), ("solution", "THE FIX:\nLet go of it.")],
        id="lines that end in a colon",
    ),
    pytest.param(
        "Root cause: a lock is held\nfor too long.",
        [("root_cause", "Root cause: a lock is held\nfor too long.")],
        id="text behind the colon",
    ),
    pytest.param(
        "## Results Summary\n9 of 9\n## Else\nmore",
        [("results", "## Results Summary\n9 of 9"), (None, "## Else\nmore")],
        id="Markdown, whatever it is called",
    ),
    pytest.param(
        "Problem:\n- New: a file\n- Old: none",
        [("problem", "Problem:\n- New: a file\n- Old: none")],
        id="entries of a list are no headings",
    ),
    pytest.param(
        "Note: this is long", [(None, "Note: this is long")], id="a word that means nothing here"
    ),
    pytest.param("Changes:\nall", [("solution", "Changes:\nall")], id="what a message calls it"),
]


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_sections_of_a_message(body: str, expected: list[tuple[str | None, str]]) -> None:
    assert roles(body) == expected


def test_trailers_are_no_part_of_a_section() -> None:
    body = "Fix:\nLet go.\n\nCo-Authored-By: Ada"

    assert roles(body, (("Co-Authored-By", "Ada"),)) == [("solution", "Fix:\nLet go.")]


@given(st.text(alphabet="ab:# \n"))
def test_no_word_is_lost(body: str) -> None:
    kept = "".join(text for _, text in roles(body))

    assert sorted(kept.replace("\n", "")) == sorted(body.replace("\n", ""))
