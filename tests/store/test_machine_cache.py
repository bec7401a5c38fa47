"""What is kept for all workspaces counts only where nobody else could have written it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracemill.store.machine_cache import keep, load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "tracemill"


def test_what_is_kept_comes_back_and_is_closed_to_others(folder: Path) -> None:
    assert load("a") is None
    keep("a", b"first")
    keep("a", b"second")

    assert load("a") == b"second"
    assert [path.name for path in folder.iterdir()] == ["a"]
    assert folder.stat().st_mode & 0o077 == (folder / "a").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_taken(folder: Path, mode: int) -> None:
    keep("a", b"kept")
    (folder / "a").chmod(mode)

    assert load("a") is None


def test_a_folder_that_others_may_write_is_not_trusted(folder: Path) -> None:
    keep("a", b"kept")
    folder.chmod(0o777)

    assert load("a") is None


def test_a_link_is_not_followed(folder: Path) -> None:
    keep("other", b"kept")
    (folder / "a").symlink_to(folder / "other")

    assert load("a") is None


def test_where_nothing_can_be_kept_nothing_is(folder: Path) -> None:
    folder.write_bytes(b"no folder")
    keep("a", b"kept")

    assert load("a") is None
