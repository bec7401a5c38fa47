"""What `doctor` says of live capture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracemill.capture import emit
from tracemill.flows.machine.doctor import examine
from tracemill.flows.results import Check
from tracemill.store.workspace import Workspace


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    folder = tmp_path / "claude"
    folder.mkdir()
    return folder


def check(tmp_path: Path, claude: Path) -> Check:
    environment = {"CLAUDE_CONFIG_DIR": str(claude), "CODEX_HOME": str(tmp_path / "codex")}
    found = examine(Workspace(tmp_path / "workspace"), environment)
    return next(check for check in found.checks if check.name == "capture")


def test_nothing_captured_is_no_warning(tmp_path: Path, claude: Path) -> None:
    found = check(tmp_path, claude)

    assert found.status == "ok"
    assert "no agent tells of its sessions; 0 bytes of events wait" in found.detail


def test_dropped_events_are_a_warning(tmp_path: Path, claude: Path) -> None:
    assert not emit("note", {"x": object()}, workspace=tmp_path / "workspace")
    found = check(tmp_path, claude)

    assert found.status == "warn"
    assert found.detail.endswith("events were dropped: not_json 1")


def test_settings_that_cannot_be_read_are_named(tmp_path: Path, claude: Path) -> None:
    (claude / "settings.json").write_text("{")
    found = check(tmp_path, claude)

    assert found.status == "warn"
    assert "is not plain JSON" in found.detail


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("", "kept unredacted"),
        ('[consent]\ndefault = "redacted"\n', "none is kept"),
        ('[consent]\ndefault = "everything"\n', "consent.default"),
    ],
)
def test_whether_originals_are_kept_is_said_with_how_to_keep_none(
    tmp_path: Path, settings: str, said: str
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    (workspace.root / "tracemill.toml").write_text(settings)

    found = next(c for c in examine(workspace, {}).checks if c.name == "originals")

    assert said in found.detail
    assert str(workspace.root / "tracemill.toml") in found.detail
    assert found.status == ("fail" if "everything" in settings else "ok")
