"""An agent's settings file, changed and changed back."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.flows.machine.hooking import (
    carry_out,
    plan_install,
    plan_uninstall,
    read_capture_status,
)
from tracemill.flows.results import HookChange
from tracemill.store.workspace import Workspace

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
BEFORE = '{\n  "model": "m-1",\n  "hooks": {\n    "Stop": []\n  }\n}\n'


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / ".claude" / "settings.json"
    path.parent.mkdir()
    path.write_text(BEFORE)
    path.chmod(0o640)
    return path


def install(home: Path, agent: str = "claude") -> HookChange:
    return carry_out(plan_install(Workspace(home / "workspace"), agent, home, {}), NOW)


def uninstall(home: Path, agent: str = "claude") -> HookChange:
    return carry_out(plan_uninstall(agent, home, {}), NOW)


def test_the_change_is_shown_before_anything_is_written(settings: Path, tmp_path: Path) -> None:
    edit = plan_install(Workspace(tmp_path / "workspace"), "claude", tmp_path, {})

    assert '+    "SessionEnd": [' in edit.change.diff
    assert not edit.change.is_written
    assert settings.read_text() == BEFORE
    assert list(settings.parent.iterdir()) == [settings]


def test_installing_keeps_a_copy_and_the_mode(settings: Path, tmp_path: Path) -> None:
    change = install(tmp_path)

    assert change.backup is not None
    assert Path(change.backup).read_text() == BEFORE
    assert stat.S_IMODE(settings.stat().st_mode) == 0o640
    assert json.loads(settings.read_text())["model"] == "m-1"


def test_installing_again_changes_nothing(settings: Path, tmp_path: Path) -> None:
    install(tmp_path)
    before = settings.read_bytes()
    change = install(tmp_path)

    assert (change.diff, change.is_written) == ("", False)
    assert settings.read_bytes() == before


def test_uninstalling_leaves_what_was_there(settings: Path, tmp_path: Path) -> None:
    settings.write_text('{\n  "model": "m-1"\n}\n')
    install(tmp_path)
    uninstall(tmp_path)

    assert settings.read_text() == '{\n  "model": "m-1"\n}\n'
    assert not uninstall(tmp_path).is_written


def test_uninstalling_takes_away_a_file_that_was_made_for_our_hooks(tmp_path: Path) -> None:
    install(tmp_path)
    change = uninstall(tmp_path)

    assert change.is_written
    assert change.backup is None
    assert not list((tmp_path / ".claude").iterdir())


@pytest.mark.parametrize("before", ["{}\n", ""])
def test_uninstalling_leaves_a_file_that_held_nothing_before(
    before: str, settings: Path, tmp_path: Path
) -> None:
    settings.write_text(before)
    install(tmp_path)
    uninstall(tmp_path)

    assert settings.read_text() == "{}\n"


def test_a_file_of_ours_in_which_somebody_else_wrote_is_left(tmp_path: Path) -> None:
    install(tmp_path)
    path = tmp_path / ".claude" / "settings.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "model": "m-2"}))
    uninstall(tmp_path)

    assert json.loads(path.read_text()) == {"model": "m-2"}


def test_a_link_stays_a_link(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    real = settings.rename(tmp_path / "dotfiles" / "settings.json")
    settings.symlink_to(real)
    install(tmp_path)

    assert settings.is_symlink()
    assert "hook.py" in real.read_text()


def test_without_settings_they_are_made_closed_to_others(tmp_path: Path) -> None:
    change = install(tmp_path, "codex")
    path = tmp_path / ".codex" / "hooks.json"

    assert change.backup is None
    assert change.advice is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(json.loads(path.read_text())["hooks"]) == {"SessionStart", "Stop"}


@pytest.mark.parametrize("text", ["{", "// mine\n{}", "[]"])
def test_settings_that_are_no_plain_json_are_left_alone(
    text: str, settings: Path, tmp_path: Path
) -> None:
    settings.write_text(text)

    with pytest.raises(UsageError, match=r"settings\.json"):
        install(tmp_path)
    assert settings.read_text() == text


def test_a_file_that_changes_meanwhile_is_left_alone(settings: Path, tmp_path: Path) -> None:
    edit = plan_install(Workspace(tmp_path / "workspace"), "claude", tmp_path, {})
    settings.write_text("{}")

    with pytest.raises(UsageError, match="has changed meanwhile"):
        carry_out(edit, NOW)
    assert settings.read_text() == "{}"


def test_an_agent_without_hooks_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="known: claude-code, codex"):
        install(tmp_path, "emacs")


def test_the_status_says_who_tells_us(settings: Path, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    before = {one.agent: one for one in read_capture_status(workspace, tmp_path, {}).agents}
    install(tmp_path)
    after = {one.agent: one for one in read_capture_status(workspace, tmp_path, {}).agents}

    assert before["claude-code"].events == ()
    assert (after["claude-code"].missing, after["claude-code"].is_runnable) == ((), True)
    assert after["codex"].events == ()
    settings.write_text(settings.read_text().replace("python", "nopython"))
    (found, _) = read_capture_status(workspace, tmp_path, {}).agents
    assert found.is_runnable is False
