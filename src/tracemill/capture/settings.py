"""Our hooks among a person's settings: put in, found, and taken out, all else untouched.

Pure: settings in, settings out. A hook is ours when its command runs our script, whatever
Python and whatever copy of it; so an older installation is found and replaced too.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tracemill.base.errors import UsageError
from tracemill.capture.agents import Agent, Hooks

_SCRIPT: Final = Path(__file__).with_name("hook.py")
_MARK: Final = f"{Path(*_SCRIPT.parts[-3:])}"
_TIMEOUT_S: Final = 10


def hook_command(python: str, agent: Agent, workspace: Path) -> str:
    """Return what an agent is to run."""
    return shlex.join([python, "-I", "-S", str(_SCRIPT), agent.source, str(workspace)])


def with_hooks(settings: Mapping[str, Any], hooks: Hooks, command: str) -> dict[str, Any]:
    """Return `settings` with our hook at each of the events, once.

    Raises:
        UsageError: the settings hold something else where hooks should stand.
    """
    changed = without_hooks(settings)
    events = dict(changed.get("hooks", {}))
    for event in hooks.events:
        entry: dict[str, Any] = {"type": "command", "command": command, "timeout": _TIMEOUT_S}
        if event in hooks.background:
            entry["async"] = True
        events[event] = [*events.get(event, []), {"hooks": [entry]}]
    return {**changed, "hooks": events}


def without_hooks(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return `settings` without our hooks, and without what is empty once they are gone.

    Raises:
        UsageError: the settings hold something else where hooks should stand.
    """
    events: dict[str, list[Any]] = {}
    is_ours_gone = False
    for event, groups in _events(settings).items():
        kept = [_without_ours(group) for group in groups]
        is_ours_gone |= kept != groups
        rest = [group for group, before in zip(kept, groups, strict=True) if group or not before]
        if rest or kept == groups:
            events[event] = rest
    if not is_ours_gone:
        return dict(settings)
    if events:
        return {**settings, "hooks": events}
    return {key: value for key, value in settings.items() if key != "hooks"}


def installed_events(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return our commands, by the events at which they run."""
    return {
        event: str(hook["command"])
        for event, groups in _events(settings).items()
        for group in groups
        for hook in _hooks_of(group)
        if _is_ours(hook)
    }


def _events(settings: Mapping[str, Any]) -> dict[str, list[Any]]:
    events = settings.get("hooks", {})
    if not isinstance(events, dict) or not all(isinstance(g, list) for g in events.values()):
        raise UsageError(
            "expected 'hooks' to be an object with a list for each event, found another shape; "
            "mend it, or move it aside"
        )
    return events


def _hooks_of(group: Any) -> Iterator[Any]:
    hooks = group.get("hooks") if isinstance(group, dict) else None
    yield from hooks if isinstance(hooks, list) else ()


def _without_ours(group: Any) -> Any:
    """Return a group of hooks without ours, or nothing where no other is left."""
    if not any(_is_ours(hook) for hook in _hooks_of(group)):
        return group
    rest = [hook for hook in _hooks_of(group) if not _is_ours(hook)]
    return {**group, "hooks": rest} if rest else None


def _is_ours(hook: Any) -> bool:
    command = hook.get("command") if isinstance(hook, dict) else None
    return isinstance(command, str) and _MARK in command
