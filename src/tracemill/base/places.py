r"""Places as logs name them: folders of this machine, and of Windows wherever a log is read.

`C:\Users\ada` is no path to a machine with slashes, and still where a session ran that was brought
from elsewhere. Windows tells neither capitals from small letters nor its two slashes apart, and
agents there write both. Shells that bring Unix to Windows have names of their own for its drives,
and Windows has one for the folders of a Linux within it: each place is one, under all its names.
"""

from __future__ import annotations

import ntpath
import posixpath
import re
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final

from tracemill.base.named_files import expanded

_OF_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\/]|//[^\\/]")
_LONG: Final = re.compile(r"//[?.]/(?:(?P<network>unc)(?=/))?", re.IGNORECASE)
"""What Windows puts before a path that may be longer than it used to allow."""
_DRIVE: Final = re.compile(
    r"""(?:/(?:mnt/|cygdrive/)?(?P<mounted>[A-Za-z])  # WSL, Cygwin, and what comes with Git
        |/?(?P<named>[A-Za-z]):)(?=/|\Z)  # Windows; with a slash as addresses of files have it""",
    re.VERBOSE,
)
_WITHIN: Final = re.compile(r"//wsl(?:\$|\.localhost)/(?P<linux>[^/]+)(?=/|\Z)", re.IGNORECASE)
"""A Linux within Windows, as Windows names it."""
_HOST: Final = re.compile(r"\A//wsl\.localhost(?=/|\Z)", re.IGNORECASE)
_ROOT: Final = re.compile(r"//wsl(?:\$|\.localhost)(?:/[^/]+)?/?", re.IGNORECASE)
"""All of a Linux within Windows, or of all of them."""
_DETOUR: Final = re.compile(r"[\\/]\.{0,2}(?=[\\/]|\Z)")
"""A part of a path that names no folder: `.`, `..`, or nothing at all."""
_HOME: Final = re.compile(
    r"/root(?=/|\Z)|/(?:home|Users)/[^/]+|(?:[A-Za-z]:|/[a-z](?=/))[\\/]Users[\\/][^\\/]+"
)
_IN_HOME: Final = re.compile(r"~(?=[\\/]|\Z)")


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


def place_from(folder: str | None, named: str) -> str | None:
    """Return the whole path of what was named within a folder; None where that is not known.

    Whose home `~` is, the folder says; where it does not, it is left to who asks for the place.
    """
    if _IN_HOME.match(named):
        home = _HOME.match(folder or "")
        return named if home is None else f"{home[0]}{named[1:]}"
    if named.startswith("/") or is_of_windows(named):
        return named
    if folder is None:
        return None
    if is_of_windows(folder):
        return ntpath.normpath(ntpath.join(folder, named))
    return posixpath.normpath(posixpath.join(folder, named))


def straight(place: str) -> str:
    """Return a whole path without detours and slashes too many; `~` is the home of who asks."""
    if _IN_HOME.match(place):
        place = str(expanded(place))
    if not is_of_windows(place):
        return posixpath.normpath(place) if place.startswith("/") else place
    if _DETOUR.search(place, 2) is None:
        return place
    path = ntpath.normpath(place)
    return path if "\\" in place else path.replace("\\", "/")


def one_spelling(place: str) -> str:
    """Return a place in the one form that all spellings of it share.

    A drive of Windows is `c:/`. What lies in a Linux within Windows is what that Linux calls it,
    and which one it is in, where there are several, is not told apart; all of one is no `/`.
    """
    path = _unprefixed(place)
    if (within := _WITHIN.match(path)) is not None:
        path = path[within.end() :].rstrip("/") or f"//wsl$/{within['linux']}"
    if (drive := _DRIVE.match(path)) is not None:
        letter = drive["mounted"] or drive["named"]
        return f"{letter}:{path[drive.end() :] or '/'}".casefold()
    return path.casefold() if path.startswith("//") else path


def spellings(place: str) -> set[str]:
    """Return the forms in which a place may have been remembered: today's, and those of before.

    First it was as it was typed, then in the letters and slashes that Windows takes for the same.
    """
    return {place, one_spelling(place), _folded(place)}


def is_at(path: str, place: str) -> bool:
    """Tell whether a path is a place, or lies below it."""
    if _is_at(one_spelling(path), one_spelling(place)):
        return True
    whole = _ROOT.fullmatch(_unprefixed(place)) is not None
    return whole and _is_at(*map(_of_linux, (path, place)))


def _is_at(path: str, place: str) -> bool:
    place = place.rstrip("/")
    return path != "" and (path.rstrip("/") == place or path.startswith(f"{place}/"))


def _of_linux(place: str) -> str:
    """Return a place within Windows with the Linux that it lies in, under one name of the two."""
    return _HOST.sub("//wsl$", _unprefixed(place).casefold())


def _unprefixed(place: str) -> str:
    """Return a straight path with slashes of one kind and nothing put before it."""
    place = straight(place)
    path = place.replace("\\", "/") if is_of_windows(place) else place
    if (long := _LONG.match(path)) is not None:
        path = f"{'/' if long['network'] else ''}{path[long.end() :]}"
    return path


def _folded(place: str) -> str:
    return place.replace("\\", "/").casefold() if is_of_windows(place) else place
