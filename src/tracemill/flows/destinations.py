"""Folders that something is written to: new or empty ones, and never within the workspace."""

from __future__ import annotations

import os
from pathlib import Path

from tracemill.base.errors import PolicyError, UsageError
from tracemill.base.named_files import expanded
from tracemill.store.workspace import Workspace


def new_folder(to: Path, *, is_forced: bool | None = None) -> Path:
    """Return the whole path of a folder to write.

    Args:
        to: The folder.
        is_forced: Whether what it holds does not matter; None where nobody can say so.

    Raises:
        UsageError: it is a file, holds something already, or cannot be written to.
    """
    to = expanded(to).absolute()
    require_writable(to)
    if to.exists() and not to.is_dir():
        raise UsageError(f"{str(to)!r} is not a folder; name one that is new or empty")
    if not is_forced and to.is_dir() and any(to.iterdir()):
        forced = "" if is_forced is None else ", or add --force to write into it"
        raise UsageError(f"{str(to)!r} is not empty; name a new or empty folder{forced}")
    return to


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder that somebody named, with all above it, where it is not there.

    Raises:
        UsageError: something else stands there, or above it, or it cannot be written to.
    """
    require_writable(folder)
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(
            f"cannot make the folder {str(folder)!r}: a file stands in its place; name another one"
        ) from error


def require_writable(to: Path) -> None:
    """Make sure that a place can be written to, before anything is made for it.

    Raises:
        UsageError: it cannot, or the nearest folder above it that is there cannot.
    """
    there = next((place for place in (to, *to.absolute().parents) if place.exists()), to)
    if there.exists() and not os.access(there, os.W_OK | (os.X_OK if there.is_dir() else 0)):
        raise UsageError(
            f"cannot write to {str(to)!r}: expected that you may write to {str(there)!r}, and you "
            "may not; change its permissions, or name another place"
        )


def require_elsewhere(workspace: Workspace, to: Path, why: str = "") -> None:
    """Make sure that something is not written into the workspace.

    Raises:
        PolicyError: it would be; `why` says what speaks against that.
    """
    if to.resolve().is_relative_to(workspace.root.resolve()):
        raise PolicyError(f"{str(to)!r} is in the workspace{why}; name a folder elsewhere")
