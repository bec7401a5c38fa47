"""How far into their sessions a version's examples reach is counted from what is held."""

from __future__ import annotations

import json

import pytest

from tests.flows.sessions import write_session
from tracemill.base.errors import NotFoundError
from tracemill.cli.app import call
from tracemill.flows.analysis.reach import read_reach
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("reach")
    write_session(folder / "in", "5e551000", 4)
    made = Workspace(folder / "workspace")
    turn(made, [folder / "in"], {}, Options(workers=1), lambda _: None)
    return made


def test_every_example_ends_in_a_quarter_and_in_a_window(workspace: Workspace) -> None:
    found = read_reach(workspace, "chat")

    assert found.n > 0
    assert sum(found.positions.values()) == sum(found.windows.values()) == found.n
    assert found.positions["last quarter"] >= 1
    assert found.windows == {"under 8k": found.n}


def test_steps_that_are_held_no_more_are_unknown(workspace: Workspace) -> None:
    (lineage,) = (workspace.root / "datasets" / "chat").glob("*/lineage.jsonl")
    told = lineage.read_text()
    rows = [json.loads(line) for line in told.splitlines()]
    rows[0]["lineage"][-1]["trajectory_id"] = "traj_gone"
    lineage.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    try:
        found = read_reach(workspace, "chat")
    finally:
        lineage.write_text(told)
    assert found.positions["unknown"] == found.windows["unknown"] == 1


def test_the_command_says_it(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(workspace.root)]
    assert call(["dataset", "show", "--reach", *place]) == 0
    assert "Ends in" in capsys.readouterr().out
    assert call(["dataset", "show", "--reach", "--json", *place]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "tracemill.reach/1"
    with pytest.raises(NotFoundError):
        read_reach(workspace, "none")
