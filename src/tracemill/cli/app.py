"""The tree of commands."""

import inspect
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cyclopts import App, CycloptsError, Group, Parameter

from tracemill import __version__
from tracemill.base.errors import UsageError
from tracemill.base.text import is_text
from tracemill.cli.commands import COMMANDS, DEFINITIONS, NOUNS, SUITE, VAULT
from tracemill.cli.failing import answer_error, answered
from tracemill.cli.modules import MODULES
from tracemill.cli.shared.exits import EXIT_USAGE
from tracemill.cli.usages import ASKED

_WITHIN: Final[Mapping[str, str]] = {
    "suite": "model ", "vault": "privacy ", "definitions": "synth ",
}  # fmt: skip
"""Nouns within other nouns."""
_HELP: Final = frozenset({"--help", "-h"})
_SWITCHES: Final = frozenset({"--json", "--quiet", "-q"})
"""Options of every command that stand alone."""


def _shown_default(value: Any) -> str | None:
    """Return what the help says of a default; nothing where that is off, empty or none."""
    return None if value is None or value is False or value == () else str(value)


def _require_text(_: Any, value: Any) -> None:
    """Refuse a value with bytes that are no UTF-8: paths may have them, but nothing kept has.

    Raises:
        ValueError: it has such bytes, or one of several values has.
    """
    for each in value if isinstance(value, tuple | list) else (value,):
        if isinstance(each, str) and not is_text(each):
            raise ValueError(f"expected text in UTF-8, found {os.fsencode(each)!r}")


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
        default_parameter=Parameter(
            negative="", show_default=_shown_default, validator=_require_text
        ),
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
    return answered(arguments, lambda: _called(arguments))


def _called(arguments: Sequence[str]) -> object:
    """Return what the command that the arguments name returns."""
    if "" in arguments:
        raise UsageError("expected arguments with something in them, found an empty one")
    try:
        app = make_app()
        asked = _in_order(app, arguments)
        if not _HELP.isdisjoint(asked):
            _tell_more(app, asked)
        return app(asked)
    except CycloptsError as error:
        answer_error(arguments, str(error), EXIT_USAGE)  # a person was told already
        asked = " ".join(["tracemill", *(error.command_chain or ())])
        sys.stderr.write(f"see: {asked} --help\n")
        return EXIT_USAGE


def _tell_more(app: App, arguments: Sequence[str]) -> None:
    """Let the help of the command that is asked about say all that its function says of it.

    Lists say one line of each command, so that none has to be loaded for them.
    """
    asked = app.parse_commands([each for each in arguments if each not in _HELP])[1][-1]
    if asked.default_command is not None and asked.help.count("\n\n") == 0:
        asked.help = inspect.getdoc(asked.default_command)


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
