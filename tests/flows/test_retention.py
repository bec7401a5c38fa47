"""How long sessions have left, as `doctor` says it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.sessions import write_session
from tracemill.flows.machine.retention import look_at_agents, retention_check, sessions_check
from tracemill.flows.results import AgentSessions
from tracemill.flows.wheel.turn import Options, read_only
from tracemill.store.workspace import Workspace

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, age_days in (("old", 26.5), ("new", 1.0)):
        path = write_session(tmp_path / "home" / ".claude" / "projects" / "p", name, 1)
        moment = (NOW - timedelta(days=age_days)).timestamp()
        os.utime(path, (moment, moment))
    (tmp_path / "home" / ".codex" / "sessions").mkdir(parents=True)
    return tmp_path / "home"


def look(home: Path) -> dict[str, AgentSessions]:
    workspace = Workspace(home / "workspace")
    return {found.agent: found for found in look_at_agents(workspace, home, {}, NOW)}


def test_the_oldest_session_has_its_days_counted_down(home: Path) -> None:
    claude = look(home)["Claude Code"]

    assert (claude.n_files, claude.kept_days, claude.days_left, claude.n_going) == (2, 30, 3, 1)
    assert claude.n_waiting == 2


def test_what_goes_soon_is_a_warning_until_it_is_archived(home: Path) -> None:
    before = retention_check(look(home)["Claude Code"])
    read_only(
        Workspace(home / "workspace"), [home / ".claude"], {}, Options(workers=1), lambda _: None
    )
    after = retention_check(look(home)["Claude Code"])

    assert before.status == "warn"
    assert "3 days left, 1 goes within a week: archive them now" in before.detail
    assert 'set "cleanupPeriodDays": 3650 in' in before.detail
    assert after.status == "ok"
    assert "all are archived" in after.detail


def test_a_longer_time_in_the_settings_is_no_warning(home: Path) -> None:
    (home / ".claude" / "settings.json").write_text('{"cleanupPeriodDays": 3650}')
    check = retention_check(look(home)["Claude Code"])

    assert check.status == "ok"
    assert "3,623 days left" in check.detail


def test_an_agent_that_deletes_nothing_is_said_to(home: Path) -> None:
    codex = look(home)["Codex"]

    assert codex.kept_days is None
    assert "until you delete them" in retention_check(codex).detail
    assert "Codex: 0 files, 0 bytes in" in sessions_check(codex, NOW).detail
