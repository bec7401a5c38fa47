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
    """Return the whole path of a place that a person named."""
    return named if is_of_windows(named) else str(expanded(named).absolute())


def pure_place(place: str) -> PurePath:
    """Return a place taken apart as the system does that it is of."""
    return PureWindowsPath(place) if is_of_windows(place) else Path(place)


def one_spelling(place: str) -> str:
    """Return a place in the one form that all spellings of it share; no other path changes."""
    return place.replace("\\", "/").casefold() if is_of_windows(place) else place


def is_at(path: str, place: str) -> bool:
    """Tell whether a path is a place, or lies below it."""
    path, place = one_spelling(path), one_spelling(place).rstrip("/")
    return path.rstrip("/") == place or path.startswith(f"{place}/")
