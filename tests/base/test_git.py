"""Repositories are found, and their changes noticed, without running git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tracemill.base.git.repositories import (
    CheckedOut,
    checked_out,
    common_directory,
    find_repository,
    fingerprint,
    is_repository,
)

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{
        f"GIT_{role}_{what}": "a@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, env=ENVIRONMENT, capture_output=True
    )


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    made = tmp_path / "repo"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    git(made, "commit", "-q", "--allow-empty", "-m", "one")
    return made


def test_a_work_tree_is_a_repository_and_its_subfolders_are_not(repo: Path) -> None:
    (repo / "src").mkdir()

    assert is_repository(repo)
    assert not is_repository(repo / "src")


def test_a_bare_repository_is_one(repo: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")

    assert is_repository(tmp_path / "bare.git")


def test_a_linked_work_tree_is_a_repository_with_the_same_common_directory(
    repo: Path, tmp_path: Path
) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")

    assert is_repository(tmp_path / "linked")
    assert common_directory(tmp_path / "linked") == common_directory(repo) == repo / ".git"


def test_a_broken_repository_is_still_one_so_that_it_can_be_named(repo: Path) -> None:
    (repo / ".git" / "HEAD").unlink()

    assert is_repository(repo)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(Path.exists, id="an empty folder"),
        pytest.param(lambda folder: (folder / ".git").mkdir(), id="an empty .git"),
        pytest.param(
            lambda folder: (folder / ".git").write_text("hello"),
            id="a .git file that points nowhere",
        ),
        pytest.param(
            lambda folder: (folder / "HEAD").write_text("ref: x"), id="a file called HEAD"
        ),
    ],
)
def test_what_git_would_not_make_is_no_repository(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    make(tmp_path)

    assert not is_repository(tmp_path)
    assert not is_repository(tmp_path / "missing")


@pytest.mark.parametrize("below", [".", "a/b", "a/missing/file.py", ".git", ".git/refs"])
def test_the_repository_is_found_from_any_place_below(repo: Path, below: str) -> None:
    (repo / "a" / "b").mkdir(parents=True)

    assert find_repository(repo / below) == repo


def test_no_repository_is_found_where_there_is_none(tmp_path: Path) -> None:
    assert find_repository(tmp_path / "x") is None


def change_nothing(repo: Path) -> None:
    (repo / "file").write_text("text")
    git(repo, "add", "file")
    git(repo, "config", "a.b", "c")
    git(repo, "update-ref", "refs/stash", "HEAD")


def pack(repo: Path) -> None:
    git(repo, "pack-refs", "--all")


def write_reftable(repo: Path) -> None:
    tables = repo / ".git" / "reftable" / "tables.list"
    tables.parent.mkdir()
    tables.write_text("0x1-0x2.ref\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "a commit": lambda repo: git(repo, "commit", "-q", "--allow-empty", "-m", "two"),
    "an amended commit": lambda repo: git(
        repo, "commit", "-q", "--allow-empty", "--amend", "-m", "other"
    ),
    "a branch": lambda repo: git(repo, "branch", "deep/er/side"),
    "a tag": lambda repo: git(repo, "tag", "v1"),
    "another head": lambda repo: git(repo, "checkout", "-q", "--detach"),
    "a remote branch": lambda repo: git(repo, "update-ref", "refs/remotes/origin/main", "HEAD"),
    "a ref of a tool": lambda repo: git(repo, "update-ref", "refs/entire/checkpoints/x", "HEAD"),
    "packed refs": pack,
    "a shallow boundary": lambda repo: (repo / ".git" / "shallow").write_text("0" * 40),
    "a reftable": write_reftable,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_fingerprint_changes_with(change: Callable[[Path], object], repo: Path) -> None:
    before = fingerprint(repo)

    change(repo)

    assert fingerprint(repo) != before


def test_the_fingerprint_stays_when_only_the_work_tree_or_config_changes(repo: Path) -> None:
    before = fingerprint(repo)

    change_nothing(repo)

    assert fingerprint(repo) == before


def test_the_fingerprint_of_a_linked_work_tree_follows_the_shared_refs(
    repo: Path, tmp_path: Path
) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    before = fingerprint(tmp_path / "linked")

    git(repo, "branch", "more")

    assert fingerprint(tmp_path / "linked") != before


def test_the_fingerprint_moves_with_the_repository(repo: Path, tmp_path: Path) -> None:
    before = fingerprint(repo)

    repo.rename(tmp_path / "moved")

    assert fingerprint(tmp_path / "moved") == before


def test_a_pipe_in_place_of_a_ref_does_not_block(repo: Path) -> None:
    os.mkfifo(repo / ".git" / "refs" / "heads" / "pipe")

    assert fingerprint(repo)


def test_what_is_no_repository_has_one_fingerprint(tmp_path: Path) -> None:
    assert fingerprint(tmp_path) == fingerprint(tmp_path / "missing")


def head(folder: Path) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("commands", "branch"),
    [
        pytest.param([], "main", id="a branch"),
        pytest.param([["checkout", "-q", "-b", "feat/x"]], "feat/x", id="a branch with a slash"),
        pytest.param([["pack-refs", "--all"]], "main", id="packed refs"),
        pytest.param([["checkout", "-q", "--detach"]], None, id="no branch"),
    ],
)
def test_what_is_checked_out_is_what_git_says(
    commands: list[list[str]], branch: str | None, repo: Path
) -> None:
    for command in commands:
        git(repo, *command)

    assert checked_out(repo) == CheckedOut(branch, head(repo))


def test_a_linked_work_tree_has_its_own_branch(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))

    assert checked_out(tmp_path / "side") == CheckedOut("side", head(repo))


def test_before_the_first_commit_there_is_only_a_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")

    assert checked_out(tmp_path) == CheckedOut("main", None)
    assert checked_out(tmp_path / "nowhere") == CheckedOut(None, None)
