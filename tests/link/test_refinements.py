"""Which corrections go on with which commits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.trajectories import START, commit
from tracemill.link.commits.refinements import refinements
from tracemill.records.events.event import Commit, FileChange

FIRST = "feat: read tokenizer templates with checkpoints"
SECOND = "fix: tokenizer templates need checkpoints of their own"
NEAR = "fix: tokenizer templates"


def made(number: int, subject: str, hours: float, **more: Any) -> Commit:
    at = START + timedelta(hours=hours)
    return commit(f"{number:040x}", subject=subject, at=at, **more)


def paths(*names: str) -> tuple[FileChange, ...]:
    return tuple(FileChange(path=name, status="M") for name in names)


def linked(*commits: Commit) -> list[tuple[int, int]]:
    numbers = {each.id: int(each.sha, 16) for each in commits}
    return [(numbers[link.source.id], numbers[link.target.id]) for link in refinements(commits)]


CASES: list[Any] = [
    pytest.param([made(1, FIRST, 0), made(2, SECOND, 5)], [(2, 1)], id="three rare words"),
    pytest.param([made(1, FIRST, 0), made(2, SECOND, 25)], [], id="more than a day later"),
    pytest.param([made(1, FIRST, 0), made(2, FIRST, 1)], [], id="no correction"),
    pytest.param([made(1, FIRST, 0), made(2, NEAR, 1)], [], id="two rare words alone"),
    pytest.param(
        [made(1, FIRST, 0, files=paths("a")), made(2, NEAR, 1, files=paths("a", "b"))],
        [(2, 1)],
        id="two rare words and a file",
    ),
    pytest.param(
        [made(1, FIRST, 0), made(2, SECOND, 1), made(3, SECOND, 2)],
        [(2, 1), (3, 2)],
        id="attempts make a chain",
    ),
    pytest.param(
        [made(1, FIRST, 0, parents=("a" * 40, "b" * 40)), made(2, SECOND, 1)],
        [],
        id="a merge says nothing",
    ),
    pytest.param(
        [
            *(made(n, f"{FIRST} {n}", n / 100) for n in range(1, 7)),
            made(7, SECOND, 1),
        ],
        [],
        id="words that many messages hold",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("commits", "expected"), CASES)
def test_what_a_correction_goes_on_with(
    commits: list[Commit], expected: list[tuple[int, int]]
) -> None:
    assert linked(*commits) == expected
    assert sorted(linked(*reversed(commits))) == sorted(expected)


def test_trailers_are_no_words_of_a_message() -> None:
    trailer = ("Reviewed-by", "tokenizer templates checkpoints")
    body = f"{trailer[0]}: {trailer[1]}"
    one = made(1, "feat: more", 0, body=body, trailers=(trailer,))

    assert linked(one, made(2, SECOND, 1)) == []
