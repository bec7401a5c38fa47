"""The tree of commands, and the one place where errors become exit codes."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Group

from tracemill import __version__
from tracemill.base.errors import (
    DataError,
    NotFoundError,
    PolicyError,
    StoreError,
    TracemillError,
    UsageError,
)

EXIT_DONE: Final = 0
EXIT_NO: Final = 1
EXIT_USAGE: Final = 2
EXIT_NOTHING: Final = 3
EXIT_PARTLY: Final = 4
EXIT_REFUSED: Final = 5
EXIT_STORE: Final = 6
EXIT_INTERRUPTED: Final = 130

_START: Final = Group.create_ordered("Start here")
_COLLECT: Final = Group.create_ordered("Collect")
_LOOK: Final = Group.create_ordered("Look")
_DATASETS: Final = Group.create_ordered("Datasets")
_MAINTAIN: Final = Group.create_ordered("Maintain")


def make_app() -> App:
    """Return the tree of commands; each is imported when it is called."""
    app = App(
        name="tracemill",
        help="Grinds a team's real development work into training data, and closes the loop.",
        version=__version__,
        help_format="plaintext",
        print_error=True,
        exit_on_error=False,
    )
    app.command("tracemill.cli.run:run", name="run", group=_START)
    app.command("tracemill.cli.status:status", name="status", group=_START)
    app.command("tracemill.cli.doctor:doctor", name="doctor", group=_START)
    app.command("tracemill.cli.run:sync", name="sync", group=_COLLECT)
    app.command(_noun("session", "Agent sessions.", ("list", "show"), _LOOK))
    app.command(_noun("episode", "Pieces of work, with their outcomes.", ("list", "show"), _LOOK))
    app.command(
        _noun("link", "Which records belong together, and how that is known.", ("list",), _LOOK)
    )
    app.command("tracemill.cli.explain:explain", name="explain", group=_LOOK)
    app.command(_noun("dataset", "Dataset versions.", ("show", "export"), _DATASETS))
    app.command(_noun("store", "What is kept on this machine.", ("check",), _MAINTAIN))
    return app


def _noun(name: str, text: str, verbs: Sequence[str], group: Group) -> App:
    app = App(name=name, help=text, group=group)
    for verb in verbs:
        app.command(f"tracemill.cli.{name}:{verb}_{name}", name=verb)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its code."""
    sys.exit(call(sys.argv[1:] if arguments is None else arguments))


def call(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name, and return its exit code."""
    try:
        code = make_app()(arguments)
    except CycloptsError:
        return EXIT_USAGE
    except TracemillError as error:
        sys.stderr.write(f"error: {error}\n")
        return _exit_code(error)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was accepted is kept, run again to go on\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_DONE
    return code if isinstance(code, int) else EXIT_DONE


def _exit_code(error: TracemillError) -> int:
    match error:
        case NotFoundError():
            return EXIT_NOTHING
        case UsageError():
            return EXIT_USAGE
        case PolicyError():
            return EXIT_REFUSED
        case StoreError():
            return EXIT_STORE
        case DataError():
            return EXIT_PARTLY
        case _:
            return EXIT_NO
