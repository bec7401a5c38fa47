"""Which commits are one piece of work where no session tells."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.trajectories import START, commit
from tracemill.link.commits.work import group_commits
from tracemill.link.make_link import make_link, of_commit
from tracemill.records.events.commits import Commit
from tracemill.records.links import Link, LinkMethod


def made(number: int, hours: float = 0, **more: Any) -> Commit:
    return commit(f"{number:040x}", at=START + timedelta(hours=hours), **more)


def link(later: Commit, earlier: Commit, method: LinkMethod = "refines") -> Link:
    return make_link(of_commit(later), of_commit(earlier), method, 0.9)


def grouped(
    commits: list[Commit], links: list[Link], branches: list[list[Commit]]
) -> list[list[int]]:
    names = [[each.sha for each in branch] for branch in branches]
    return [[int(each.sha, 16) for each in work] for work in group_commits(commits, links, names)]


ONE, TWO, LATE = made(1), made(2, 5), made(3, 30)
CASES: list[Any] = [
    pytest.param([TWO, ONE], [], [], [[1], [2]], id="nothing joins them"),
    pytest.param([TWO, ONE], [link(TWO, ONE)], [], [[1, 2]], id="an attempt and the next"),
    pytest.param([ONE, LATE], [link(LATE, ONE, "undoes")], [], [[1], [3]], id="undone days later"),
    pytest.param([ONE, TWO, LATE], [], [[ONE, LATE]], [[1, 3], [2]], id="of one branch"),
    pytest.param([ONE, ONE], [], [], [[1]], id="in two clones"),
    pytest.param([TWO, ONE], [link(TWO, ONE, "brought_by")], [], [[1], [2]], id="of no such link"),
    pytest.param([ONE, made(4, parents=("a", "b"))], [], [], [[1]], id="a merge"),
]


@pytest.mark.parametrize(("commits", "links", "branches", "expected"), CASES)
def test_commits_of_one_piece_of_work(
    commits: list[Commit],
    links: list[Link],
    branches: list[list[Commit]],
    expected: list[list[int]],
) -> None:
    assert grouped(commits, links, branches) == expected


def test_a_piece_of_work_does_not_grow_without_end() -> None:
    commits = [made(number, number / 60) for number in range(1, 101)]
    links = [link(later, earlier) for earlier, later in pairwise(commits)]
    works = group_commits(commits, links, [])

    assert sum(map(len, works)) == 100
    assert max(map(len, works)) <= 40
