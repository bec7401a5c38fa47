"""What the table of agents says of a machine."""

from pathlib import Path

import pytest

from tracemill.capture.agents import AGENTS, Retention
from tracemill.sources import SOURCES

NESTED = Retention(
    days=30,
    settings="settings.json",
    key=("general", "keep", "age"),
    keep='"3650d"',
    switch=("general", "keep", "on"),
)
FLAT = Retention(days=30, settings="settings.json", key=("days",), keep="3650")


@pytest.mark.parametrize(
    ("rule", "settings", "days"),
    [
        pytest.param(FLAT, None, 30, id="no settings"),
        pytest.param(FLAT, "{", 30, id="settings that are not JSON"),
        pytest.param(FLAT, "[]", 30, id="settings that are no object"),
        pytest.param(FLAT, '{"days": 90}', 90, id="days"),
        pytest.param(FLAT, '{"days": true}', 30, id="not a number"),
        pytest.param(NESTED, '{"general": {"keep": {"age": "2w"}}}', 14, id="weeks"),
        pytest.param(NESTED, '{"general": {"keep": {"age": "36h"}}}', 1.5, id="hours"),
        pytest.param(NESTED, '{"general": {"keep": {"age": "soon"}}}', 30, id="no age"),
        pytest.param(NESTED, '{"general": {"keep": {"on": false}}}', None, id="switched off"),
    ],
)
def test_the_settings_say_how_long_sessions_stay(
    rule: Retention, settings: str | None, days: float | None, tmp_path: Path
) -> None:
    if settings is not None:
        (tmp_path / "settings.json").write_text(settings)

    assert rule.days_kept(tmp_path) == days


def test_the_advice_is_the_edit_itself(tmp_path: Path) -> None:
    assert FLAT.advice(tmp_path) == f'set "days": 3650 in {tmp_path}/settings.json'
    assert NESTED.advice(tmp_path).startswith('set "general": {"keep": {"age": "3650d"}} in ')


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_every_agent_of_the_table_can_be_read(agent: object) -> None:
    assert getattr(agent, "source", None) in SOURCES.builtin


def test_a_variable_moves_an_agents_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "projects").mkdir(parents=True)
    claude = next(agent for agent in AGENTS if agent.source == "claude-code")

    assert claude.places(tmp_path, {}) == []
    assert claude.places(tmp_path, {"CLAUDE_CONFIG_DIR": str(tmp_path / "elsewhere")}) == [
        tmp_path / "elsewhere" / "projects"
    ]


def test_an_agent_within_an_editor_is_found_in_every_editor(tmp_path: Path) -> None:
    for editor in ("Code", "VSCodium"):
        tasks = tmp_path / ".config" / editor / "User/globalStorage/saoudrizwan.claude-dev/tasks"
        tasks.mkdir(parents=True)
    cline = next(agent for agent in AGENTS if agent.name == "Cline")

    assert len(cline.places(tmp_path, {})) == 2


def test_a_database_is_a_place_too(tmp_path: Path) -> None:
    database = tmp_path / "opencode" / "opencode.db"
    database.parent.mkdir()
    database.write_bytes(b"")
    opencode = next(agent for agent in AGENTS if agent.source == "opencode")

    assert opencode.places(tmp_path, {"XDG_DATA_HOME": str(tmp_path)}) == [database]
