"""What fails most can be asked of a week, of a month, and of all that is held."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.sources.reading import jsonl
from tests.sources.team_reports.lines import LINES
from tracemill.base.errors import NotFoundError
from tracemill.cli.app import call
from tracemill.flows.analysis.failures import read_failure_stats
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("failures")
    days = ("2026-03-02", "2026-03-08", "2026-03-09", "2026-04-01")
    lines = [LINES["failure"] | {"timestamp": f"{day}T23:00:00Z"} for day in days]
    (folder / "in").mkdir()
    (folder / "in" / "failures.jsonl").write_bytes(jsonl(*lines))
    made = Workspace(folder / "workspace")
    turn(made, [folder / "in"], {}, Options(workers=1), lambda _: None)
    return made


@pytest.mark.parametrize(
    ("asked", "day", "n"),
    [
        ("week", date(2026, 3, 4), 2),
        ("week", date(2026, 3, 9), 1),
        ("month", date(2026, 3, 31), 3),
        ("month", date(2026, 4, 30), 1),
        ("all", date(2020, 1, 1), 4),
    ],
)
def test_a_range_holds_its_days_and_no_other(
    workspace: Workspace, asked: str, day: date, n: int
) -> None:
    assert read_failure_stats(workspace, asked, day).n == n  # type: ignore[arg-type]


def test_a_range_without_failures_says_so(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="from 2025-01-06 to 2025-01-12"):
        read_failure_stats(workspace, "week", date(2025, 1, 8))


def test_the_command_prints_tables_and_a_document(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(workspace.root)]
    assert call(["failure", "stats", "--range", "month", "--date", "2026-03-01", *place]) == 0
    said = capsys.readouterr().out
    assert "By severity" in said
    assert "code_error" in said
    assert call(["failure", "stats", "--json", *place]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == "tracemill.failure-stats/1"
    assert found["patterns"][0]["retries"] == {"n": 4, "mean": 2.0, "highest": 2.0}
    assert call(["failure", "stats", "--date", "soon", "--range", "week", *place]) == 2
    assert call(["pattern", "practices", *place]) == 3
