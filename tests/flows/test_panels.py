"""The four figures say what the lists say, and leave out what nobody knows."""

import json
from pathlib import Path

import pytest

from tracemill.base.errors import NotFoundError
from tracemill.flows.example_history import build_example
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.results import EpisodeRow, SessionRow
from tracemill.flows.views.panels import read_panels
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.workspace import Workspace


def test_nothing_is_counted_where_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_panels(Workspace(tmp_path))


def test_nobody_knows_of_refusals_and_stops_where_no_log_tells_of_them(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    said = [{"role": "user", "content": "Sum up."}, {"role": "assistant", "content": "Done."}]
    (tmp_path / "chats.jsonl").write_text(
        json.dumps({"messages": said, "created_at": "2026-03-01T12:00:00Z"})
    )
    turn(workspace, [tmp_path / "chats.jsonl"], {}, Options(workers=1), lambda _: None)
    (row,) = list_rows(workspace, "session", SessionRow, limit=0).rows

    assert (row.rejections, row.interruptions) == (None, None)
    assert read_panels(workspace).received == []


def test_the_figures_of_the_example_are_those_of_its_lists(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    history = build_example(tmp_path / "history")
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(workspace, [history.root], nothing_else, Options(workers=1), lambda _: None)
    panels = read_panels(workspace)

    sessions = list_rows(workspace, "session", SessionRow, limit=0).rows
    own = [row for row in sessions if not row.is_subagent]
    known = [row for row in own if row.outcome != "unknown"]
    n_achieved = sum(row.outcome == "achieved" for row in known)
    assert known
    assert sum(month.n for month in panels.right) == len(known)
    assert sum(month.value * month.n for month in panels.right) == pytest.approx(n_achieved)
    assert sum(month.value for month in panels.fast) == n_achieved
    assert sum(month.n for month in panels.received) == len(own)
    assert {row.rejections is None for row in own} == {False}
    episodes = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    assert sum(panels.good.values()) + panels.n_ungraded == len(episodes)
