"""Where each agent keeps its sessions on a machine, and when it deletes them: one table.

Finding sessions, warning before they go, and capturing them live all go by this table. To add
an agent, add a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DAYS: Final[Mapping[str, float]] = {"h": 1 / 24, "d": 1, "w": 7, "m": 30}
_AGE: Final = re.compile(r"(\d{1,6})([hdwm])")


@dataclass(frozen=True)
class Retention:
    """How long an agent keeps a session after it was last written to."""

    days: float
    """How long where the settings say nothing."""
    settings: str
    """The settings file, below the agent's folder."""
    key: tuple[str, ...]
    """Where in the settings the time stands: days as a number, or an age such as `30d`."""
    keep: str
    """What to set there so that sessions stay for ten years, as JSON."""
    switch: tuple[str, ...] = ()
    """Where in the settings deleting can be switched off; empty where it cannot."""

    def days_kept(self, home: Path) -> float | None:
        """Return for how many days sessions are kept; None where none is ever deleted."""
        try:
            settings = json.loads((home / self.settings).read_bytes())
        except (OSError, ValueError):
            return self.days
        if self.switch and _look_up(settings, self.switch) is False:
            return None
        found = _look_up(settings, self.key)
        if isinstance(found, str) and (age := _AGE.fullmatch(found)):
            return int(age[1]) * _DAYS[age[2]]
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found)
        return self.days

    def advice(self, home: Path) -> str:
        """Return the edit that keeps the originals."""
        edit = self.keep
        for name in reversed(self.key[1:]):
            edit = f'{{"{name}": {edit}}}'
        return f'set "{self.key[0]}": {edit} in {home / self.settings}'


@dataclass(frozen=True)
class Hooks:
    """Where an agent is told what to run, and at which of its events we want to be run."""

    settings: str
    """The file, below the agent's folder."""
    events: tuple[str, ...]
    """Moments at which a session's log has changed as a whole; never a tool call, which would
    make the agent wait for us hundreds of times."""
    background: frozenset[str] = frozenset()
    """Those at which the agent need not wait for us at all."""
    advice: str | None = None
    """What a person must do besides."""


@dataclass(frozen=True)
class Agent:
    """One agent, and its place on a machine."""

    name: str
    """As people call it."""
    source: str
    """The source that reads its sessions."""
    variable: str | None
    """Environment variable that names its folder."""
    folder: str
    """Its folder below the home folder, where the variable is not set."""
    sessions: tuple[str, ...]
    """Folders and files of sessions below it, as patterns."""
    retention: Retention | None = None
    """When it deletes sessions; None where it keeps them until a person deletes them."""
    hooks: Hooks | None = None
    """How it tells us that a session changed; None where it cannot."""

    def home(self, home: Path, environment: Mapping[str, str]) -> Path:
        """Return its folder for the person whose home folder is `home`."""
        named = environment.get(self.variable) if self.variable else None
        return Path(named) if named else home / self.folder

    def places(self, home: Path, environment: Mapping[str, str]) -> list[Path]:
        """Return the folders and files of sessions that there are."""
        root = self.home(home, environment)
        found = (path for pattern in self.sessions for path in sorted(root.glob(pattern)))
        return [path for path in found if path.exists()]


_EDITORS: Final = (
    ".config/*/User",
    "Library/Application Support/*/User",
    "AppData/Roaming/*/User",
    ".vscode-server*/data/User",
)
"""Where editors of the VS Code family keep what belongs to a person."""


def _tasks_of(extension: str) -> tuple[str, ...]:
    return tuple(f"{editor}/globalStorage/{extension}/tasks" for editor in _EDITORS)


AGENTS: Final = (
    Agent(
        name="Claude Code",
        source="claude-code",
        variable="CLAUDE_CONFIG_DIR",
        folder=".claude",
        sessions=("projects",),
        retention=Retention(
            days=30, settings="settings.json", key=("cleanupPeriodDays",), keep="3650"
        ),
        hooks=Hooks(
            settings="settings.json",
            events=(
                "SessionStart",
                "Stop",
                "StopFailure",
                "SubagentStop",
                "PreCompact",
                "SessionEnd",
            ),
            background=frozenset({"SessionStart", "Stop", "StopFailure", "SubagentStop"}),
        ),
    ),
    Agent(
        name="Codex",
        source="codex",
        variable="CODEX_HOME",
        folder=".codex",
        sessions=("sessions", "archived_sessions"),
        hooks=Hooks(
            settings="hooks.json",
            events=("SessionStart", "Stop"),
            advice="Codex runs a new hook only once you trust it: open /hooks in Codex",
        ),
    ),
    Agent(
        name="Copilot CLI",
        source="copilot-cli",
        variable=None,
        folder=".copilot",
        sessions=("session-state",),
    ),
    Agent(
        name="OpenCode",
        source="opencode",
        variable="XDG_DATA_HOME",
        folder=".local/share",
        sessions=("opencode/opencode*.db", "opencode/storage"),
    ),
    Agent(
        name="pi",
        source="pi",
        variable="PI_CODING_AGENT_DIR",
        folder=".pi/agent",
        sessions=("sessions",),
    ),
    Agent(
        name="OpenClaw",
        source="openclaw",
        variable=None,
        folder=".openclaw",
        sessions=("agents/*/sessions",),
    ),
    Agent(
        name="Gemini CLI",
        source="gemini-cli",
        variable=None,
        folder=".gemini",
        sessions=("tmp/*/chats",),
        retention=Retention(
            days=30,
            settings="settings.json",
            key=("general", "sessionRetention", "maxAge"),
            keep='"3650d"',
            switch=("general", "sessionRetention", "enabled"),
        ),
    ),
    Agent(
        name="Cursor",
        source="cursor",
        variable=None,
        folder=".",
        sessions=(
            ".cursor/projects/*/agent-transcripts",
            ".cursor/chats",
            *(
                f"{editor.replace('*', 'Cursor')}/globalStorage/state.vscdb"
                for editor in _EDITORS[:3]
            ),
        ),
    ),
    *(
        Agent(
            name=name,
            source="cline-task",
            variable=None,
            folder=".",
            sessions=_tasks_of(extension),
        )
        for name, extension in (
            ("Cline", "saoudrizwan.claude-dev"),
            ("Roo Code", "rooveterinaryinc.roo-cline"),
            ("Kilo Code", "kilocode.kilo-code"),
        )
    ),
    Agent(
        name="OpenHands",
        source="openhands-folder",
        variable=None,
        folder=".openhands",
        sessions=("conversations",),
    ),
)
"""Every agent whose sessions are found without being named, in the order of asking."""


def _look_up(settings: object, key: tuple[str, ...]) -> object:
    for name in key:
        if not isinstance(settings, dict):
            return None
        settings = settings.get(name)
    return settings
