"""Weeks that were missed get their reports, each once, and never more than a dozen."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tracemill.cli.app import call
from tracemill.flows.reports.reporting import write_missed
from tracemill.flows.written_reports import REPORTS
from tracemill.store.workspace import Workspace

MONDAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    from tracemill.capture import emit

    root = tmp_path_factory.mktemp("reporting")
    assert emit("gate", {"gate_id": "tests", "validation_result": "pass"}, workspace=root / "ws")
    assert call(["run", str(root), "--workspace", str(root / "ws"), "--quiet"]) in (0, 3, 4)
    return Workspace(root / "ws")


def names(paths: tuple[str, ...]) -> list[str]:
    return [Path(path).name for path in paths if path.endswith(".md")]


@pytest.mark.parametrize(
    ("last", "today", "written", "n_left"),
    [
        (None, MONDAY, 1, 0),
        (None, MONDAY + timedelta(days=6), 1, 0),
        (MONDAY - timedelta(days=7), MONDAY, 0, 0),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(days=6), 0, 0),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(days=7), 1, 0),
        (MONDAY - timedelta(days=28), MONDAY, 3, 0),
        (MONDAY - timedelta(days=7 * 20), MONDAY, 12, 7),
    ],
)
def test_whole_weeks_since_the_last_report(
    workspace: Workspace,
    tmp_path: Path,
    last: date | None,
    today: date,
    written: int,
    n_left: int,
) -> None:
    (tmp_path / "weekly_notes.md").write_text("of somebody")
    if last is not None:
        (tmp_path / f"weekly_{last}.md").write_text("there")
    found = write_missed(workspace, today, tmp_path)
    again = write_missed(workspace, today, tmp_path)

    assert [len(names(each.files)) for each in found.written] == [1] * written
    assert found.n_left == n_left
    assert again.written == ()
    if found.written:
        newest = today - timedelta(days=today.weekday() + 7)
        assert names(found.written[-1].files) == [f"weekly_{newest}.md"]


def test_the_command_says_what_it_wrote(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["report", "weekly", "--missed", "--date", "2026-03-04"]
    assert call([*arguments, "--workspace", str(workspace.root)]) == 0
    first = capsys.readouterr().out
    assert call([*arguments, "--workspace", str(workspace.root)]) == 0

    assert f"{REPORTS}/weekly_2026-02-23.md" in first
    assert "every whole week has its report" in capsys.readouterr().err
