"""Weeks that were missed get their reports, each once, and never more than a dozen."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tracemill.cli.app import call
from tracemill.flows.reports.reporting import read_due, write_missed
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
        (MONDAY - timedelta(days=7), MONDAY, 0, 0),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(days=6), 0, 0),
        (MONDAY - timedelta(days=7), MONDAY + timedelta(days=7), 1, 0),
        (MONDAY - timedelta(days=21), MONDAY, 2, 0),
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


def three_projects(tmp_path: Path) -> Workspace:
    """Return what is held of three projects, each told of on a day of its own."""
    gate = {"gate_id": "tests", "gate_result": "pass"}
    told = [
        {**gate, "project_id": f"p{day}", "timestamp": f"2026-02-{day:02}T10:00:00Z"}
        for day in (9, 10, 11)
    ]
    place = tmp_path / "reports.jsonl"
    place.write_text("".join(json.dumps(each) + "\n" for each in told))
    assert call(["run", str(place), "--workspace", str(tmp_path / "ws"), "--quiet"]) in (0, 3)
    return Workspace(tmp_path / "ws")


@pytest.mark.parametrize(
    ("reported", "today", "n_since", "is_due"),
    [
        (None, MONDAY, 3, True),
        (date(2026, 2, 9), MONDAY, 2, True),
        (date(2026, 2, 10), MONDAY, 1, False),
        (date(2026, 2, 20), MONDAY, 0, False),
        (date(2026, 2, 20), date(2026, 3, 21), 0, False),
        (date(2026, 2, 20), date(2026, 3, 22), 0, True),
    ],
)
def test_learning_is_due_after_so_many_projects_or_a_month_whichever_comes_first(
    tmp_path: Path, reported: date | None, today: date, n_since: int, is_due: bool
) -> None:
    workspace = three_projects(tmp_path)
    if reported is not None:
        (tmp_path / f"training_{reported}.md").write_text("there")

    found = read_due(workspace, today, 2, tmp_path)

    assert (found.last, found.n_projects, found.is_due) == (reported, n_since, is_due)


def test_a_report_that_is_due_is_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = three_projects(tmp_path)
    asked = ["train", "--from-last-projects", "10", "--due", "--date", "2026-03-02"]

    assert [call([*asked, "--workspace", str(workspace.root)]) for _ in range(2)] == [0, 0]

    told = capsys.readouterr()
    assert told.out.count("training_2026-03-02.md") == 1
    assert "nothing to write yet: 0 of 10 projects worked on since 2026-03-02" in told.err


def test_a_month_has_the_name_that_teams_give_its_report(workspace: Workspace) -> None:
    place = ["--workspace", str(workspace.root)]
    assert call(["report", "monthly", "--date", "2026-03-04", *place]) == 0
    assert (workspace.root / REPORTS / "2026-03-learning_report.md").is_file()


def test_a_week_without_work_names_the_last_that_has_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(three_projects(tmp_path).root)]
    capsys.readouterr()
    assert call(["report", "weekly", "--date", "2026-03-30", *place]) == 0
    said = capsys.readouterr()
    following = said.err.partition("next: tracemill ")[2].split()

    assert "nothing is held of this time" in said.out
    assert following == ["report", "weekly", "--date", "2026-02-11"]
    assert call([*following, *place]) == 0
    assert "nothing is held of this time" not in capsys.readouterr().out
