"""The workspace: one folder that holds everything Tracemill keeps, closed to other users.

One process at a time may write to it; readers need no lock, since every layer commits
atomically.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tracemill.base.errors import HeldError, StoreError
from tracemill.base.text import is_text

WORKSPACE_VERSION: Final = 1
"""Raise on any change of layout that an older program would misread."""


_MARKER: Final = "workspace.json"


def looks_like_workspace(names: Collection[str]) -> bool:
    """Say whether a folder that holds these names is a workspace, this one or another."""
    return _MARKER in names and "vault" in names


class Workspace:
    """Folders of one workspace; creates them closed to other users when asked to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.vault = root / "vault"
        self.lake = root / "lake"
        self.index = root / "index.sqlite"
        self.datasets = root / "datasets"
        self.suites = root / "suites"
        self.synth = root / "synth"
        self.judged = {kind: root / f"{kind}-labels" for kind in ("turn", "outcome")}
        self.models = root / "models"
        self.experiments = root / "experiments"
        self.scratch = self.vault / "scratch"
        self.inbox = self.vault / "inbox"
        self.example = self.vault / "example"

    @property
    def exists(self) -> bool:
        """Whether something was ever kept here."""
        return self._marker.exists()

    @property
    def _marker(self) -> Path:
        return self.root / _MARKER

    def create(self) -> None:
        """Make the folders, or check that those that stand there are of our version.

        Raises:
            StoreError: the workspace was written by a newer program, or cannot be made.
        """
        if self.exists:
            self._check_version()
        if not is_text(str(self.root)):  # a lake cannot be at such a place
            raise StoreError(
                f"cannot make the workspace {str(self.root)!r}: expected a path in UTF-8; "
                "choose another folder with --workspace"
            )
        try:
            for folder in (self.root, self.vault, self.lake, self.datasets, self.scratch):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.root.chmod(0o700)
        except OSError as error:
            raise StoreError(
                f"cannot make the workspace {str(self.root)!r}: {error.strerror}; "
                "choose another folder with --workspace"
            ) from error
        if not self.exists:
            write_whole(self._marker, json.dumps({"version": WORKSPACE_VERSION}).encode())

    def _check_version(self) -> None:
        try:
            found = json.loads(self._marker.read_bytes())["version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{str(self._marker)!r} is damaged: expected a JSON object with 'version'; "
                f'write {{"version": {WORKSPACE_VERSION}}} into it'
            ) from error
        if found != WORKSPACE_VERSION:
            raise StoreError(
                f"{str(self.root)!r} has layout version {found!r}, this program knows "
                f"{WORKSPACE_VERSION}; use the newer program, or another --workspace"
            )

    def table_versions(self, names: Iterable[str]) -> dict[str, int]:
        """Return the Delta version of each table, by a look at its log and nothing more."""
        return {name: newest_version(self.lake / name) for name in names}

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace for writing; scratch left behind by a killed run is cleared.

        Raises:
            HeldError: another process holds it.
        """
        self.create()
        with (self.root / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HeldError(
                    f"another process is writing to {str(self.root)!r}; wait until it is done"
                ) from error
            shutil.rmtree(self.scratch)
            self.scratch.mkdir(mode=0o700, exist_ok=True)
            yield


def newest_version(table: Path) -> int:
    """Return the newest Delta version in a table's folder, -1 where none was ever committed."""
    try:
        names = [path.name for path in (table / "_delta_log").iterdir()]
    except FileNotFoundError:
        return -1
    return max((int(name[:20]) for name in names if name[:20].isdigit()), default=-1)


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a reader sees the old file or all of the new one.

    Each process writes to a name of its own, so two may do it at once: the later one stays.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
