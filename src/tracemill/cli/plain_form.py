"""`run`, `sync` and `status` in their plain form, read without the parser of the command line.

Loading the parser and its tree of commands takes a sixth of a small `sync`, and a third of a run
without news. What a plain form asks for is done by the functions that the tree calls. Whatever
looks different, a wrong option or a wish for help, is left to the tree, which says what is
expected.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.cli.failing import answered
from tracemill.cli.shared.output import WORKSPACE_VARIABLE, Manner

_SWITCHES: Final = {"--json": "json", "--quiet": "quiet", "-q": "quiet"}
_WORKSPACE: Final = "--workspace"
_WORKERS: Final = "--workers"


class _Asked(NamedTuple):
    """What a plain form asks for."""

    sources: tuple[Path, ...]
    workers: int | None
    common: Manner


def call_plain(arguments: Sequence[str]) -> int | None:
    """Run the command that the arguments name; return its exit code, None where it is not plain."""
    command = _COMMANDS[arguments[0]]
    asked = _asked(arguments[1:], takes_sources=command is not _status)
    return None if asked is None else answered(arguments, lambda: command(asked))


def _asked(arguments: Sequence[str], *, takes_sources: bool) -> _Asked | None:
    """Return what stands behind a command; None where anything there is not plain."""
    sources: list[Path] = []
    values: dict[str, str] = {}
    switches: set[str] = set()
    words = iter(arguments)
    for word in words:
        if word in _SWITCHES and _SWITCHES[word] not in switches:
            switches.add(_SWITCHES[word])
        elif word == _WORKSPACE or (word == _WORKERS and takes_sources):
            if word in values or not _is_plain(value := next(words, "")):
                return None
            values[word] = value
        elif takes_sources and _is_plain(word):
            sources.append(Path(word))
        else:
            return None
    workspace = values.get(_WORKSPACE, os.environ.get(WORKSPACE_VARIABLE))
    workers = values.get(_WORKERS)
    if not _is_plain(workspace) or not _is_plain_number(workers):
        return None
    common = Manner(None if workspace is None else Path(workspace), **dict.fromkeys(switches, True))
    return _Asked(tuple(sources), None if workers is None else int(workers), common)


def _is_plain(word: str | None) -> bool:
    """Tell whether a word is a value, and nothing that only looks like one; or there is none."""
    return word is None or not (word == "" or word.startswith("-"))


def _is_plain_number(word: str | None) -> bool:
    return word is None or (word.isdecimal() and word == str(int(word)))


def _run(asked: _Asked) -> int:
    from tracemill.cli.start.turning import turn_wheel
    from tracemill.flows.wheel.turn import Options

    return turn_wheel(asked.sources, Options(workers=asked.workers), asked.common)


def _sync(asked: _Asked) -> int:
    from tracemill.cli.start.turning import turn_wheel
    from tracemill.flows.wheel.turn import Options

    return turn_wheel(asked.sources, Options(workers=asked.workers), asked.common, only_read=True)


def _status(asked: _Asked) -> int:
    from tracemill.cli.start.standing import show_standing

    return show_standing(asked.common)


_COMMANDS: Final[dict[str, Callable[[_Asked], int]]] = {
    "run": _run,
    "sync": _sync,
    "status": _status,
}
