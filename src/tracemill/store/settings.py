"""The settings of a workspace: one file, `tracemill.toml`, read whole or refused.

A key that nobody knows is a setting that would not hold, so it is an error and no warning.
"""

from __future__ import annotations

import re
from datetime import tzinfo
from pathlib import Path
from typing import Final

import msgspec

from tracemill.base.errors import UsageError
from tracemill.base.ids import digest
from tracemill.base.loading import later
from tracemill.records.privacy.settings import Consent, Settings, Times
from tracemill.store.workspace import Workspace, write_whole

tomllib: Final = later("tomllib")
NAME: Final = "tracemill.toml"
_ZONE: Final = "zone"
_OF_MACHINES: Final = frozenset({"localtime", "posixrules"})
"""Names that mean another zone on each machine, so that the same input would give other records."""
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
        settings = msgspec.convert(tomllib.loads(text), Settings)
    except RecursionError as error:
        raise UsageError(f"{str(path)!r} is no TOML: nested too deep; nothing was done") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{str(path)!r} is no TOML: {error}; nothing was done") from error
    except msgspec.ValidationError as error:
        raise UsageError(_explained(path, str(error))) from error
    except ValueError as error:  # of Python's own
        raise UsageError(
            f"{str(path)!r} is no TOML: a number is too long; nothing was done"
        ) from error
    if zone_of(settings.times) is None and settings.times.zone is not None:
        raise UsageError(
            f"{str(path)!r} at 'times.zone': expected a zone such as Europe/Berlin or UTC, found "
            f"{settings.times.zone!r}; nothing was done"
        )
    return settings


def zone_of(times: Times) -> tzinfo | None:
    """Return the zone of times that tell none; None where nobody said, or there is no such zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if times.zone in _OF_MACHINES:
        return None
    try:
        return ZoneInfo(times.zone) if times.zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_other_zone(workspace: Workspace, times: Times) -> bool:
    """Tell whether inputs were read as of another zone than this."""
    try:
        held = (workspace.vault / _ZONE).read_text("utf-8")
    except FileNotFoundError:
        held = ""
    return held != (times.zone or "")


def note_zone(workspace: Workspace, times: Times) -> None:
    """Remember as of which zone everything was read."""
    write_whole(workspace.vault / _ZONE, (times.zone or "").encode())


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


def forget_consent(workspace: Workspace) -> None:
    """Have it taken, until it is noted again, that inputs were read under other settings."""
    write_whole(_held(workspace), b"")


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
