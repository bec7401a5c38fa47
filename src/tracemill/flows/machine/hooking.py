"""Our hooks in an agent's settings file: shown before they are written, and taken out again.

The file may be a person's work of years and under version control. It is changed in one step,
where it really lies, with its mode, after a copy was put beside it; and not at all when it is
not plain JSON, or changes while we look at it.
"""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import UnknownNameError, UsageError
from tracemill.capture.agents import AGENTS, Agent, Hooks
from tracemill.capture.inbox import Inbox
from tracemill.capture.settings import hook_command, installed_events, with_hooks, without_hooks
from tracemill.flows.results import CaptureStatus, HookChange, HookStatus
from tracemill.store.workspace import Workspace, write_whole

_BACKUP: Final = ".bak"
_SHORT_NAMES: Final = {"claude": "claude-code"}


class Edit(NamedTuple):
    """A change of a settings file that is not written yet."""

    path: Path
    """Where the file lies, links followed."""
    before: bytes | None
    """What it holds; None where there is no such file."""
    after: bytes | None
    """What it is to hold; None where it is to hold what it does."""
    change: HookChange
    is_removal: bool = False
    """Whether the file goes: it was made for our hooks, and holds nothing without them."""


def plan_install(
    workspace: Workspace, name: str, home: Path, environment: Mapping[str, str]
) -> Edit:
    """Return the edit that puts our hooks into the settings of the agent `name`.

    Raises:
        UsageError: the agent has no hooks, or its settings are not what they should be.
    """
    agent, hooks = _agent(name)
    command = hook_command(sys.executable, agent, workspace.root)
    path = agent.home(home, environment) / hooks.settings
    before, settings = _read(path)
    edit = _edit(agent, path, before, settings, with_hooks(settings, hooks, command))
    return edit._replace(change=msgspec.structs.replace(edit.change, advice=hooks.advice))


def plan_uninstall(name: str, home: Path, environment: Mapping[str, str]) -> Edit:
    """Return the edit that takes our hooks out of the settings of the agent `name`.

    Raises:
        UsageError: the agent has no hooks, or its settings are not what they should be.
    """
    agent, hooks = _agent(name)
    path = agent.home(home, environment) / hooks.settings
    before, settings = _read(path)
    rest = without_hooks(settings)
    edit = _edit(agent, path, before, settings, rest)
    is_our_own = not rest and edit.after is not None and not _backups(edit.path)
    return edit._replace(is_removal=is_our_own)


def carry_out(edit: Edit, now: datetime) -> HookChange:
    """Write an edit, after a copy of the file was put beside it.

    Raises:
        UsageError: the file has changed since the edit was planned.
    """
    if edit.after is None:
        return edit.change
    before = edit.path.read_bytes() if edit.path.exists() else None
    if before != edit.before:
        raise UsageError(f"{str(edit.path)!r} has changed meanwhile; run the command again")
    if edit.is_removal:
        edit.path.unlink()
        return msgspec.structs.replace(edit.change, is_written=True)
    edit.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    backup = None
    mode = edit.path.stat().st_mode & 0o777 if before is not None else 0o600
    if before is not None:
        backup = edit.path.with_name(f"{edit.path.name}.{now:%Y%m%d-%H%M%S}{_BACKUP}")
        write_whole(backup, before)
        backup.chmod(mode)
    write_whole(edit.path, edit.after)
    edit.path.chmod(mode)
    return msgspec.structs.replace(
        edit.change, is_written=True, backup=str(backup) if backup else None
    )


def _backups(path: Path) -> list[Path]:
    """Return the copies that we put beside a file; where we made the file there is none."""
    return list(path.parent.glob(f"{escape(path.name)}.*{_BACKUP}"))


def read_capture_status(
    workspace: Workspace, home: Path, environment: Mapping[str, str]
) -> CaptureStatus:
    """Say which agents tell us of their sessions, and what waits to be read."""
    inbox = Inbox(str(workspace.inbox))
    return CaptureStatus(
        agents=tuple(
            _status(agent, agent.hooks, agent.home(home, environment))
            for agent in AGENTS
            if agent.hooks is not None
        ),
        inbox=inbox.folder,
        n_bytes=inbox.n_bytes(),
        dropped=inbox.dropped(),
    )


def _status(agent: Agent, hooks: Hooks, folder: Path) -> HookStatus:
    path = folder / hooks.settings
    _, settings = _read(path)
    commands = installed_events(settings)
    missing = [event for event in hooks.events if event not in commands]
    python = next(iter(commands.values()), "").partition(" -I ")[0].strip("'")
    return HookStatus(
        agent=agent.source,
        settings=str(path),
        events=tuple(commands),
        missing=tuple(missing),
        is_runnable=Path(python).exists() if python else None,
    )


def _agent(name: str) -> tuple[Agent, Hooks]:
    known = {agent.source: agent for agent in AGENTS if agent.hooks is not None}
    agent = known.get(_SHORT_NAMES.get(name, name))
    if agent is None or agent.hooks is None:
        raise UnknownNameError("agent", name, known)
    return agent, agent.hooks


def _read(path: Path) -> tuple[bytes | None, dict[str, Any]]:
    if not path.exists():
        return None, {}
    data = path.read_bytes()
    try:
        settings = json.loads(data or b"{}")
    except ValueError as error:
        raise UsageError(f"{str(path)!r} is not plain JSON: {error}; mend it first") from None
    if not isinstance(settings, dict):
        raise UsageError(f"expected an object in {str(path)!r}, found another shape")
    return data, settings


def _edit(
    agent: Agent, path: Path, before: bytes | None, settings: object, changed: object
) -> Edit:
    after = None
    diff = ""
    if changed != settings:
        after = json.dumps(changed, indent=2, ensure_ascii=False).encode() + b"\n"
        diff = _diff(before or b"", after, str(path))
    change = HookChange(
        agent=agent.source,
        settings=str(path),
        diff=diff,
        advice=None,
        is_written=False,
        backup=None,
    )
    return Edit(path.resolve(), before, after, change)


def _diff(before: bytes, after: bytes, name: str) -> str:
    lines = difflib.unified_diff(
        before.decode("utf-8", "replace").splitlines(),
        after.decode().splitlines(),
        name,
        f"{name} (new)",
        lineterm="",
    )
    return "\n".join(lines)
