"""What a user's workspaces need not each make anew: files in the user's cache folder.

Nothing of any workspace comes here. Whoever writes such a file decides what its readers run on, so
one counts only where it is this user's own and nobody else may write to it; any other is as good as
none. The same holds where the file cannot be kept: the next process takes longer, and that is all.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from platformdirs import user_cache_path

_OTHERS_MAY_WRITE: Final = 0o022


def _folder() -> Path:
    return user_cache_path("tracemill", appauthor=False)


def load(name: str) -> bytes | None:
    """Return what was kept under a name; None where there is nothing that can be trusted."""
    with suppress(OSError):
        descriptor = os.open(_folder() / name, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as opened:
            if _is_own(os.fstat(descriptor)) and _is_own(_folder().stat()):
                return opened.read()
    return None


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE


def keep(name: str, data: bytes) -> None:
    """Keep some bytes under a name, whole or not at all."""
    folder = _folder()
    part = folder / f".{name}.{uuid4().hex}.part"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        part.replace(folder / name)
