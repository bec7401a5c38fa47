"""The inbox: captured events that nobody has read in yet, a file for each day, inside the vault.

A record is one write to the end of a file, so processes do not mix theirs, and it is on disk
before its caller goes on. It begins with a line break instead of ending with one: when a disk
is full or power fails in the middle of a record, the torn piece spoils no other. A torn record
is never whole JSON, since its last brace is missing; it is quarantined when it is read.

The inbox is bounded. What does not fit is dropped, and each drop adds one byte to a file named
after its reason, so that dropped events are counted too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Final, Literal

NotKept = Literal["not_json", "too_large", "inbox_full", "not_writable"]
"""Why an event was not kept."""

MAX_RECORD_BYTES: Final = 2**20
MAX_INBOX_BYTES: Final = 256 * 2**20
_DROPPED: Final = "dropped."
_ENDING: Final = ".jsonl"
_DAY: Final = "%Y-%m-%d"
_APPEND: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Inbox:
    """One inbox; it is made, closed to other users, when something comes in."""

    def __init__(
        self, folder: str, prefix: str = "", max_record_bytes: int = MAX_RECORD_BYTES
    ) -> None:
        """Take its folder, and what sets a kind of record apart.

        Args:
            folder: where files lie, those of other kinds of records too.
            prefix: how names of files of this kind begin; the day follows.
            max_record_bytes: longer records are dropped.
        """
        self.folder = folder
        self._prefix = prefix
        self._max_record_bytes = max_record_bytes
        self._vault = os.path.dirname(folder)

    def append(self, record: bytes) -> NotKept | None:
        """Keep a record durably; return why it was not kept, or None where it was."""
        if len(record) > self._max_record_bytes:
            return self.drop("too_large")
        try:
            self._make()
            if self.n_bytes() + len(record) > MAX_INBOX_BYTES:
                return self.drop("inbox_full")
            day = time.strftime(_DAY, time.gmtime())
            return _write(f"{self.folder}/{self._prefix}{day}{_ENDING}", b"\n" + record)
        except OSError:
            return "not_writable"

    def drop(self, reason: NotKept) -> NotKept:
        """Count a record that is not kept."""
        try:
            self._make()
            _write(f"{self._vault}/{_DROPPED}{reason}", b".")
        except OSError:
            return reason
        return reason

    def dropped(self) -> dict[str, int]:
        """Return how many records were ever dropped, by reason."""
        return {
            name.removeprefix(_DROPPED): size
            for name, size in _sizes(self._vault).items()
            if name.startswith(_DROPPED)
        }

    def n_bytes(self) -> int:
        """Return how much waits."""
        return sum(size for name, size in _sizes(self.folder).items() if name.endswith(_ENDING))

    def _make(self) -> None:
        """Make the folder and what holds it, up to the workspace, closed to other users."""
        if not os.path.isdir(self.folder):
            for folder in (os.path.dirname(self._vault), self._vault, self.folder):
                os.makedirs(folder, mode=0o700, exist_ok=True)


def _write(path: str, data: bytes) -> NotKept | None:
    file = os.open(path, _APPEND, 0o600)
    try:
        n_written = os.write(file, data)
        os.fsync(file)
    finally:
        os.close(file)
    return None if n_written == len(data) else "not_writable"


def _sizes(folder: str) -> dict[str, int]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry.stat(follow_symlinks=False).st_size for entry in entries}
    except FileNotFoundError:
        return {}


def inbox_folder(
    workspace: str | os.PathLike[str] | None = None, environment: Mapping[str, str] = os.environ
) -> str:
    """Return the inbox of a workspace, or of the one that commands use where none is named."""
    root = os.fspath(workspace) if workspace is not None else default_workspace(environment)
    return os.path.join(root, "vault", "inbox")


def default_workspace(environment: Mapping[str, str]) -> str:
    """Return the folder that holds everything where none is named: the one of `platformdirs`."""
    if named := environment.get("TRACEMILL_WORKSPACE"):
        return os.path.abspath(os.path.expanduser(named))
    data = environment.get("XDG_DATA_HOME", "").strip()
    if not os.path.isabs(data):
        is_mac = sys.platform == "darwin"
        data = os.path.expanduser("~/Library/Application Support" if is_mac else "~/.local/share")
    return os.path.join(data, "tracemill")
