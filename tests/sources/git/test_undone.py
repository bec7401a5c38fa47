"""Commits that take others back, told by their changes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.repositories import Repository
from tests.sources.reading import read

from tracemill.records.events.event import ChangeUndone
from tracemill.sources.git_history import GitHistory

SOURCE = GitHistory()
BASE = "one\ntwo\nthree\nfour\n"
MORE = "one\ntwo\nmore\nthree\nfour\n"


def undone(repo: Repository) -> list[tuple[int, int, bool]]:
    """Return which commit takes back which, as their numbers, and whether exactly."""
    with SOURCE.open(repo.path) as opened:
        events = read(SOURCE, iter(lambda: opened.read(512), b"")).events
    found = [event for event in events if isinstance(event, ChangeUndone)]
    assert all(event.at is not None for event in found)
    return sorted((repo.shas.index(e.commit), repo.shas.index(e.undone), e.is_exact) for e in found)


def history(repo: Repository, *commits: dict[str, Any]) -> list[tuple[int, int, bool]]:
    for files in commits:
        repo.commit("work", **files)
    return undone(repo)


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"a": BASE}], [(2, 1, True)], id="the content before"
        ),
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"b": "x\n"}, {"a": BASE, "c": "y\n"}],
            [(3, 1, True)],
            id="with other work, later",
        ),
        pytest.param(
            [{"a": BASE, "b": BASE}, {"a": MORE, "b": MORE}, {"a": BASE}], [], id="half of it"
        ),
        pytest.param([{"a": BASE}, {"b": "x\n"}, {"b": None}], [(2, 1, True)], id="a new file"),
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"a": BASE.replace("three", "# more\nthree")}],
            [(2, 1, False)],
            id="commented out",
        ),
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"a": BASE.replace("four", "4")}],
            [(2, 1, False)],
            id="with another line changed",
        ),
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"a": MORE.replace("more", "else")}], [], id="rewritten"
        ),
        pytest.param(
            [{"a": BASE}, {"a": BASE.replace("two", "2")}, {"a": "nothing\n"}],
            [],
            id="all rewritten",
        ),
        pytest.param([{"a": BASE}, {"a": MORE}, {"a": None}], [], id="deleted"),
        pytest.param(
            [{"a": BASE}, {"a": MORE}, {"a": BASE}, {"a": MORE}],
            [(2, 1, True), (3, 2, True)],
            id="and back again",
        ),
    ],
)
def test_a_commit_takes_back_what_another_changed(
    repo: Repository, commits: list[dict[str, Any]], expected: list[tuple[int, int, bool]]
) -> None:
    assert history(repo, *commits) == expected


def test_a_merge_takes_nothing_back(repo: Repository) -> None:
    repo.commit("base", a=BASE)
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", a=MORE)
    repo.git("checkout", "-q", "main")
    repo.commit("main", b="x\n")
    repo.git("merge", "-q", "--no-ff", "-s", "ours", "side", "-m", "merge")
    assert undone(repo) == []


def test_contents_that_are_absent_prove_nothing(repo: Repository) -> None:
    repo.commit("base", a=BASE)
    repo.commit("more", a=MORE)
    repo.commit("less", a=BASE.replace("three", "# more\nthree"))
    repo.remove_object("HEAD~2:a")
    assert undone(repo) == []


def test_a_commit_of_very_many_files_is_not_looked_at(repo: Repository) -> None:
    many: dict[str, Any] = {f"f{n}": "x\n" for n in range(60)}
    repo.commit("base", a=BASE)
    repo.commit("many", **many)
    repo.commit("none", **dict.fromkeys(many))
    assert undone(repo) == []
