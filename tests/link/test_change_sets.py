"""What branches brought, by their merges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.trajectories import START, commit
from tracemill.link.commits.branches import Branches
from tracemill.link.commits.change_sets import change_sets
from tracemill.link.make_link import make_link, of_commit
from tracemill.records.events.event import Commit, FileChange
from tracemill.records.refs import Ref
from tracemill.records.work.change_sets import ChangeSet


def made(number: int, *parents: Commit, **more: Any) -> Commit:
    shas = tuple(parent.sha for parent in parents)
    given: dict[str, Any] = {"at": START + timedelta(hours=number), "parents": shas, **more}
    return commit(f"{number:040x}", **given)


FILES = (
    FileChange(path="a", status="M", added=3, deleted=1),
    FileChange(path="b", status="A", added=None, deleted=None),
)
ROOT = made(1)
ONE = made(2, ROOT)
TWO = made(3, ONE)
MERGE = made(4, ROOT, TWO, subject="Merge branch 'feature/x'", files=FILES, refs=("main",))
OPEN = made(5, MERGE, refs=("origin/feature/y",))
HISTORY = (ROOT, ONE, TWO, MERGE, OPEN)


def found(*commits: Commit, links: Any = ()) -> dict[str, ChangeSet]:
    return {each.branch: each for each in change_sets(Branches(commits), links)}


def test_a_merge_brings_the_commits_of_its_branch() -> None:
    brought = found(*HISTORY)["feature/x"]

    assert brought.commits == (ONE.sha, TWO.sha)
    assert (brought.merge, brought.base) == (MERGE.sha, ROOT.sha)
    assert (brought.started, brought.merged) == (ONE.at, MERGE.at)
    assert (brought.n_files, brought.added, brought.deleted) == (2, 3, 1)
    assert brought.n_uncounted == 1


def test_lines_that_git_counts_nowhere_are_unknown() -> None:
    merge = made(4, ROOT, TWO, subject="Merge branch 'feature/x'", files=FILES[1:], refs=("main",))
    brought = found(ROOT, ONE, TWO, merge)["feature/x"]

    assert (brought.n_files, brought.added, brought.deleted) == (1, None, None)
    assert brought.n_uncounted == 1


def test_a_branch_that_nothing_merged_is_open() -> None:
    held = found(*HISTORY)["feature/y"]

    assert held.commits == (OPEN.sha,)
    assert (held.merge, held.merged, held.n_files) == (None, None, None)


def test_main_lines_bring_nothing() -> None:
    update = made(6, OPEN, MERGE, subject="Merge branch 'main' into feature/y")

    assert set(found(*HISTORY, update)) == {"feature/x", "feature/y"}


def test_it_carries_out_the_plans_that_its_commits_are_linked_to() -> None:
    plan = Ref(kind="event", id="document_1")
    links = [make_link(of_commit(each), plan, "named_like", 0.8) for each in (ONE, TWO)]

    assert found(*HISTORY, links=links)["feature/x"].plans == ("document_1",)


def test_the_order_of_commits_changes_nothing() -> None:
    assert found(*reversed(HISTORY)) == found(*HISTORY)
