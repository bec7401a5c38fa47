"""Links between two commits of one repository."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tracemill.link.commits.index import CommitIndex
from tracemill.link.commits.pairs import commit_pairs
from tracemill.records.events.event import ChangeUndone, Commit
from tracemill.records.refs import Origin

HERE = Origin(source="git", source_version=2, uri="/srv/app", input_id="input_1")
THERE = Origin(source="git", source_version=2, uri="/srv/other", input_id="input_2")


def commit(n: int, subject: str = "work", origin: Origin = HERE, **more: Any) -> Commit:
    given = {"parents": ("f" * 40,), "author": "ann", "authored": datetime(2026, 1, n, tzinfo=UTC)}
    made: Any = given | more
    return Commit(
        id=f"commit_{origin.input_id}_{n}",
        at=datetime(2026, 1, n, tzinfo=UTC),
        origin=origin,
        sha=f"{n:040x}",
        subject=subject,
        **made,
    )


def undone(later: int, earlier: int, *, is_exact: bool = True) -> ChangeUndone:
    return ChangeUndone(
        id=f"event_{later}_{earlier}", origin=HERE, commit=f"{later:040x}",
        undone=f"{earlier:040x}", is_exact=is_exact,
    )  # fmt: skip


def pairs(commits: list[Commit], *changes: ChangeUndone) -> list[tuple[str, int, int, float]]:
    return [
        (link.method, int(link.source.id[-1]), int(link.target.id[-1]), link.confidence)
        for link in commit_pairs(CommitIndex(commits), changes)
    ]


WRITTEN = datetime(2025, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("commits", "changes", "expected"),
    [
        pytest.param([commit(1), commit(2)], [undone(2, 1)], [("undoes", 2, 1, 0.9)], id="exactly"),
        pytest.param(
            [commit(1), commit(2)],
            [undone(2, 1, is_exact=False)],
            [("undoes", 2, 1, 0.7)],
            id="line for line",
        ),
        pytest.param(
            [commit(1, "Add x"), commit(2, 'Revert "Add x"')],
            [undone(2, 1)],
            [("reverts", 2, 1, 0.8)],
            id="said too",
        ),
        pytest.param([commit(2)], [undone(2, 1)], [], id="unknown"),
        pytest.param(
            [commit(1, authored=WRITTEN), commit(2, authored=WRITTEN)],
            [],
            [("same_change", 2, 1, 0.95)],
            id="rebased",
        ),
        pytest.param(
            [commit(1, authored=WRITTEN), commit(2, "other", authored=WRITTEN)],
            [],
            [],
            id="another subject",
        ),
        pytest.param(
            [commit(1, authored=WRITTEN), commit(2, authored=WRITTEN, origin=THERE)],
            [],
            [],
            id="another repository",
        ),
        pytest.param(
            [commit(1), commit(2, cherry_picked=f"{1:040x}")],
            [],
            [("same_change", 2, 1, 0.99)],
            id="picked",
        ),
        pytest.param(
            [commit(1, "begin"), commit(2, "go on"), commit(3, squashed=("begin", "go on", "no"))],
            [],
            [("squashes", 3, 1, 0.8), ("squashes", 3, 2, 0.8)],
            id="squashed",
        ),
        pytest.param(
            [commit(1, "wip"), commit(2, "wip"), commit(3, squashed=("wip",))],
            [],
            [],
            id="a subject of two",
        ),
        pytest.param(
            [commit(4, "begin"), commit(3, squashed=("begin",))], [], [], id="a later commit"
        ),
    ],
)
def test_two_commits_are_linked_by_what_they_say_and_do(
    commits: list[Commit],
    changes: list[ChangeUndone],
    expected: list[tuple[str, int, int, float]],
) -> None:
    assert pairs(commits, *changes) == expected
