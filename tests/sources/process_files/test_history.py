"""Process files through the history of a repository: which versions, and what each says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.repositories import Repository
from tests.sources.reading import Found, read

from tracemill.base.errors import SourceError
from tracemill.records.events.event import DocumentVersion, IssueHeader
from tracemill.sources.head import Head
from tracemill.sources.process_files import ProcessFiles

SOURCE = ProcessFiles()
ACCOUNT = "# Fix\n## Problem\nIt hung.\n## Solution\nIt no longer waits.\n"


def found_in(repo: Repository) -> Found:
    with SOURCE.open(repo.path) as opened:
        return read(SOURCE, iter(lambda: opened.read(4096), b""))


def documents(repo: Repository) -> list[DocumentVersion]:
    return [event for event in found_in(repo).events if isinstance(event, DocumentVersion)]


def headers(repo: Repository) -> list[IssueHeader]:
    found = [event for event in found_in(repo).events if isinstance(event, IssueHeader)]
    return sorted(found, key=lambda header: repo.shas.index(header.commit or ""))


def header(n_open: int, *lines: str) -> str:
    return f"// ISSUES: {n_open} open, last updated 2025-07-14\n" + "".join(
        f"// {line}\n" for line in lines
    )


def test_each_version_is_an_event_with_its_commit(repo: Repository) -> None:
    first = repo.commit("plan", PLAN__md="# Plan\n**Status:** Draft\n- [ ] a\n")
    second = repo.commit(
        "done", PLAN__md="# Plan\n**Status:** Done\n- [x] a\n", other__py="x = 1\n"
    )
    third = repo.commit("gone", PLAN__md=None)
    found = {version.commit: version for version in documents(repo)}

    assert {sha: version.change for sha, version in found.items()} == {
        first: "added", second: "modified", third: "deleted",
    }  # fmt: skip
    assert [found[sha].status for sha in (first, second, third)] == ["Draft", "Done", None]
    assert [found[sha].todos[0].status for sha in (first, second)] == ["pending", "completed"]
    assert found[third].sections is None
    assert found[third].object_id is None
    at = found[first].at
    assert at is not None
    assert at.timestamp() == 1_700_000_060


def test_one_content_in_two_places_is_two_versions(repo: Repository) -> None:
    repo.commit("plan", PLAN__md="# Plan\n", ROADMAP__md="# Plan\n")
    found = documents(repo)
    assert sorted(version.path for version in found) == ["PLAN.md", "ROADMAP.md"]
    assert len({version.object_id for version in found}) == 1
    assert len({version.id for version in found}) == 2


def test_a_text_put_back_is_a_version_again(repo: Repository) -> None:
    for text in ("one", "two", "one"):
        repo.commit("work", PLAN__md=text)
    assert len(documents(repo)) == 3


def test_a_branch_is_told_by_its_own_commits_and_not_by_the_merge(repo: Repository) -> None:
    repo.commit("base", PLAN__md="# Plan\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", PLAN__md="# Plan\nmore\n")
    repo.git("checkout", "-q", "main")
    repo.commit("main", a__py="x\n")
    repo.git("merge", "-q", "--no-ff", "side", "-m", "merge")
    assert len(documents(repo)) == 2


def test_prose_that_tells_of_problem_and_solution_is_an_account(repo: Repository) -> None:
    repo.commit("draft", notes__md="# Notes\n")
    repo.commit("fix", notes__md=ACCOUNT, guide__md="# Guide\n## Usage\n", README__md=ACCOUNT)
    found = found_in(repo)
    (version,) = [event for event in found.events if isinstance(event, DocumentVersion)]

    assert (version.path, version.document, version.title) == ("notes.md", "account", "Fix")
    assert found.tally.skipped == {"no_process_file_yet": 1}


def test_issues_are_followed_from_open_to_resolved(repo: Repository) -> None:
    repo.commit("find", a__ts=header(2, "- [ ] Issue #1: x", "- [ ] Issue #2: y") + "code()\n")
    repo.commit("fix", a__ts=header(1, "- [x] Issue #1: x", "- [ ] Issue #2: y") + "code()\n")
    repo.commit("fix", a__ts=header(0) + "code()\n")
    found = headers(repo)

    assert [version.declared_open for version in found] == [2, 1, 0]
    assert [[issue.is_open for issue in version.issues] for version in found] == [
        [True, True],
        [False, True],
        [],
    ]


def test_a_file_that_was_deleted_is_followed_to_its_end(repo: Repository) -> None:
    repo.commit("find", a__ts=header(1, "TODO: x"))
    repo.commit("drop", a__ts=None)
    assert [version.declared_open for version in headers(repo)] == [1]


def test_a_data_file_is_one_section(repo: Repository) -> None:
    (repo.path / "prompts").mkdir()
    repo.commit("prompt", **{"prompts/qa__yaml": "# comment\nrole: QA\n"})
    (version,) = documents(repo)
    assert version.sections is not None
    assert [(s.heading, s.text) for s in version.sections] == [("", "# comment\nrole: QA\n")]
    assert version.title is None


def test_contents_that_are_absent_or_no_text_are_counted(repo: Repository) -> None:
    repo.commit("one", PLAN__md="# One\n", TODO__md=b"\0\1")
    repo.remove_object("HEAD:PLAN.md")
    found = found_in(repo)
    assert found.events == []
    assert found.tally.skipped == {"binary": 1, "content_missing": 1}


def test_an_empty_repository_holds_nothing(repo: Repository) -> None:
    assert found_in(repo).tally.n_lines == 0


def test_a_cut_list_is_quarantined(repo: Repository) -> None:
    repo.commit("plan", PLAN__md="# Plan\n")
    with SOURCE.open(repo.path) as opened:
        data = opened.read()
    broken = data.replace(b'"commit":', b'"commit";')
    assert [each.reason for each in read(SOURCE, broken).quarantined] == ["bad_shape"]


def test_no_repository_is_no_input(tmp_path: Path) -> None:
    assert not SOURCE.recognises(Head(tmp_path, b""))
    with pytest.raises(SourceError, match="expected a git repository"):
        SOURCE.open(tmp_path)
