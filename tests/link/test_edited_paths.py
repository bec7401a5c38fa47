"""By which name git knows a file that a session names in its own way."""

from __future__ import annotations

import pytest

from tests.trajectories import START, activity, commit, trajectory
from tracemill.link.authorship.edited_paths import edited_paths
from tracemill.link.commits.changes import ChangeIndex
from tracemill.records.events.event import FileChange
from tracemill.records.sessions.activity import EditedFile

KNOWN = ("README.md", "src/a.py", "src/b.py")
WINDOWS = "C:\\Users\\ada\\app"


def named(cwd: str | None, path: str) -> list[str]:
    files = tuple(FileChange(path=path, status="M") for path in KNOWN)
    made = commit("a" * 40, files=files)
    about = activity(edits=(EditedFile(path=path, at=(START,)),))
    index = ChangeIndex([made])
    return [path for path, _ in edited_paths(trajectory(cwd=cwd), about, made.origin.uri, index)]


@pytest.mark.parametrize(
    ("cwd", "path", "known"),
    [
        pytest.param("/srv/app", "/srv/app/README.md", ["README.md"], id="below the folder"),
        pytest.param("/srv/app", "src/a.py", ["src/a.py"], id="from the folder"),
        pytest.param(None, "README.md", ["README.md"], id="no folder is known"),
        pytest.param(WINDOWS, f"{WINDOWS}\\README.md", ["README.md"], id="of Windows"),
        pytest.param(WINDOWS, "src\\a.py", ["src/a.py"], id="of Windows, from the folder"),
        pytest.param(WINDOWS, "C:/Users/ada/app/README.md", ["README.md"], id="with slashes"),
        pytest.param("/srv/app", "/else/src\\a.py", [], id="a backslash in a name"),
        pytest.param("/srv/app", "/else/README.md", [], id="a name alone"),
    ],
)
def test_a_file_is_known_by_its_place(cwd: str | None, path: str, known: list[str]) -> None:
    assert named(cwd, path) == known
