"""Which lines commits add, as hashes."""

from __future__ import annotations

from typing import Any

import pytest
from tests.repositories import Repository
from tests.sources.reading import read

from tracemill.base.line_sketch import hashes_of, unpack_hashes
from tracemill.records.events.event import BareLines
from tracemill.sources.git_history import GitHistory

OLD, NEW = b"a line that was there before\n", b"a line that came with the commit\n"


def added(repo: Repository) -> dict[int, set[int]]:
    with GitHistory().open(repo.path) as opened:
        records = read(GitHistory(), iter(lambda: opened.read(4096), b"")).records
    return {
        repo.shas.index(event.commit): set(unpack_hashes(event.hashes))
        for event in records
        if isinstance(event, BareLines)
    }


def test_only_lines_that_were_not_there_count(repo: Repository) -> None:
    repo.commit(a__py=OLD)
    repo.commit(a__py=NEW + OLD)
    repo.commit(a__py=NEW)

    assert added(repo) == {0: set(hashes_of([OLD])), 1: set(hashes_of([NEW]))}


def test_binary_and_absent_contents_tell_nothing(repo: Repository) -> None:
    repo.commit(a__py=OLD)
    repo.commit(b__bin=NEW + b"\0")
    repo.commit(c__py=NEW)
    repo.remove_object("HEAD:c.py")

    assert added(repo) == {0: set(hashes_of([OLD]))}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("uv__lock", NEW, None, id="locked versions"),
        pytest.param("a__py", b"x" * 1_001, None, id="a line that no person wrote"),
        pytest.param("a__py", b"%b\n" % NEW * 10_000, "lines_unavailable", id="a large file"),
        pytest.param("a__bin", NEW + b"\0", "lines_unavailable", id="a binary file"),
    ],
)
def test_what_tells_of_no_work_is_left_out(
    repo: Repository, name: str, content: bytes, reason: str | None
) -> None:
    files: dict[str, Any] = {name: content}
    repo.commit(**files)

    with GitHistory().open(repo.path) as opened:
        found = read(GitHistory(), iter(lambda: opened.read(4096), b""))
    assert not [each for each in found.records if isinstance(each, BareLines)]
    assert found.tally.skipped == ({} if reason is None else {reason: 1})


def test_a_commit_of_very_many_files_is_counted_and_left_out(repo: Repository) -> None:
    files: dict[str, Any] = {f"a{i}__py": NEW for i in range(101)}
    repo.commit(**files)

    with GitHistory().open(repo.path) as opened:
        found = read(GitHistory(), iter(lambda: opened.read(4096), b""))
    assert found.tally.skipped == {"lines_of_too_many_files": 1}
