r"""Places as logs name them: folders of this machine, and of Windows wherever a log is read.

`C:\Users\ada` is no path to a machine with slashes, and still where a session ran that was brought
from elsewhere. Windows tells neither capitals from small letters nor its two slashes apart, and
agents there write both.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

from tracemill.base.named_files import expanded

_OF_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\/]")


def is_of_windows(place: str) -> bool:
    """Tell whether a path begins with a drive of Windows, or with a machine of its network."""
    return _OF_WINDOWS.match(place) is not None


def absolute_place(named: str) -> str:
    """Return the whole path of a place that a person named, without slashes behind it."""
    if not is_of_windows(named):
        return str(expanded(named).absolute())
    place = named.rstrip("\\/")
    return f"{place}\\" if place.endswith(":") else place


def folder_and_name(path: str) -> tuple[str, str]:
    """Return the folder that a path lies in, empty for none, and its own name."""
    if not is_of_windows(path):
        folder, _, name = path.rstrip("/").rpartition("/")
        return folder, name
    path = path.rstrip("\\/")
    at = max(path.rfind("/"), path.rfind("\\"))
    folder = path[: max(at, 0)]
    return f"{folder}\\" if folder.endswith(":") else folder, path[at + 1 :]


def pure_place(place: str) -> PurePath:
    """Return a place taken apart as the system does that it is of."""
    return PureWindowsPath(place) if is_of_windows(place) else Path(place)


def one_spelling(place: str) -> str:
    """Return a place in the one form that all spellings of it share; no other path changes."""
    return place.replace("\\", "/").casefold() if is_of_windows(place) else place


def is_at(path: str, place: str) -> bool:
    """Tell whether a path is a place, or lies below it."""
    path, place = one_spelling(path), one_spelling(place).rstrip("/")
    return path != "" and (path.rstrip("/") == place or path.startswith(f"{place}/"))
