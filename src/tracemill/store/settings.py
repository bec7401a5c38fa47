"""The settings of a workspace: one file, `tracemill.toml`, read whole or refused.

A key that nobody knows is a setting that would not hold, so it is an error and no warning.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.ids import digest
from tracemill.base.loading import later
from tracemill.records.privacy.settings import Consent, Settings
from tracemill.store.workspace import Workspace, write_whole

tomllib: Final = later("tomllib")
NAME: Final = "tracemill.toml"
_AT: Final = re.compile(r" - at `\$\.?(?P<where>[^`]*)`")


def read_settings(workspace: Workspace) -> Settings:
    """Return the settings of a workspace; the defaults where there is no file.

    Raises:
        UsageError: the file says something that no setting is.
    """
    path = workspace.root / NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise UsageError(f"{str(path)!r} is no TOML: {error}; nothing was done") from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """Return what the text of a settings file says.

    Raises:
        UsageError: it says something that no setting is.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Settings)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{str(path)!r} is no TOML: {error}; nothing was done") from error
    except msgspec.ValidationError as error:
        raise UsageError(_explained(path, str(error))) from error


def is_new(workspace: Workspace, consent: Consent) -> bool:
    """Tell whether inputs were read under other consent settings than these."""
    try:
        held = _held(workspace).read_text()
    except FileNotFoundError:
        held = consent_digest(Consent())
    return held != consent_digest(consent)


def note_consent(workspace: Workspace, consent: Consent) -> None:
    """Remember under which consent settings everything was read."""
    write_whole(_held(workspace), consent_digest(consent).encode())


def consent_digest(consent: Consent) -> str:
    """Identify consent settings."""
    return digest(msgspec.json.encode(consent))


def _held(workspace: Workspace) -> Path:
    return workspace.vault / "consent.digest"


def _explained(path: Path, said: str) -> str:
    found = _AT.search(said)
    where = found["where"] if found else ""
    what = _AT.sub("", said)
    at = f" at {where!r}" if where else ""
    return f"{str(path)!r}{at}: {what}; see docs/privacy.md for what can be set; nothing was done"
