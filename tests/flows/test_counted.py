"""What metrics count is kept with the lists, and is what the lake would tell."""

import pytest

from tracemill.capture import emit
from tracemill.flows.analysis.process import read_work
from tracemill.flows.deriving.counting import counted_work
from tracemill.flows.deriving.facts import recorded_facts
from tracemill.flows.example_history import build_example
from tracemill.flows.held.counted import keep_counted
from tracemill.flows.wheel.turn import Options, turn
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("counted")
    made = Workspace(folder / "workspace")
    history = build_example(folder / "history")
    prompts = folder / "team" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "architect.md").write_text("# Contract\n\nWrite the contract first.\n")
    emit("escalation", {"reason": "stuck"}, session="s1", workspace=made.root)
    nothing_else = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    turn(made, [history.root, folder / "team"], nothing_else, Options(workers=1), lambda _: None)
    return made


def test_what_is_kept_is_what_the_lake_tells(workspace: Workspace) -> None:
    kept = read_work(workspace)
    assert kept == counted_work(recorded_facts(Lake(workspace.lake)))
    assert kept.sessions
    assert any(session.recoveries for session in kept.sessions)
    assert kept.episodes
    assert kept.reports
    assert kept.texts


def test_no_figure_opens_the_lake(workspace: Workspace) -> None:
    away = workspace.root / "away"
    workspace.lake.rename(away)
    try:
        assert read_work(workspace).sessions
    finally:
        away.rename(workspace.lake)


def test_what_was_read_since_is_counted_too(workspace: Workspace) -> None:
    kept = read_work(workspace)
    with Index(workspace.index) as index:
        key = index.state("derived") or ""
        index.replace("counted_session", [])
        index.note(derived="")
    try:
        assert read_work(workspace) == kept
    finally:
        with Index(workspace.index) as index:
            keep_counted(index, kept)
            index.note(derived=key)


def test_what_other_rules_kept_is_gathered_once_more(workspace: Workspace) -> None:
    kept = read_work(workspace)
    with Index(workspace.index) as index:
        index.replace("counted_session", [])
        index.note(counted="0")
    try:
        assert read_work(workspace) == kept
    finally:
        with Index(workspace.index) as index:
            keep_counted(index, kept)
