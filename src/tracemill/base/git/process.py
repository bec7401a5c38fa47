"""The installed git, run on a repository that we did not make.

Such a repository may name programs in its config, attributes and hooks, may lack objects, and
may belong to another user. So git runs with an environment of its own, with each setting that
starts a program or asks a network overridden. `safe.directory` is lifted because the danger
that it guards against, programs named by a foreign config, is shut off here one by one.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Self, cast

from tracemill.base.errors import SourceError
from tracemill.base.git.repositories import git_directory

_BLOCK_BYTES: Final = 2**17
_OFF: Final = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "core.commitGraph=false",
    "gc.auto=0",
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.directory=*",
)
_ENVIRONMENT: Final = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
    "XDG_CONFIG_HOME": os.devnull,
}
_FAILURES: Final = (
    (b"not a git repository", "git finds no intact repository there; its HEAD may be damaged"),
    (b"bad ref", "a branch or tag is damaged or points at a missing object; see `git fsck`"),
    (b"bad config", "its config file cannot be parsed"),
    (b"repo version", "its format is newer than the installed git; update git"),
    (b"unknown repository extension", "its format is newer than the installed git; update git"),
    (b"unrecognized argument", "the installed git is too old; 2.31 or newer is needed"),
    (b"dubious ownership", "it belongs to another user, and this git refuses to read it"),
    (b"ermission denied", "parts of it may not be read by this user"),
    (b"corrupt", "objects are damaged; see `git fsck`"),
    (b"unable to", "objects are missing or damaged; see `git fsck`"),
    (b"bad object", "objects are missing; see `git fsck`"),
    (b"missing", "objects are missing; see `git fsck`"),
    (b"ould not", "objects are missing or damaged; see `git fsck`"),
    (b"Failed to traverse", "objects are missing; see `git fsck`"),
)


@dataclass(frozen=True)
class Git:
    """The installed git, bound to one repository and kept from all that is not in it."""

    repo: Path
    """As the caller names it, for messages."""
    directory: Path

    @classmethod
    def of(cls, repo: Path) -> Self:
        """Return the git of the repository at `repo`.

        Raises:
            SourceError: there is none.
        """
        directory = git_directory(repo)
        if directory is None:
            raise SourceError(f"{str(repo)!r}: expected a git repository, found none")
        return cls(repo, directory)

    def answer(self, *arguments: str, asked: bytes = b"", empty_exit: int = 0) -> bytes:
        """Return all that git prints; exit code `empty_exit` means that there is nothing."""
        with self.running(*arguments, asked=asked) as process:
            printed = b"".join(process.blocks())
            if failure := process.failure(allowed=(0, empty_exit)):
                raise SourceError(failure)
        return printed

    @contextmanager
    def running(self, *arguments: str, asked: bytes) -> Iterator[GitProcess]:
        """Run git, hand it `asked`, and stop it in the end if it still runs."""
        program = shutil.which("git")
        if program is None:
            raise SourceError(
                f"{str(self.repo)!r}: expected git to be installed, found none on PATH"
            )
        settings = [part for setting in _OFF for part in ("-c", setting)]
        where = ["--no-pager", "--no-replace-objects", f"--git-dir={self.directory.absolute()}"]
        with tempfile.TemporaryFile() as errors, _as_file(asked) as questions:
            child = subprocess.Popen(  # noqa: S603 - a fixed program, and no argument is foreign
                [str(Path(program).absolute()), *settings, *where, *arguments],
                stdin=questions,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._neutral_folder(),
                env=neutral_environment(),
            )
            process = GitProcess(child, errors, self.repo)
            try:
                yield process
            finally:
                process.stop()

    def _neutral_folder(self) -> Path | None:
        """Return where git runs: in its own data, so that no work tree's attributes count."""
        return self.directory if self.directory.is_dir() else None


@dataclass(frozen=True)
class GitProcess:
    """One git that runs."""

    child: subprocess.Popen[bytes]
    errors: IO[bytes]
    repo: Path

    def blocks(self) -> Iterator[bytes]:
        """Yield what git prints, until it prints no more."""
        assert self.child.stdout is not None
        printed = cast("io.BufferedReader", self.child.stdout)
        while block := printed.read1(_BLOCK_BYTES):
            yield block

    def failure(self, allowed: Container[int] = (0,)) -> str | None:
        """Wait for the end; return what went wrong in words of ours, or None."""
        code = self.child.wait()
        if code in allowed:
            return None
        self.errors.seek(0)
        said = self.errors.read(_BLOCK_BYTES)
        known = next((words for trace, words in _FAILURES if trace in said), None)
        return f"{str(self.repo)!r}: {known or f'git failed with exit code {code}'}"

    def stop(self) -> None:
        """End the process if it still runs, and let go of it."""
        self.child.kill()
        if self.child.stdout is not None:
            self.child.stdout.close()
        self.child.wait()


def neutral_environment() -> dict[str, str]:
    """Return the process environment, with git kept from all settings of person and machine."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT


@contextmanager
def _as_file(asked: bytes) -> Iterator[IO[bytes] | int]:
    """Give what git is asked as a file: through a pipe both sides could wait for each other."""
    if not asked:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as questions:
        questions.write(asked)
        questions.seek(0)
        yield questions
