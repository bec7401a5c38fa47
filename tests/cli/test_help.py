"""The help of every command."""

import inspect
import re

import pytest

from tracemill.cli import commands as tree
from tracemill.cli.app import call, make_app
from tracemill.cli.shared.exits import EXIT_USAGE

COMMANDS = [
    *(name for commands in tree.COMMANDS.values() for name in commands),
    *(
        f"{name} {verb}"
        for nouns in tree.NOUNS.values()
        for name, (_, verbs) in nouns.items()
        for verb in verbs
    ),
    *(f"privacy vault {verb}" for verb in tree.VAULT),
    *(f"model suite {verb}" for verb in tree.SUITE),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_arguments_as_it_explains_them(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call([*command.split(), "--help"]) == 0
    usage, explained = capsys.readouterr().out.split("\n", 1)
    assert f"tracemill {command} " in f"{usage} "
    named = set(re.findall(r"(?<![\w-])(?:\[|\b)([A-Z_]+)(?:\.\.\.)?\]?(?= |$)", usage))
    of_options = set(re.findall(r"--[a-z-]+ ([A-Z_]+)", usage))

    for name in named - of_options - {"OPTIONS"}:
        assert re.search(rf"^│ (?:\*? +)?{name}\b", explained, re.MULTILINE), name


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_all_that_is_written_of_a_command(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = make_app()
    for word in command.split():
        asked = asked[word]
    written = inspect.getdoc(asked.default_command) or ""
    about = written.split("\n\nParameters\n")[0].split("\n\n")[1:]
    call([*command.split(), "-h"])
    shown = " ".join(capsys.readouterr().out.split())

    if command != "run":  # what the tree says of it is longer
        assert all(" ".join(each.split()) in shown for each in about)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        (["session", "show"], "tracemill session show"),
        (["sessions", "list"], "tracemill"),
        (["gate", "shown"], "tracemill gate"),
        (["train"], "tracemill train"),
        (["session", "list", "--limits", "3", "--json"], "tracemill session list"),
    ],
)
def test_what_cannot_be_parsed_is_answered_with_where_help_is(
    asked: list[str], where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(asked) == EXIT_USAGE
    assert capsys.readouterr().err.endswith(f"see: {where} --help\n")
