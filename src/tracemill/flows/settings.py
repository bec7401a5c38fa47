"""The settings of a workspace, each with its origin; and changing them.

Settings are one file. It is changed whole: what a person wrote beside the values stays, and a text
that is no settings changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.ids import digest
from tracemill.records.privacy.settings import Settings
from tracemill.store.settings import NAME, parse_settings
from tracemill.store.workspace import Workspace, write_whole

_OWN_FILES: Final = {
    "checklist.toml": "what reviewers are asked",
    "context_windows.toml": "how much fits into the context of each model",
    "labels.toml": "how gates of a team are judged",
    "patterns.toml": "which patterns are looked for",
    "targets.toml": "what is hoped for, beside what is measured",
}
"""Files by which a workspace replaces what comes with the program."""


class Setting(NamedTuple):
    """One thing that can be set."""

    name: str
    """Its name, for example `retention.facts`."""
    value: str
    """What holds."""
    is_said: bool
    """Whether the file says it; otherwise it is the default."""


class OwnFile(NamedTuple):
    """A file that may stand in the workspace in place of one that comes with the program."""

    name: str
    says: str
    """What it is about."""
    is_there: bool


class ShownSettings(NamedTuple):
    """Everything that holds in a workspace."""

    path: str
    """The settings' file, whether it is there or not."""
    text: str
    """What it says; empty where there is none."""
    token: str
    """Stands for that text: whoever changes it names what they have seen."""
    settings: list[Setting]
    """Every setting."""
    fault: str | None
    """Why the file cannot be read."""
    files: list[OwnFile]
    """Other files of a workspace's own."""


def show_settings(workspace: Workspace) -> ShownSettings:
    """Return what holds in a workspace, and where it is said."""
    path = workspace.root / NAME
    text = _text(workspace)
    fault, settings = None, list[Setting]()
    try:
        settings = list(_settings(parse_settings(text, path), tomllib.loads(text)))
    except UsageError as error:
        fault = str(error)
    files = [
        OwnFile(name, says, is_there=(workspace.root / name).exists())
        for name, says in _OWN_FILES.items()
    ]
    return ShownSettings(str(path), text, digest(text.encode()), settings, fault, files)


def change_settings(workspace: Workspace, text: str, token: str) -> None:
    """Have the settings' file say `text`.

    Args:
        workspace: whose settings.
        text: the whole file.
        token: what stood for the text that the person has seen.

    Raises:
        UsageError: it is no settings, or the file was changed in the meantime; nothing is changed.
    """
    plain = text.replace("\r\n", "\n").rstrip("\n")
    plain = f"{plain}\n" if plain else ""
    path = workspace.root / NAME
    parse_settings(plain, path)
    if digest(_text(workspace).encode()) != token:
        raise UsageError(f"{str(path)!r} was changed in the meantime; look at it and try again")
    workspace.create()
    write_whole(path, plain.encode())


def _text(workspace: Workspace) -> str:
    try:
        return (workspace.root / NAME).read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _settings(settings: Settings, said: Mapping[str, Any]) -> Iterator[Setting]:
    for section in Settings.__struct_fields__:
        held = getattr(settings, section)
        for field in type(held).__struct_fields__:
            value = getattr(held, field)
            is_said = field in said.get(section, {})
            unsaid = "unknown" if section == "times" else "for good"
            yield Setting(f"{section}.{field}", _shown(value, unsaid), is_said)


def _shown(value: Any, unsaid: str) -> str:
    if value is None:
        return unsaid
    if isinstance(value, tuple):
        return "; ".join(_rule(each) for each in value) or "none"
    return str(value)


def _rule(rule: Any) -> str:
    fields = {name: value for name, value in msgspec.to_builtins(rule).items() if value}
    return ", ".join(f"{name} {value}" for name, value in fields.items())
