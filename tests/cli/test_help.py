"""The help of every command."""

import re

import pytest

from tracemill.cli import commands as tree
from tracemill.cli.app import call

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
