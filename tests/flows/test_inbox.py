"""Captured events on their way from the inbox into the store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.capture import emit
from tracemill.flows.executors.local import Local
from tracemill.flows.ingest import Ingest
from tracemill.flows.results import RunResult
from tracemill.flows.wheel.turn import Options, plan_turn, read_only
from tracemill.records.events.captured import Captured
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def sync(workspace: Workspace, *places: Path) -> RunResult:
    home = {"CLAUDE_CONFIG_DIR": "/none", "CODEX_HOME": "/none"}
    return read_only(workspace, places, home, Options(workers=1), lambda _: None)


def told(workspace: Workspace) -> list[object]:
    events = Lake(workspace.lake).records(TABLES["events"])
    return sorted(event.payload["n"] for event in events if isinstance(event, Captured))


def test_events_are_read_whatever_else_is_named(workspace: Workspace, tmp_path: Path) -> None:
    write_session(tmp_path / "in", "s1", 1)
    emit("note", {"n": 1}, workspace=workspace.root)
    sync(workspace, tmp_path / "in")
    emit("note", {"n": 2}, workspace=workspace.root)
    result = sync(workspace, tmp_path / "in")

    assert told(workspace) == [1, 2]
    assert result.inputs == {"read": 1, "unchanged": 1}


def test_events_alone_are_no_reason_for_the_bundled_example(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    emit("note", {"n": 1}, workspace=workspace.root)

    assert not plan_turn(workspace, [], {}).is_example
    assert not sync(workspace).is_example


def test_a_secret_in_an_event_stays_in_the_vault(workspace: Workspace) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    emit("note", {"n": 1, "said": f"token {secret}"}, workspace=workspace.root)
    sync(workspace, workspace.inbox)

    outside = [path for path in workspace.root.rglob("*") if path.is_file()]
    outside = [path for path in outside if workspace.vault not in path.parents]
    assert outside
    assert not any(secret.encode() in path.read_bytes() for path in outside)


def test_past_days_leave_the_inbox_once_they_are_archived(workspace: Workspace) -> None:
    emit("note", {"n": 1}, workspace=workspace.root)
    (today,) = workspace.inbox.iterdir()
    past = today.rename(workspace.inbox / "2026-01-01.jsonl")
    emit("note", {"n": 2}, workspace=workspace.root)
    sync(workspace)

    assert not past.exists()
    assert today.exists()
    assert told(workspace) == [1, 2]
    sync(workspace)
    assert told(workspace) == [1, 2]


def test_a_past_day_that_is_not_archived_as_it_stands_stays(workspace: Workspace) -> None:
    emit("note", {"n": 1}, workspace=workspace.root)
    sync(workspace)
    (today,) = workspace.inbox.iterdir()
    past = today.rename(workspace.inbox / "2026-01-01.jsonl")
    with Ingest(workspace) as ingest:
        ingest.clear_inbox(datetime(2026, 3, 1, tzinfo=UTC))

    assert past.exists()


def test_an_event_that_comes_while_others_are_read_is_read_next_time(workspace: Workspace) -> None:
    emit("note", {"n": 1}, workspace=workspace.root)
    with workspace.writing(), Ingest(workspace) as ingest:
        plan = ingest.plan([workspace.inbox])
        emit("note", {"n": 2}, workspace=workspace.root)
        result = ingest.run(plan, Local(1, workspace.scratch), lambda _: None)
    emit("note", {"n": 3}, workspace=workspace.root)

    assert result.failures == ()
    assert sync(workspace).failures == ()
    assert told(workspace) == [1, 2, 3]
