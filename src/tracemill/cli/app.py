"""The tree of commands, and the one place where errors become exit codes."""

import errno
import json
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from cyclopts import App, CycloptsError, Group, Parameter

from tracemill import __version__
from tracemill.base.errors import (
    DataError,
    NotFoundError,
    PolicyError,
    StoreError,
    TracemillError,
    UsageError,
)
from tracemill.base.text import printable
from tracemill.cli.commands import ASKED, COMMANDS, DEFINITIONS, NOUNS, SUITE, VAULT
from tracemill.cli.modules import MODULES
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
_WITHIN: Final[Mapping[str, str]] = {
    "suite": "model ", "vault": "privacy ", "definitions": "synth ",
}  # fmt: skip
"""Nouns within other nouns."""
_SWITCHES: Final = frozenset({"--json", "--quiet", "-q"})
"""Options of every command that stand alone."""
_REBUILD: Final = (
    "delete index.sqlite and vault/catalog.sqlite there, and run again: both are rebuilt"
)


def _shown_default(value: Any) -> str | None:
    """Return what the help says of a default; nothing where that is off, empty or none."""
    return None if value is None or value is False or value == () else str(value)


def make_app() -> App:
    """Return the tree of commands; each is imported when it is called."""
    app = App(
        name="tracemill",
        help="Grinds a team's real development work into training data, and closes the loop.",
        version=__version__,
        help_format="plaintext",
        print_error=True,
        exit_on_error=False,
        suppress_keyboard_interrupt=False,
        result_action="return_value",
        default_parameter=Parameter(negative="", show_default=_shown_default),
    )
    for group, commands in COMMANDS.items():
        for name, text in commands.items():
            usage = _usage(name)
            known = {} if usage is None else {"usage": usage}
            target = f"tracemill.cli.{MODULES[name]}:{name}"
            app.command(target, name=name, help=text, group=group, **known)
    for group, nouns in NOUNS.items():
        for name, (text, verbs) in nouns.items():
            app.command(_noun(name, text, verbs, group))
    return app


def _noun(name: str, text: str, verbs: Mapping[str, str], group: Group | None = None) -> App:
    app = App(name=name, help=text, group=group, help_format="plaintext")
    for verb, said in verbs.items():
        usage = _usage(f"{_WITHIN.get(name, '')}{name} {verb}")
        module = MODULES.get(f"{name} {verb}") or MODULES[name]
        app.command(f"tracemill.cli.{module}:{verb}_{name}", name=verb, help=said, usage=usage)
    if name == "model":
        app.command(_noun("suite", "Cases that no model was trained on.", SUITE))
    if name == "synth":
        app.command(_noun("definitions", "What generators are told.", DEFINITIONS))
    if name == "privacy":
        app.command(_noun("vault", "What is unredacted, and the key of the pseudonyms.", VAULT))
    return app


def _usage(command: str) -> str | None:
    """Return how a command is used, or None where the parser says it itself."""
    asked = ASKED.get(command)
    return asked and f"Usage: tracemill {command} {asked}"


def call(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name, and return its exit code."""
    try:
        if "" in arguments:
            raise UsageError("expected arguments with something in them, found an empty one")
        app = make_app()
        code = app(_in_order(app, arguments))
    except CycloptsError as error:
        _answer_error(arguments, str(error), EXIT_USAGE)  # a person was told already
        return EXIT_USAGE
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was accepted is kept, run again to go on\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_DONE
    except (TracemillError, sqlite3.DatabaseError, OSError) as error:
        return _failed(arguments, _explained(error), _exit_code(error))
    return code if isinstance(code, int) else EXIT_DONE


def _in_order(app: App, arguments: Sequence[str]) -> Sequence[str]:
    """Put options that every command shares behind the command, where they stand before it."""
    n_before = 0
    while n_before < len(arguments):
        name, equals, _ = arguments[n_before].partition("=")
        if name == "--workspace":
            n_before += 1 if equals else 2
        elif arguments[n_before] in _SWITCHES:
            n_before += 1
        else:
            break
    command, _, others = app.parse_commands(list(arguments[n_before:]))
    return [*command, *arguments[:n_before], *others] if command else arguments


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
    _answer_error(arguments, said, code)
    sys.stderr.write(f"error: {printable(said)}\n")
    return code


def _answer_error(arguments: Sequence[str], said: str, code: int) -> None:
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
