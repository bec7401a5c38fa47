"""The vault as a backup that only a passphrase opens, and back into a workspace of its own.

A backup is a folder of two files in the format of age: `vault.tar.age`, and `identity.age`, which
holds the key to it under the passphrase, and that of the pseudonyms beside it. Without Tracemill,
`age -d -i identity.age vault.tar.age | tar x` opens it. What can be made again is left out:
catalog and spool.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple

from tracemill.base.errors import DataError, UsageError
from tracemill.base.installing import install_extras
from tracemill.base.named_files import require_there
from tracemill.base.streams import folder_stream
from tracemill.flows.destinations import new_folder, require_elsewhere
from tracemill.store.keys import Key
from tracemill.store.workspace import Workspace, sync_folder, write_whole

VAULT: Final = "vault.tar.age"
IDENTITY: Final = "identity.age"
_KEY_MARK: Final = "# key of the pseudonyms: "
_LEFT_OUT: Final = (
    "catalog.sqlite", "spool", "scratch", "example", "patterns.compiled", "pseudonyms.key",
)  # fmt: skip
_LEAST: Final = 8
_TOO_MUCH_WORK: Final = "Excessive work"


class BackedUp(NamedTuple):
    """What a backup holds."""

    n_files: int
    n_bytes: int


def write_backup(workspace: Workspace, folder: Path, passphrase: str) -> BackedUp:
    """Write the vault, encrypted, into a new folder; the workspace must be held.

    Raises:
        UsageError: the passphrase is too short, or the folder holds something.
        PolicyError: the folder is in the workspace.
    """
    if len(passphrase) < _LEAST:
        raise UsageError(f"expected a passphrase of at least {_LEAST} characters")
    require_elsewhere(workspace, folder, ", which a backup is to outlive")
    new_folder(folder)
    pyrage = _pyrage()
    identity = pyrage.x25519.Identity.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{VAULT}.part"
    files = list(_files(workspace.vault))
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        pyrage.encrypt_io(folder_stream(workspace.vault, files), out, [identity.to_public()])
        out.flush()
        os.fsync(out.fileno())
    said = f"{_KEY_MARK}{Key(workspace.vault).read().hex()}\n{identity}\n"
    write_whole(folder / IDENTITY, pyrage.passphrase.encrypt(said.encode(), passphrase))
    (folder / IDENTITY).chmod(0o600)
    part.replace(folder / VAULT)
    sync_folder(folder)
    return BackedUp(len(files), sum(path.stat().st_size for path in files))


def _files(vault: Path) -> Iterator[Path]:
    """Yield every file of a vault that cannot be made again, but for the key."""
    for top in sorted(vault.iterdir()):
        if top.name.startswith((*_LEFT_OUT, ".")) or top.is_symlink():
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not path.is_symlink():
                yield path


def read_backup(workspace: Workspace, folder: Path, passphrase: str) -> BackedUp:
    """Put the vault of a backup into a workspace that has none.

    Raises:
        NotFoundError: there is no such folder.
        UsageError: it is no backup, the passphrase is another, or the workspace has a vault.
        DataError: the backup is damaged.
    """
    if Key(workspace.vault).exists:
        raise UsageError(
            f"{str(workspace.root)!r} has a vault already; name a new one with --workspace"
        )
    require_there(folder, "backup")
    for name in (IDENTITY, VAULT):
        if not (folder / name).is_file():
            raise UsageError(f"{str(folder)!r} is no backup: expected {name!r} in it")
    pyrage = _pyrage()
    try:
        said = pyrage.passphrase.decrypt((folder / IDENTITY).read_bytes(), passphrase)
    except pyrage.DecryptError as error:
        raise _unopened(folder / IDENTITY, str(error)) from error
    key, identity = said.decode().removeprefix(_KEY_MARK).split()
    part = workspace.root / ".vault.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        found = _opened(folder / VAULT, pyrage.x25519.Identity.from_str(identity), part)
    except (pyrage.DecryptError, tarfile.TarError, EOFError, OSError) as error:
        shutil.rmtree(part)
        raise DataError(f"{str(folder / VAULT)!r} is damaged: {error}") from error
    Key(part).put(bytes.fromhex(key))
    shutil.rmtree(workspace.vault, ignore_errors=True)
    part.rename(workspace.vault)  # whole or not at all
    sync_folder(workspace.root)
    workspace.create()
    return found


def _unopened(identity: Path, why: str) -> UsageError:
    """Return why the passphrase was not even tried, or that it is another.

    How much work a passphrase takes is set by how quick the machine was that wrote the backup; one
    that is slower, or busy, refuses work that would take it much longer.
    """
    if _TOO_MUCH_WORK not in why:
        return UsageError(f"the passphrase does not open {str(identity)!r}")
    return UsageError(
        f"{str(identity)!r} was written on a quicker machine, and this one is too slow or too busy"
        " to try the passphrase; try again when it is idle, or elsewhere, or with 'age -d'"
    )


def _opened(backup: Path, identity: Any, part: Path) -> BackedUp:
    """Decrypt and unpack a backup into a folder; nothing is unpacked before all is authentic."""
    tar = part / ".tar"
    descriptor = os.open(tar, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as out, backup.open("rb") as opened:
        _pyrage().decrypt_io(opened, out, [identity])
        out.seek(0)
        found = _unpack(out, part)
    tar.unlink()
    return found


def _unpack(stream: IO[bytes], folder: Path) -> BackedUp:
    n_files = n_bytes = 0
    with tarfile.open(fileobj=stream, mode="r|") as packed:
        for entry in packed:
            opened = packed.extractfile(entry)
            name = PurePosixPath(entry.name)
            if opened is None or name.is_absolute() or ".." in name.parts:
                raise tarfile.TarError(f"expected plain files within, found {entry.name!r}")
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                shutil.copyfileobj(opened, out)
                out.flush()
                os.fsync(out.fileno())
            n_files, n_bytes = n_files + 1, n_bytes + entry.size
    return BackedUp(n_files, n_bytes)


def _pyrage() -> Any:
    try:
        import pyrage
    except ImportError as error:
        raise UsageError(f"expected pyrage; run: {install_extras('vault')}") from error
    return pyrage
