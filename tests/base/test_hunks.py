"""What commits changed as hunks; what cannot be shown is named, and nothing ends the reading."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.repositories import Repository

from tracemill.base.git import hunks
from tracemill.base.git.hunks import FileHunks, Hunk, changes_of, hunks_between
from tracemill.base.git.process import Git

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=40).map("".join)


@pytest.fixture
def told(repo: Repository) -> Callable[[str], dict[str, FileHunks]]:
    def tell(sha: str) -> dict[str, FileHunks]:
        ((named, files),) = changes_of(Git.of(repo.path), [sha])
        assert named == sha
        assert files is not None
        return {file.path: file for file in files}

    return tell


def put(old: str, found: list[Hunk]) -> str:
    """Return a text with the hunks put in place, from the end on."""
    lines = old.splitlines(keepends=True)
    for hunk in reversed(found):
        before = hunk.before.splitlines(keepends=True)
        start = hunk.old_start - 1
        assert lines[start : start + len(before)] == before
        lines[start : start + len(before)] = hunk.after.splitlines(keepends=True)
    return "".join(lines)


@given(TEXTS, TEXTS)
def test_hunks_lead_from_one_text_to_the_other(old: str, new: str) -> None:
    found = list(hunks_between(old, new))

    assert put(old, found) == new
    assert bool(found) == (old != new)


def test_changes_far_from_each_other_are_hunks_of_their_own() -> None:
    old = "".join(f"{n}\n" for n in range(1, 31))
    new = old.replace("4\n5\n", "4\nfive\n", 1).replace("\n25\n", "\n25\nmore\n")
    first, second = hunks_between(old, new)

    assert first == Hunk(2, 2, "2\n3\n4\n5\n6\n7\n8\n", "2\n3\n4\nfive\n6\n7\n8\n")
    assert (second.old_start, second.new_start) == (23, 23)
    assert second.after == "23\n24\n25\nmore\n26\n27\n28\n"


def test_a_change_that_is_too_much_to_compare_is_one_hunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hunks, "_MOST_COMPARED", 3)
    old, new = "a\nb\nkept\nc\n", "x\ny\nkept\nz\n"

    assert list(hunks_between(old, new)) == [Hunk(1, 1, old, new)]


def test_lines_that_are_all_alike_are_not_compared_one_by_one() -> None:
    old = "".join(f"{n % 2}\n" for n in range(1_900))
    new = "".join(f"{n * 7 // 3 % 2}\n" for n in range(1_900))

    assert len(list(hunks_between(old, new))) == 1


@pytest.mark.parametrize("mark", ["\f", "\v", "\r", "\x1c", "\u2028", "\x85"])
def test_lines_are_counted_as_git_does(mark: str) -> None:
    old = f"a{mark}b\n" * 9 + "last"

    assert [each.old_start for each in hunks_between(old, f"{old} one")] == [7]


def test_each_file_is_told_with_what_it_was(
    repo: Repository, told: Callable[[str], dict[str, FileHunks]]
) -> None:
    repo.commit(a__py="x = 1\n", gone__py="y\n", old__py="1\n2\n3\n4\n5\n6\n")
    first = repo.shas[0]
    repo.git("mv", "old.py", "new.py")
    later = repo.commit(a__py="x = 2\n", gone__py=None, new__py="1\n2\n3\n4\n5\n7\n")
    found = told(later)

    assert {path: file.letter for path, file in found.items()} == {
        "a.py": "M", "gone.py": "D", "new.py": "R",
    }  # fmt: skip
    assert found["a.py"].before == "x = 1\n"
    assert found["a.py"].hunks == (Hunk(1, 1, "x = 1\n", "x = 2\n"),)
    assert found["gone.py"].hunks == (Hunk(1, 1, "y\n", ""),)
    assert (found["new.py"].old_path, found["new.py"].before) == ("old.py", "1\n2\n3\n4\n5\n6\n")
    added = told(first)["a.py"]
    assert (added.before, added.hunks) == (None, (Hunk(1, 1, "", "x = 1\n"),))


def test_what_cannot_be_shown_is_named(
    repo: Repository,
    told: Callable[[str], dict[str, FileHunks]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hunks, "MAX_BYTES", 20)
    repo.commit(text__py="a\n", lost__py="here\n", long__py="x\n")
    later = repo.commit(
        text__py="b\n", lost__py="there\n", long__py="x\n" * 20, picture__bin=b"\x89\0\1"
    )
    repo.remove_object(f"{later}:lost.py")
    found = told(later)

    assert {path: file.lack for path, file in found.items()} == {
        "text.py": None, "lost.py": "missing", "long.py": "too_long", "picture.bin": "binary",
    }  # fmt: skip
    assert [path for path, file in found.items() if file.hunks] == ["text.py"]


def test_a_commit_that_the_repository_lacks_is_unknown(repo: Repository) -> None:
    sha = repo.commit(a__py="1\n")

    assert dict(changes_of(Git.of(repo.path), ["0" * 40, sha]))["0" * 40] is None
