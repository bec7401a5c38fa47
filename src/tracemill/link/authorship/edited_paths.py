"""Which files of a repository a session edited, and when, by the names that git has for them.

The session may have run in another clone or work tree, so what matters is where a path lies below
the folder that it worked in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tracemill.link.commits.changes import ChangeIndex
from tracemill.records.sessions.activity import Activity
from tracemill.records.sessions.trajectory import Trajectory


def edited_paths(
    trajectory: Trajectory, activity: Activity, repository: str, index: ChangeIndex
) -> Iterator[tuple[str, tuple[datetime, ...]]]:
    """Yield the files that a session edited and that some commit changed, with the moments."""
    for edit in activity.edits:
        path = _path_within(repository, trajectory.cwd, edit.path, index)
        if path is not None and edit.at:
            yield path, edit.at


def _path_within(repository: str, cwd: str | None, path: str, index: ChangeIndex) -> str | None:
    """Return a path as git names it: below the folder, else the longest end of two or more names.

    Where no folder is known, a path that is not absolute may be git's own name.
    """
    folder = (cwd or "").rstrip("/")
    if not folder and index.knows(repository, path):
        return path
    whole = path if path.startswith(("/", "~")) or not folder else f"{folder}/{path}"
    for root in (repository, folder):
        inner = whole.removeprefix(f"{root}/")
        if inner != whole and index.knows(repository, inner):
            return inner
    names = whole.split("/")
    ends = ("/".join(names[at:]) for at in range(len(names) - 1))
    return next((end for end in ends if index.knows(repository, end)), None)
