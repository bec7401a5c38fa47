"""The example's git repository, made commit by commit so that every hash is always the same.

Hashes depend on contents, messages, people and moments alone: git runs without any setting of
the person or machine, with the hash function and the first branch named.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tracemill.base.errors import UsageError
from tracemill.base.git.process import neutral_environment
from tracemill.flows.example_history.script import Person

MAIN = "main"


class Committed(NamedTuple):
    """A commit, and what git prints about it."""

    sha: str
    said: str


class Repository:
    """A work tree whose commits are made at given moments by given people."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.branch = MAIN
        path.mkdir(parents=True)
        self._git("init", "--quiet", f"--initial-branch={MAIN}", "--template=")

    def read(self, name: str) -> str | None:
        """Return the text of a file, or None where there is none."""
        place = self.path / name
        return place.read_text("utf-8") if place.exists() else None

    def write(self, name: str, text: str) -> None:
        """Write a file of the work tree."""
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8", newline="\n")

    def replace(self, name: str, old: str, new: str) -> str:
        """Replace the one place in a file that says `old`; return the new text."""
        text = self.read(name) or ""
        assert text.count(old) == 1, f"{name}: {text.count(old)} times {old!r}"
        self.write(name, text.replace(old, new))
        return text.replace(old, new)

    def commit(self, message: str, by: Person, at: datetime) -> Committed:
        """Commit the whole work tree."""
        self._git("add", "--all")
        self._git("commit", "--quiet", "--file=-", stdin=message, who=_identity(by, at))
        return self._committed()

    def merge(self, branch: str, message: str, by: Person, at: datetime) -> Committed:
        """Merge a branch into the main one."""
        self.switch(MAIN)
        who = _identity(by, at)
        self._git("merge", "--quiet", "--no-ff", "-m", message, branch, who=who)
        return self._committed()

    def undo(self, sha: str) -> None:
        """Take back in the work tree what a commit changed."""
        self._git("revert", "--no-commit", sha)
        self._git("revert", "--quit")

    def discard(self) -> None:
        """Drop everything that is not committed."""
        self._git("reset", "--quiet", "--hard")
        self._git("clean", "--quiet", "--force", "-d")

    def start_branch(self, name: str) -> None:
        """Begin a branch and switch to it."""
        self._git("switch", "--quiet", "--create", name)
        self.branch = name

    def switch(self, name: str) -> None:
        """Switch to a branch."""
        self._git("switch", "--quiet", name)
        self.branch = name

    def tag(self, name: str) -> None:
        """Name the last commit."""
        self._git("tag", name)

    def head(self) -> str:
        """Return the hash of the last commit."""
        return self._git("rev-parse", "HEAD").strip()

    def _committed(self) -> Committed:
        sha = self.head()
        subject, _, stat = self._git("show", "--shortstat", "--summary", "--format=%s").partition(
            "\n"
        )
        return Committed(
            sha, f"[{self.branch} {sha[:7]}] {subject}\n{stat.lstrip(chr(10)).rstrip()}"
        )

    def _git(self, *arguments: str, stdin: str = "", who: Mapping[str, str] | None = None) -> str:
        program = shutil.which("git")
        if program is None:
            raise UsageError("the example needs git, and none is on PATH; install it")
        done = subprocess.run(  # noqa: S603 - every argument is ours
            [program, *arguments],
            cwd=self.path,
            env=neutral_environment() | {"GIT_DEFAULT_HASH": "sha1"} | dict(who or {}),
            input=stdin.encode(),
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()


def _identity(person: Person, at: datetime) -> dict[str, str]:
    moment = f"{int(at.timestamp())} +0000"
    return {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", person.name), ("EMAIL", person.email), ("DATE", moment))
    }
