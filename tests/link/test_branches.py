"""On which branch commits were made."""

from __future__ import annotations

import pytest

from tests.trajectories import commit, trajectory
from tracemill.link.commits.branches import Branches
from tracemill.records.events.event import Commit


def sha(letter: str) -> str:
    return letter * 40


def made(letter: str, *parents: str, subject: str = "work", refs: tuple[str, ...] = ()) -> Commit:
    return commit(sha(letter), parents=tuple(map(sha, parents)), subject=subject, refs=refs)


HISTORY = [
    made("a"),
    made("b", "a"),
    made("c", "b", "a", subject="Merge branch 'main' into fix/totals"),
    made("d", "a", "c", subject="Merge pull request #12 from o/fix/totals"),
    made("e", "d"),
    made("f", "d", "e", subject="Merge branch 'feat/tax'", refs=("main",)),
    made("1", "d"),
    made("2", "1", refs=("origin/spike", "spike")),
]


@pytest.mark.parametrize(
    ("letter", "branches"),
    [
        pytest.param("a", set(), id="the main line"),
        pytest.param("b", {"fix/totals"}, id="brought by a pull request"),
        pytest.param("c", {"fix/totals"}, id="a merge of the main line into it"),
        pytest.param("e", {"feat/tax"}, id="brought by a merge"),
        pytest.param("1", {"spike"}, id="not merged"),
        pytest.param("2", {"spike"}, id="the tip"),
    ],
)
def test_a_merge_says_which_branch_it_brings(letter: str, branches: set[str]) -> None:
    assert Branches(HISTORY).of(commit(sha(letter))) == branches


def test_without_a_main_branch_nothing_is_told() -> None:
    assert Branches([made("a"), made("b", "a", refs=("spike",))]).of(made("b", "a")) == frozenset()


@pytest.mark.parametrize(
    ("branch", "letter", "expected"),
    [
        ("fix/totals", "b", True),
        ("feat/tax", "b", False),
        ("main", "b", None),
        (None, "b", None),
        ("fix/totals", "a", None),
    ],
)
def test_a_session_on_the_main_branch_may_work_on_any(
    branch: str | None, letter: str, *, expected: bool | None
) -> None:
    found = Branches(HISTORY).is_same(trajectory(branch=branch), commit(sha(letter)))

    assert found is expected
