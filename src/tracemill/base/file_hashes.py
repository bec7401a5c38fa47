"""What bytes a file or a folder holds, as one SHA-256: the same bytes always have the same."""

from __future__ import annotations

import hashlib
from pathlib import Path


def hash_file(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hash_tree(path: Path) -> str:
    """Return the hash of a file's bytes, or of a folder's names and bytes.

    Raises:
        FileNotFoundError: nothing stands there.
    """
    if not path.is_dir():
        return hash_file(path)
    state = hashlib.sha256()
    for each in sorted(each for each in path.rglob("*") if each.is_file()):
        state.update(f"{each.relative_to(path)}\0{hash_file(each)}\n".encode())
    return state.hexdigest()
