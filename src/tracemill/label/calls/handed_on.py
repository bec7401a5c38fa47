"""Commands that a program only hands on: to another machine, a container or another system.

What fails or works there is the command that is handed on, and it is known by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from tracemill.base.shells import told_to_run

_WITH_VALUE: Final = frozenset(
    {"-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-W", "-b", "-E", "-S", "-u", "-w"}
    | {"-e", "-n", "-c", "-f", "-d", "--user", "--workdir", "--env", "--env-file", "--file"}
    | {"--namespace", "--container", "--context", "--distribution"}
)
"""Options behind which a value stands, and not what is looked for."""
_BEFORE: Final = {
    ("ssh",): 1,
    ("docker", "exec"): 2,
    ("podman", "exec"): 2,
    ("docker-compose", "exec"): 2,
    ("docker", "compose", "exec"): 3,
    ("kubectl", "exec"): 2,
}
"""How a command begins that names a place and what to run there, and in how many words."""
_WSL: Final = frozenset({"wsl", "wsl.exe"})
_WSL_BEGINS: Final = frozenset({"-e", "--exec", "--"})


class HandedOn(NamedTuple):
    """A command line that runs elsewhere."""

    place: str
    """The program that hands it on, and the machine or container, as they are named."""
    command: str
    """What runs there."""


def handed_on(words: Sequence[str]) -> HandedOn | None:
    """Return what a simple command has run elsewhere; None where it hands nothing on."""
    if not words:
        return None
    name = words[0].rsplit("/", 1)[-1]
    if name in _WSL:
        begun = next((at for at, word in enumerate(words) if word in _WSL_BEGINS), 0)
        return _told(name, words[begun + 1 :])
    for n_words in (1, 2, 3):
        if (name, *words[1:n_words]) in _BEFORE:
            place, *rest = _without_options(words[n_words:]) or ("",)
            return _told(f"{name} {place}", _without_options(rest))
    return None


def _told(place: str, words: Sequence[str]) -> HandedOn | None:
    told = told_to_run(words)
    command = " ".join(words) if told is None else told
    return HandedOn(place, command) if command else None


def _without_options(words: Sequence[str]) -> list[str]:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        del rest[: 2 if rest[0] in _WITH_VALUE else 1]
    return rest
