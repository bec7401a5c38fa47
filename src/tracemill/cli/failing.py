"""Where errors become words and exit codes: once for every command, however it was called."""

import errno
import json
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from tracemill.base.errors import (
    DataError,
    NotFoundError,
    PolicyError,
    StoreError,
    TracemillError,
    UsageError,
)
from tracemill.base.text import printable
from tracemill.cli.shared.exits import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_NO,
    EXIT_NOTHING,
    EXIT_PARTLY,
    EXIT_REFUSED,
    EXIT_STORE,
    EXIT_USAGE,
)

_OPEN_IT: Final = (
    "expected a place that you may read and write: change its permissions or its owner"
)
_MAKE_ROOM: Final = "expected room on its disk: free some"
_MACHINE_FAULTS: Final[Mapping[int, str]] = {
    errno.EACCES: _OPEN_IT,
    errno.EPERM: _OPEN_IT,
    errno.EROFS: "expected a disk that can be written to",
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EIO: "expected a disk that answers: look at the machine's log",
    errno.ENAMETOOLONG: "expected a shorter name",
}
"""Faults of disks and permissions, which no code of ours can mend, and what a person can do."""
_WRITABLE: Final = "let its folder be writable, or name another one with --workspace"
_WHOLE: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "another process is writing to it; wait until that is done",
    sqlite3.SQLITE_CANTOPEN: _WRITABLE,
    sqlite3.SQLITE_FULL: "there is no room on its disk",
    sqlite3.SQLITE_PERM: _WRITABLE,
    sqlite3.SQLITE_READONLY: _WRITABLE,
}
"""What SQLite's codes say of databases that are whole, and what to do then."""
_REBUILD: Final = (
    "delete index.sqlite and vault/catalog.sqlite there, and run again: both are rebuilt"
)


def answered(arguments: Sequence[str], act: Callable[[], object]) -> int:
    """Carry out what the arguments ask for, and return the exit code; an error is told as one."""
    try:
        code = act()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was accepted is kept, run again to go on\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_DONE
    except (TracemillError, sqlite3.DatabaseError, OSError) as error:
        return _failed(arguments, _explained(error), _exit_code(error))
    return code if isinstance(code, int) else EXIT_DONE


def _explained(error: Exception) -> str:
    """Say in words what went wrong; a fault that is not the machine's is a bug, and crashes."""
    match error:
        case sqlite3.OperationalError(sqlite_errorcode=number) if number & 0xFF in _WHOLE:
            return f"a database of the workspace cannot be used ({error}); {_WHOLE[number & 0xFF]}"
        case sqlite3.DatabaseError():
            return f"a database of the workspace is damaged ({error}); {_REBUILD}"
        case OSError(errno=int(number)) if number in _MACHINE_FAULTS:
            at = "" if error.filename is None else f" at {error.filename!r}"
            return (
                f"found {error.strerror!r}{at}; {_MACHINE_FAULTS[number]}, or name another place; "
                "what was accepted is kept"
            )
        case OSError():
            raise error
        case _:
            return str(error)


def _failed(arguments: Sequence[str], said: str, code: int) -> int:
    """Say why nothing was done: to a person, and as a document where one was asked for."""
    answer_error(arguments, said, code)
    sys.stderr.write(f"error: {printable(said)}\n")
    return code


def answer_error(arguments: Sequence[str], said: str, code: int) -> None:
    """Say on stdout what went wrong, as a document, where one was asked for."""
    if "--json" in arguments:
        document = {"schema": "tracemill.error/1", "error": printable(said), "exit": code}
        with suppress(OSError):  # where stdout is what failed, stderr tells
            sys.stdout.write(json.dumps({**document, "next": []}) + "\n")


def _exit_code(error: Exception) -> int:
    match error:
        case NotFoundError():
            return EXIT_NOTHING
        case UsageError():
            return EXIT_USAGE
        case PolicyError():
            return EXIT_REFUSED
        case StoreError() | sqlite3.DatabaseError() | OSError():
            return EXIT_STORE
        case DataError():
            return EXIT_PARTLY
        case _:
            return EXIT_NO
