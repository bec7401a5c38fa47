"""Where the calls of made-up work are carried out: in a sandbox, on a copy of the bundled project.

Results are what came back, but for what differs from one machine or moment to the next: where
programs are installed, and how long something took.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from secrets import token_bytes
from typing import Final

import tracemill
from tracemill.base.errors import PolicyError
from tracemill.base.sandbox import (
    INSIDE,
    Bubblewrap,
    Ended,
    Limits,
    RunningProgram,
    find_sandbox,
)
from tracemill.base.text import one_line
from tracemill.flows.ingest.redactors import redactor
from tracemill.synth.project import history_script, lay_out
from tracemill.synth.skins import PLAIN, Skin
from tracemill.synth.symbols import can_index
from tracemill.synth.telling import Call, Result, UnfitError, tool_table

_LIMITS: Final = Limits(seconds=120, memory_bytes=2**30, n_processes=64, disk_bytes=2**26)
_SECONDS: Final = 90.0
_LINE_CHARS: Final = 200
_MOST_BYTES: Final = 2**20
_TOOK: Final = re.compile(r"\b(in|real|user|sys)(\s+)\d+(?:\.\d+|m\d+\.\d+)s\b")
_OBJECT: Final = re.compile(r"\bat 0x[0-9a-f]+")
_WHO: Final = "-c user.name=Robin -c user.email=robin@example.org"


def open_sandbox() -> Bubblewrap:
    """Return a sandbox in which our tools can be run.

    Raises:
        PolicyError: there is none, so nothing is run.
    """
    own = Path(tracemill.__file__).parent
    places = {Path(sys.prefix), Path(sys.base_prefix), own}
    return find_sandbox(tuple(sorted(places)))


def prepare(sandbox: Bubblewrap, folder: Path, skin: Skin = PLAIN) -> None:
    """Lay the project out in an empty folder, in the words of a skin, with its history.

    Raises:
        PolicyError: its history cannot be made, as where git is not installed.
    """
    lay_out(folder, skin)
    alone = f'export GIT_CONFIG_NOSYSTEM=1; git() {{ command git {_WHO} "$@"; }}'
    script = f"{alone}; {history_script(skin)}"
    ran = sandbox.run(["sh", "-c", script], folder, _LIMITS)
    if ran.exit_code != 0:
        raise PolicyError(
            "cannot make the history of the bundled project in the sandbox: expected git there, "
            f"found exit code {ran.exit_code}; install git with your system's packages"
        )


class SandboxBench:
    """Carries calls out by a program in the sandbox, which works on a copy of its own."""

    def __init__(self, talk: RunningProgram) -> None:
        self._talk = talk

    @property
    def ended(self) -> Ended | None:
        """How the tools ended, where they did by themselves."""
        return self._talk.ended

    def call(self, calls: Sequence[Call]) -> list[Result]:
        """Return what each call gives.

        Raises:
            UnfitError: no answer came.
        """
        asked = json.dumps([{"name": each.tool, "arguments": each.arguments} for each in calls])
        answered = self._talk.ask(asked, _SECONDS, _MOST_BYTES)
        if answered is None:
            raise UnfitError("no_answer")
        return [Result(settled(each["text"]), each["failed"]) for each in json.loads(answered)]


@contextmanager
def open_bench(sandbox: Bubblewrap, source: Path) -> Iterator[SandboxBench]:
    """Give a bench over a copy of a folder, which is gone afterwards."""
    own = str(Path(tracemill.__file__).parent.parent)
    command = [
        "env",
        f"PYTHONPATH={own}",
        sys.executable,
        "-s",
        "-B",
        "-m",
        "tracemill.synth.toolbox",
    ]
    with sandbox.open(command, source, _LIMITS) as talk:
        yield SandboxBench(talk)


def settled(text: str) -> str:
    """Return a result without what differs between machines and moments."""
    for place in {sys.prefix, sys.base_prefix}:
        text = text.replace(place, "/usr")
    text = text.replace(f"{INSIDE}/", "").replace(INSIDE, ".")
    return _OBJECT.sub("at 0x7f0000000000", _TOOK.sub(r"\1\g<2>0.10s", text))


def missing_programs(sandbox: Bubblewrap, source: Path) -> Mapping[str, str]:
    """Return the tools that cannot be used here, each with what it lacks.

    Raises:
        PolicyError: none of them answers, or they end instead.
    """
    tries: Mapping[str, Callable[[SandboxBench], bool]] = {
        "git": lambda bench: not bench.call([Call("git", {"arguments": "status"})])[0].failed,
        "pytest": lambda _: find_spec("pytest") is not None,
        "ruff": lambda bench: _runs(bench, "ruff --version"),
        "mypy": lambda bench: _runs(bench, "mypy --version"),
        "tree_sitter": lambda bench: (
            can_index() and not bench.call([Call("index_stats", {})])[0].failed
        ),
    }
    with open_bench(sandbox, source) as bench:
        try:
            there = {name: is_there(bench) for name, is_there in tries.items()}
        except UnfitError as error:
            raise PolicyError(f"the tools in the sandbox: {_silence(bench.ended)}") from error
    needs = {tool: each["needs"] for tool, each in tool_table().items() if "needs" in each}
    return {tool: program for tool, program in needs.items() if not there[program]}


def _silence(ended: Ended | None) -> str:
    """Say why no answer came; what the tools said last may name people and places."""
    if ended is None:
        return (
            f"expected an answer within {_SECONDS:g} seconds, found none; "
            "try again when less runs on this machine"
        )
    unkept = redactor(token_bytes(32), str(Path.home()))
    said = unkept.text(one_line(ended.last_line, _LINE_CHARS)) or "nothing"
    return (
        f"expected them to answer, found that they ended with exit code {ended.exit_code}, "
        f"saying last: {said}; mend that, and run it again"
    )


def _runs(bench: SandboxBench, command: str) -> bool:
    return not bench.call([Call("run_command", {"command": command})])[0].failed
