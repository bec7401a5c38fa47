"""What takes long to import is imported by commands that need it, and by no others."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.cli.app import call

REDACTION = "tracemill.redact.redactor"
GIT = "tracemill.base.git.process"
HEAVY = ("cyclopts", "hyperscan", "numpy", "pyarrow", "pyarrow.compute", REDACTION, GIT)
PROGRAM = f"""
import sys
from tracemill.cli import main
try:
    main(sys.argv[1:])
finally:
    sys.stderr.write("imported:" + ",".join(sorted({set(HEAVY)!r} & sys.modules.keys())))
"""


def imported_by(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr.rpartition("imported:")[2].split(",")


@pytest.fixture
def known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Read a session, and return the arguments with which there is nothing new."""
    write_session(tmp_path / "in", "s1", 2)
    arguments = [str(tmp_path / "in"), "--workspace", str(tmp_path / "workspace")]
    assert call(["run", *arguments]) == 0
    capsys.readouterr()
    return arguments


def test_a_run_without_news_imports_nothing_heavy(known: list[str]) -> None:
    assert imported_by("run", *known) == [""]


def test_status_imports_nothing_heavy(known: list[str]) -> None:
    assert imported_by("status", *known[1:]) == [""]


def test_a_run_with_news_shows_that_imports_are_seen(known: list[str], tmp_path: Path) -> None:
    write_session(tmp_path / "in", "s2", 1)

    assert {"pyarrow", REDACTION} <= set(imported_by("run", *known))


def test_a_run_over_sessions_alone_imports_no_git(known: list[str], tmp_path: Path) -> None:
    write_session(tmp_path / "in", "s2", 1)

    assert GIT not in imported_by("run", *known)


def test_a_longer_session_is_taken_in_without_arrows_functions(
    known: list[str], tmp_path: Path
) -> None:
    write_session(tmp_path / "in", "s1", 3)

    assert "pyarrow.compute" not in imported_by("run", *known)


def test_sync_does_without_numpy(known: list[str], tmp_path: Path) -> None:
    write_session(tmp_path / "in", "s1", 3)

    assert set(imported_by("sync", *known)) <= {"hyperscan", "pyarrow", REDACTION}
