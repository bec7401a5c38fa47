"""Names in what no other part of an erasure cleans, such as settings and notes: they are masked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tracemill.store.erasures import Refusal
from tracemill.store.workspace import Workspace, write_whole

_NEVER_MASKED: Final = ("lock", "workspace.json", "erasures.json", "pseudonyms.key")
_HANDLED: Final = ("archive", "spool", "scratch", "inbox", "lake", "example")


def mask_other_files(workspace: Workspace, refusal: Refusal) -> int:
    """Mask what is refused in all other files; return in how many it stood."""
    return sum(_mask(path, refusal) for path in list(_other_files(workspace)))


def _other_files(workspace: Workspace) -> Iterator[Path]:
    """Yield files of the workspace that no other part of an erasure cleans."""
    for folder in (workspace.root, workspace.vault):
        for path in sorted(folder.iterdir()):
            if path.is_symlink() or path.name in (*_HANDLED, *_NEVER_MASKED, "vault"):
                continue
            below = path.rglob("*") if path.is_dir() else [path]
            yield from (p for p in below if p.is_file() and ".sqlite" not in p.name)


def _mask(path: Path, refusal: Refusal) -> bool:
    """Mask the names in a file; return whether there were any."""
    data = path.read_bytes()
    masked = refusal.words.masked(data)
    if masked == data:
        return False
    mode = path.stat().st_mode & 0o777
    write_whole(path, masked)
    path.chmod(mode)
    return True
