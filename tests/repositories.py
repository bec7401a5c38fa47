"""A repository to fill, made by git itself, with everything about it fixed."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Repository:
    path: Path
    n_commits: int = 0
    shas: list[str] = field(default_factory=list)

    def git(self, *arguments: str, stdin: bytes = b"", **environment: str) -> bytes:
        moment = f"{1_700_000_000 + 60 * self.n_commits} +0200"
        base = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": moment,
            "GIT_COMMITTER_NAME": "Bob",
            "GIT_COMMITTER_EMAIL": "bob@example.org",
            "GIT_COMMITTER_DATE": moment,
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            check=True,
            env=base | environment,
            input=stdin,
            capture_output=True,
        )
        return done.stdout

    def commit(self, message: str = "work", **files: str | bytes | None) -> str:
        """Commit `files`, whose names hold `__` for a dot; None deletes."""
        self.n_commits += 1
        for name, content in files.items():
            place = self.path / name.replace("__", ".")
            if content is None:
                place.unlink()
            else:
                place.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message)
        self.shas.append(self.git("rev-parse", "HEAD").decode().strip())
        return self.shas[-1]

    def remove_object(self, revision: str) -> None:
        sha = self.git("rev-parse", revision).decode().strip()
        (self.path / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
