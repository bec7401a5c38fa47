"""What is kept for all workspaces counts only where nobody else could have written it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracemill.store.machine_cache import keep, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "tracemill"


def test_what_is_kept_comes_back_and_is_closed_to_others(folder: Path) -> None:
    assert list(load("a")) == []
    keep("a", b"first")
    (path,) = folder.iterdir()

    assert list(load("a")) == [b"first"]
    assert folder.stat().st_mode & 0o077 == path.stat().st_mode & 0o077 == 0


def test_the_newest_three_of_a_kind_are_kept(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "a.of-an-older-release").write_bytes(b"oldest")
    os.utime(folder / "a.of-an-older-release", (0, 0))
    keep("b", b"of another kind")
    for number in (1, 2, 3, 4, 4):
        keep("a", b"%d" % number)
        newest = max(folder.glob("a-*"), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (number, number))  # clocks of files are coarse

    assert list(load("a")) == [b"4", b"3", b"2"]
    assert list(load("b")) == [b"of another kind"]
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_taken(folder: Path, mode: int) -> None:
    keep("a", b"kept")
    next(folder.iterdir()).chmod(mode)

    assert list(load("a")) == []


def test_a_folder_that_others_may_write_is_not_trusted(folder: Path) -> None:
    keep("a", b"kept")
    folder.chmod(0o777)

    assert list(load("a")) == []


def test_a_link_is_not_followed(folder: Path) -> None:
    keep("other", b"kept")
    (folder / "a-1").symlink_to(next(folder.iterdir()))

    assert list(load("a")) == []


def test_where_nothing_can_be_kept_nothing_is(folder: Path) -> None:
    folder.write_bytes(b"no folder")
    keep("a", b"kept")

    assert list(load("a")) == []
