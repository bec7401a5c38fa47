"""What is written goes to a folder of its own, outside of the workspace."""

import os
from pathlib import Path

import pytest

from tracemill.base.errors import PolicyError, UsageError
from tracemill.flows.destinations import make_folder, new_folder, require_elsewhere
from tracemill.store.workspace import Workspace


def test_a_new_or_empty_folder_is_taken(tmp_path: Path) -> None:
    assert new_folder(tmp_path) == tmp_path
    assert new_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"


def test_a_folder_that_holds_something_is_taken_by_force_alone(tmp_path: Path) -> None:
    (tmp_path / "held").touch()

    with pytest.raises(UsageError, match=r"is not empty; name a new or empty folder$"):
        new_folder(tmp_path)
    with pytest.raises(UsageError, match="or add --force"):
        new_folder(tmp_path, is_forced=False)
    assert new_folder(tmp_path, is_forced=True) == tmp_path


@pytest.mark.parametrize("is_forced", [None, False, True])
def test_a_file_is_no_folder(is_forced: bool | None, tmp_path: Path) -> None:
    (tmp_path / "held").touch()

    with pytest.raises(UsageError, match="is not a folder"):
        new_folder(tmp_path / "held", is_forced=is_forced)


def test_nothing_is_written_into_the_workspace(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    (tmp_path / "link").symlink_to(workspace.root)

    require_elsewhere(workspace, tmp_path / "workspace-2")
    for inside in (workspace.root, workspace.root / "a", tmp_path / "link" / "a"):
        with pytest.raises(PolicyError, match=r"is in the workspace, .*; name a folder elsewhere"):
            require_elsewhere(workspace, inside, ", which is kept")


@pytest.mark.parametrize("below", ["", "new", "new/er"])
def test_a_folder_that_nobody_may_write_to_is_named_before_anything_is_made(
    below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    monkeypatch.setattr(os, "access", lambda place, _: place != closed)  # root may write anywhere

    for make in (new_folder, make_folder):
        with pytest.raises(UsageError, match=r"may write to '.*/closed', and you may not; change"):
            make(closed / below)
    assert list(closed.iterdir()) == []
