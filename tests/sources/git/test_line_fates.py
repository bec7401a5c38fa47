"""What became of the lines that commits wrote, against histories that are known by their making."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.repositories import Repository
from tests.sources.reading import Found, read

from tracemill.base.git.changes import ChangedFile
from tracemill.base.git.fates import LineFates
from tracemill.base.git.process import Git
from tracemill.records.events.event import LineFate
from tracemill.sources.git_history import GitHistory

WORDS = [f"the line that is called {name}" for name in ("one", "two", "three", "four", "five")]
ONE, TWO, THREE, FOUR, FIVE = (f"{word}\n" for word in WORDS)


def found(repo: Repository) -> Found:
    with GitHistory().open(repo.path) as opened:
        return read(GitHistory(), iter(lambda: opened.read(4096), b""))


def fates(repo: Repository) -> dict[str, LineFate]:
    return {e.commit: e for e in found(repo).events if isinstance(e, LineFate)}


def moves(repo: Repository, fate: LineFate) -> dict[str, dict[int, int]]:
    """Return how many lines went and came back, by the numbers of the commits that did it."""
    return {
        name: {repo.shas.index(each.commit): each.n_lines for each in moved}
        for name, moved in (("gone", fate.gone), ("back", fate.back))
        if moved
    }


def summary(repo: Repository, number: int) -> tuple[int, int, dict[str, dict[int, int]]]:
    fate = fates(repo)[repo.shas[number]]
    return fate.n_lines, fate.n_landed, moves(repo, fate)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        pytest.param([ONE + TWO], (2, 2, {}), id="all stand"),
        pytest.param([ONE + TWO, TWO + FOUR], (2, 2, {"gone": {1: 1}}), id="one rewritten"),
        pytest.param([ONE, "\t\t" + ONE], (1, 1, {}), id="indented otherwise"),
        pytest.param([ONE + TWO, TWO + ONE], (2, 2, {}), id="moved within the file"),
        pytest.param([ONE, None], (1, 1, {"gone": {1: 1}}), id="deleted"),
        pytest.param(
            [ONE, TWO, ONE], (1, 1, {"gone": {1: 1}, "back": {2: 1}}), id="taken back and restored"
        ),
        pytest.param([ONE + "}\n"], (1, 1, {}), id="short lines do not count"),
    ],
)
def test_lines_of_the_first_commit(
    repo: Repository, versions: list[str | None], expected: tuple[int, int, dict[str, Any]]
) -> None:
    for version in versions:
        repo.commit(a__py=version, other__py=f"{len(repo.shas)}\n")

    assert summary(repo, 0) == expected


def branched(repo: Repository) -> None:
    """Make a history whose second commit is on a branch, and the third on the main line."""
    repo.commit(a__py=ONE + TWO)
    repo.git("switch", "-qc", "side")
    repo.commit(a__py=ONE + TWO + THREE)
    repo.git("switch", "-q", "main")
    repo.commit(b__py=FOUR)


def test_lines_of_a_branch_land_with_the_merge(repo: Repository) -> None:
    branched(repo)
    repo.n_commits += 1
    repo.git("merge", "-q", "--no-ff", "side")
    merge = repo.git("rev-parse", "HEAD").decode().strip()

    found = fates(repo)
    assert summary(repo, 1) == (1, 1, {})
    assert found[repo.shas[1]].landed == max(each.landed for each in found.values() if each.landed)
    assert merge not in found


def test_lines_of_a_branch_that_never_came_have_not_landed(repo: Repository) -> None:
    branched(repo)

    assert summary(repo, 1) == (1, 0, {})
    assert fates(repo)[repo.shas[1]].landed is None


def test_a_squash_lands_the_lines_of_the_branch_as_well(repo: Repository) -> None:
    branched(repo)
    repo.git("merge", "-q", "--squash", "side")
    repo.commit("squashed")

    assert summary(repo, 1) == summary(repo, 3) == (1, 1, {})


def test_a_merge_takes_lines_for_the_commit_of_the_branch(repo: Repository) -> None:
    repo.commit(a__py=ONE + TWO)
    repo.git("switch", "-qc", "side")
    repo.commit(a__py=TWO)
    repo.git("switch", "-q", "main")
    repo.commit(b__py=FOUR)
    repo.git("merge", "-q", "--no-ff", "side")

    assert summary(repo, 0) == (2, 2, {"gone": {1: 1}})


def test_lines_go_with_a_renamed_file(repo: Repository) -> None:
    repo.commit(a__py=ONE + TWO + THREE + FOUR)
    repo.git("mv", "a.py", "b.py")
    repo.commit(b__py=ONE + TWO + THREE + FIVE)

    assert summary(repo, 0) == (4, 4, {"gone": {1: 1}})


def test_lines_of_a_file_that_cannot_be_read_any_more_are_lost(repo: Repository) -> None:
    repo.commit(a__py=ONE)
    repo.commit(a__py=ONE + "\0")

    fate = fates(repo)[repo.shas[0]]
    assert (fate.n_landed, fate.n_lost, fate.gone) == (1, 1, ())


def test_nothing_of_the_lines_is_in_what_comes_out(repo: Repository) -> None:
    repo.commit(a__py=ONE)
    (fate,) = fates(repo).values()

    assert "called" not in repr(fate)


def test_a_history_that_is_too_large_is_left_out_and_counted(repo: Repository) -> None:
    repo.commit(a__py=ONE)
    change = ChangedFile(b"a.py", "A", None, None, "1" * 40, 1, 0)
    fates = LineFates(repo.shas[0], most=1)
    for at in ("2", "1"):
        fates.take(at * 40, at, "", [change])

    assert list(fates.found(Git.of(repo.path))) == []
    assert fates.left_out == {"fates_of_large_history": 2}


def test_without_a_main_line_nothing_is_followed(repo: Repository) -> None:
    repo.commit(a__py=ONE)
    repo.git("symbolic-ref", "HEAD", "refs/heads/unborn")

    assert fates(repo) == {}
    assert found(repo).tally.skipped == {"fates_without_head": 1}


@settings(max_examples=30)
@given(st.lists(st.sets(st.sampled_from(WORDS)), min_size=1, max_size=8))
def test_at_every_moment_as_many_stand_as_the_file_holds(versions: list[set[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Repository(Path(folder))
        repo.git("init", "-q", "-b", "main")
        for lines in versions:
            repo.commit(a__py="".join(f"{line}\n" for line in sorted(lines)))
        known = fates(repo)
    written = [now - before for before, now in zip([set[str](), *versions], versions, strict=False)]

    for number, added in enumerate(written):
        fate = known.get(repo.shas[number])
        assert (0 if fate is None else fate.n_lines) == len(added)
        for later, lines in enumerate(versions):
            if fate is not None and later >= number:
                assert stood(repo, fate, later) == len(added & lines)


def stood(repo: Repository, fate: LineFate, later: int) -> int:
    gone, back = (
        sum(each.n_lines for each in moved if repo.shas.index(each.commit) <= later)
        for moved in (fate.gone, fate.back)
    )
    return fate.n_landed - gone + back
