"""What a user's workspaces need not each make anew: files in the user's cache folder.

Nothing of any workspace comes here. Whoever writes such a file decides what its readers run on, so
one counts only where it is this user's own and nobody else may write to it; any other is as good as
none. The same holds where the file cannot be kept: the next process takes longer, and that is all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final
from uuid import uuid4

from platformdirs import user_cache_path

_OTHERS_MAY_WRITE: Final = 0o022
_MOST: Final = 3
"""How many of a kind are kept."""
_NAME_BYTES: Final = 8


def _folder() -> Path:
    return user_cache_path("tracemill", appauthor=False)


def load(kind: str) -> Iterator[bytes]:
    """Yield what was kept of a kind, the newest first; nothing that cannot be trusted."""
    for path in _kept(kind):
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as opened:
                if _is_own(os.fstat(descriptor)) and _is_own(_folder().stat()):
                    yield opened.read()


def _kept(kind: str) -> list[Path]:
    """Return the files of a kind, the newest first, whoever wrote them."""
    found: list[tuple[int, Path]] = []
    with suppress(OSError):
        for path in _folder().glob(f"{kind}*"):
            with suppress(OSError):  # another process tidies up as well
                found.append((path.lstat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_MAY_WRITE


def keep(kind: str, data: bytes) -> None:
    """Keep some bytes beside others of their kind, whole or not at all; the oldest give way.

    Programs of several versions run by turns, and each finds its own.
    """
    folder, name = _folder(), f"{kind}-{blake2b(data, digest_size=_NAME_BYTES).hexdigest()}"
    part = folder / f".{name}.{uuid4().hex}.part"
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(data)
        part.replace(folder / name)
        for path in _kept(kind)[_MOST:]:
            path.unlink()
