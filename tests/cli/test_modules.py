"""Where a command stands: a person who knows the help finds its module."""

import pytest

from tracemill.cli.commands import COMMANDS, NOUNS
from tracemill.cli.modules import MODULES

_WITH_ANOTHER = {"sync": "start"}
"""It is the first half of `run`, and stands with it."""
_WITHIN = {"vault": "privacy", "suite": "model", "definitions": "synth"}
_PACKAGES = {
    command: group.name.split()[0].lower()
    for table in (COMMANDS, NOUNS)
    for group, commands in table.items()
    for command in commands
}


@pytest.mark.parametrize("command", MODULES)
def test_commands_stand_in_the_package_of_their_group(command: str) -> None:
    first = command.split(maxsplit=1)[0]
    package = _WITH_ANOTHER.get(command) or _PACKAGES[_WITHIN.get(first, first)]

    assert MODULES[command].split(".")[0] == package
