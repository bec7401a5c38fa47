"""Which files of a repository a session edited, and when, by the names that git has for them.

The session may have run in another clone or work tree, so what matters is where a path lies below
the folder that it worked in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tracemill.link.commits.changes import ChangeIndex
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory

_WHOLE: Final = re.compile(r"[/~]|[A-Za-z]:/")
_OF_WINDOWS: Final = re.compile(r"[A-Za-z]:\\|[^/]*\\[^/]*\Z")
"""From a drive on, or with backslashes alone."""


def edited_paths(
    trajectory: Trajectory, activity: Activity, repository: str, index: ChangeIndex
) -> Iterator[tuple[str, tuple[datetime, ...]]]:
    """Yield the files that a session edited and that some commit changed, with the moments."""
    folder = with_slashes(trajectory.cwd or "").rstrip("/")
    for edit in activity.edits:
        path = _path_within(repository, folder, edit.path, index)
        if path is not None and edit.at:
            yield path, edit.at


def _path_within(repository: str, folder: str, named: str, index: ChangeIndex) -> str | None:
    """Return a path as git names it: below the folder, else the longest end of two or more names.

    Where no folder is known, a path that is not absolute may be git's own name.
    """
    path = with_slashes(named)
    if not folder and index.knows(repository, path):
        return path
    whole = path if _WHOLE.match(path) or not folder else f"{folder}/{path}"
    for root in (repository, folder):
        inner = whole.removeprefix(f"{root}/")
        if inner != whole and index.knows(repository, inner):
            return inner
    names = whole.split("/")
    ends = ("/".join(names[at:]) for at in range(len(names) - 1))
    return next((end for end in ends if index.knows(repository, end)), None)


def with_slashes(path: str) -> str:
    """Return a path of Windows with the slashes that git has, and any other as it is."""
    return path.replace("\\", "/") if _OF_WINDOWS.match(path) else path
