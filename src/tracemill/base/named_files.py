"""Files that a person names, such as a recipe or a plan: each missing one is answered alike."""

from __future__ import annotations

import os
from pathlib import Path

from tracemill.base.errors import NotFoundError, UsageError


def read_named(file: Path, what: str) -> str:
    """Return the text of a file; `what` it should hold stands in the error, for example `recipe`.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it cannot be read, or is no text in UTF-8.
    """
    try:
        return read_bytes(file, what).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"the {what} {str(file)!r} is no text in UTF-8") from error


def read_bytes(file: Path, what: str) -> bytes:
    """Return the bytes of a file; `what` it should hold stands in the error.

    Raises:
        NotFoundError: there is no such file.
        UsageError: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise unread(file, what, error) from error


def unread(file: Path, what: str, error: OSError) -> UsageError:
    """Return what to raise where a file could not be read; `what` it should hold is said."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return missing(file, what)
    return UsageError(f"cannot read the {what} {str(file)!r}: {error.strerror}")


def missing(place: Path | str, what: str) -> NotFoundError:
    """Return what to raise where nothing is at a place; `what` was expected there is said."""
    return NotFoundError(f"no such file or folder: {str(place)!r}; expected the {what} there")


def expanded(place: Path | str) -> Path:
    """Return a place with the home folder for `~`; `~` and a user whom nobody knows is a name."""
    return Path(os.path.expanduser(place))  # noqa: PTH111 - the other one breaks off there


def require_there(place: Path, what: str) -> None:
    """Make sure that something is at a place; `what` was expected there stands in the error.

    Raises:
        NotFoundError: nothing is there.
    """
    if not place.exists():
        raise missing(place, what)


def is_path(named: str) -> bool:
    """Tell whether what a person named can only be a place, since no name of ours looks so."""
    return os.sep in named or named.startswith("~")
